import { z } from "zod";
import { ChannelName } from "../domain/apt/ids.ts";
import { CommandId, EpcId, Sha256, TenantId } from "../domain/ids.ts";
import { ExactPackage, RolloutDeviceState, RolloutId, RolloutState } from "../domain/rollout/ids.ts";
import { RolloutStrategy, RolloutTarget } from "../domain/rollout/strategy.ts";
import { Instant } from "./instant.ts";

/** How many devices of a group are in each state; absent states have none. */
export const GroupCounts = z.partialRecord(RolloutDeviceState, z.int());
export type GroupCounts = z.infer<typeof GroupCounts>;

/** tenants/{t}/rollouts/{id} */
export const Rollout = z.object({
  schemaVersion: z.literal(1),
  id: RolloutId,
  tenantId: TenantId,
  name: z.string(),
  channel: ChannelName,
  /** The snapshot of the channel that its packages were taken from. */
  snapshotId: Sha256,
  packages: z.array(ExactPackage),
  target: RolloutTarget,
  strategy: RolloutStrategy,
  state: RolloutState,
  /** Why it is in that state, in words; empty when nothing is to be said. */
  stateReason: z.string(),
  /** Where a pause goes back to. */
  resumesTo: RolloutState.optional(),
  devices: z.int(),
  groupSizes: z.array(z.int()),
  /** Counts by group index ("0", "1", …), kept by increments in the write that moves a device. */
  counts: z.record(z.string(), GroupCounts),
  /** Devices that were told to go and are not at an end. */
  underWay: z.int(),
  /** The group whose devices may begin, and when the one before it had succeeded. */
  group: z.int(),
  groupSucceededAt: Instant.optional(),
  /** Devices taken back so far while rolling_back. */
  restored: z.int(),
  /** When it stopped by itself; absent while nothing made it, or after a person resumed it. */
  stoppedAt: Instant.optional(),
  /** Failures by group index that a person accepted by resuming: they count no more against the thresholds. */
  forgiven: z.record(z.string(), z.int()).optional(),
  /** The clocks of its devices' sites. */
  timeZones: z.array(z.string()).optional(),
  createdAt: Instant,
  createdBy: z.string(),
  startedAt: Instant.optional(),
  endedAt: Instant.optional(),
  updatedAt: Instant,
});
export type Rollout = z.infer<typeof Rollout>;

/** rollouts/{id}/devices/{epcId} */
export const RolloutDevice = z.object({
  schemaVersion: z.literal(1),
  epcId: EpcId,
  tenantId: TenantId,
  rolloutId: RolloutId,
  siteName: z.string(),
  group: z.int(),
  timeZone: z.string(),
  state: RolloutDeviceState,
  /** It was told to go, and is not at an end. */
  underWay: z.boolean(),
  /** What it is told to reach: the rollout's packages, or what it had before. */
  goal: z.enum(["update", "restore"]),
  /** Grows with each time it is told to go; a report of an earlier attempt changes nothing. 0: not yet told. */
  attempt: z.int(),
  commandId: CommandId.optional(),
  /** When silence counts as an end of this attempt; absent while it is not under way. */
  dueAt: Instant.optional(),
  /** How long it may be silent between two reports, seconds. */
  silenceSeconds: z.int().optional(),
  /** Times it was told to go and not heard of. */
  unheard: z.int().optional(),
  /** It was out of reach when its turn came, so that others went first; absent once it is told. */
  passedOver: z.boolean().optional(),
  /** It counts as failed because it was silent: its own word, when it comes, is the truth. */
  silent: z.boolean().optional(),
  /** Versions it had before, as it reported them. Name to version; empty for one that was not installed. */
  previous: z.record(z.string(), z.string()),
  message: z.string(),
  /** When each state was reached. */
  history: z.array(z.object({ attempt: z.int(), state: RolloutDeviceState, at: Instant, message: z.string() })),
  updatedAt: Instant,
});
export type RolloutDevice = z.infer<typeof RolloutDevice>;
