// A rollout and one of its devices, for the tests of this folder.
import type { Rollout, RolloutDevice } from "../../documents/rollout.ts";
import { ChannelName } from "../apt/ids.ts";
import { EpcId, TenantId } from "../ids.ts";
import { RolloutId } from "./ids.ts";
import { DEFAULT_STRATEGY, type RolloutStrategy } from "./strategy.ts";

export const NOW = new Date("2026-03-01T12:00:00Z");
export const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

const id = RolloutId.parse("ro_00000000000000aa");
const tenantId = TenantId.parse("tenant_one");

export const strategy = (changes: Partial<RolloutStrategy> = {}): RolloutStrategy => ({
  ...DEFAULT_STRATEGY,
  groups: [
    { upToPercent: 10, successPercent: 100, soakMinutes: 60, approval: true },
    { upToPercent: 100, successPercent: 90, soakMinutes: 0, approval: false },
  ],
  failurePercent: 20,
  failureCount: 5,
  maxConcurrent: 4,
  ...changes,
});

/** Running, with 2 devices in its first group and 18 in its second, all waiting. */
export const rollout = (changes: Partial<Rollout> = {}): Rollout => ({
  schemaVersion: 1,
  id,
  tenantId,
  name: "agent 2.0",
  channel: ChannelName.parse("stable"),
  snapshotId: "0".repeat(64),
  packages: [{ name: "wisptools-agent", version: "2.0", sha256: "a".repeat(64) }],
  target: {},
  strategy: strategy(),
  state: "running",
  stateReason: "",
  devices: 20,
  groupSizes: [2, 18],
  counts: { "0": { pending: 2 }, "1": { pending: 18 } },
  underWay: 0,
  group: 0,
  restored: 0,
  createdAt: NOW,
  createdBy: "Owner",
  updatedAt: NOW,
  ...changes,
});

/** In its first attempt, told and not heard of yet. */
export const device = (changes: Partial<RolloutDevice> = {}): RolloutDevice => ({
  schemaVersion: 1,
  epcId: EpcId.parse("epc_00000000000000aa"),
  tenantId,
  rolloutId: id,
  siteName: "Hill",
  group: 0,
  timeZone: "UTC",
  state: "pending",
  underWay: true,
  goal: "update",
  attempt: 1,
  silenceSeconds: 3600,
  dueAt: later(86_400),
  previous: {},
  message: "",
  history: [],
  updatedAt: NOW,
  ...changes,
});
