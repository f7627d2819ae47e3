import { z } from "zod";
import { ChannelName, DEFAULT_CHANNEL, PackageName, PackageVersion } from "../domain/apt/ids.ts";
import { EpcId, Sha256 } from "../domain/ids.ts";
import { RolloutDeviceState, RolloutId, RolloutState } from "../domain/rollout/ids.ts";
import { DEFAULT_STRATEGY, RolloutStrategy, RolloutTarget } from "../domain/rollout/strategy.ts";
import { EpcParams, None, Page, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const reader = { kind: "member", permission: "updates.read" } as const;
const operator = { kind: "member", permission: "updates.rollout" } as const;
const RolloutParams = z.object({ rollout_id: RolloutId });

/** Exact versions that the channel has; their hashes are taken from it. */
const Wanted = z
  .array(z.strictObject({ name: PackageName, version: PackageVersion }))
  .min(1)
  .max(50);

export const RolloutView = z.object({
  rollout_id: RolloutId,
  name: z.string(),
  channel: ChannelName,
  packages: z.array(z.object({ name: z.string(), version: z.string(), sha256: Sha256 })),
  state: RolloutState,
  state_reason: z.string(),
  devices: z.int(),
  group: z.int(),
  group_sizes: z.array(z.int()),
  /** Devices by state, all groups together. */
  counts: z.partialRecord(RolloutDeviceState, z.int()),
  created_at: z.string(),
  created_by: z.string(),
  ended_at: z.string().nullable(),
});
export type RolloutView = z.infer<typeof RolloutView>;

const RolloutPlan = z.strictObject({
  channel: ChannelName.default(DEFAULT_CHANNEL),
  packages: Wanted,
  target: RolloutTarget,
  strategy: RolloutStrategy.default(DEFAULT_STRATEGY),
});

/** Who would be hit, in which group; writes nothing. */
export const previewRollout = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/rollouts/preview",
  auth: operator,
  params: None,
  query: TenantChoice,
  body: RolloutPlan,
  reply: z.object({
    success: z.literal(true),
    matched: z.int(),
    /** Matched, and already at these versions: they commit at once. */
    unchanged: z.int(),
    /** Matched, and not heard of now: they begin when they are back. */
    offline: z.int(),
    group_sizes: z.array(z.int()),
    /** At most 200, by group. */
    devices: z.array(
      z.object({
        epc_id: EpcId,
        site_name: z.string(),
        group: z.int(),
        state: z.string(),
        installed: z.record(z.string(), z.string()),
      }),
    ),
  }),
});

/** Begins at once. The group of a device is decided by the packages and its own id: no site is always first, and a preview shows the very groups. */
export const createRollout = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/rollouts",
  auth: operator,
  params: None,
  query: TenantChoice,
  body: RolloutPlan.extend({ name: text(100).pipe(z.string().min(1, "must not be empty")) }),
  reply: z.object({ success: z.literal(true), rollout: RolloutView }),
});

export const listRollouts = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/rollouts",
  auth: reader,
  params: None,
  query: TenantChoice.extend(Page.shape).omit({ page_token: true }).extend({ page_token: RolloutId.optional() }),
  body: None,
  reply: z.object({ success: z.literal(true), rollouts: z.array(RolloutView), next_page_token: z.string().nullable() }),
});

export const readRollout = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/rollouts/:rollout_id",
  auth: reader,
  params: RolloutParams,
  query: TenantChoice,
  body: None,
  reply: z.object({ success: z.literal(true), rollout: RolloutView }),
});

/**
 * pause: no device begins any more; those under way go on. resume. approve: the next group may begin (needs updates.approve).
 * abort: ends, committed devices stay. rollback: no device begins, committed ones go back to what they had.
 */
export const actOnRollout = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/rollouts/:rollout_id/actions",
  auth: operator,
  params: RolloutParams,
  query: TenantChoice,
  body: z.strictObject({
    action: z.enum(["pause", "resume", "approve", "abort", "rollback"]),
    note: text(500).default(""),
  }),
  reply: z.object({ success: z.literal(true), rollout: RolloutView }),
});

/** A rollout to these EPCs, all at once, to the newest of these packages in their channel. */
export const triggerUpdate = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/trigger-update",
  auth: operator,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    epc_ids: z.array(EpcId).min(1).max(500),
    packages: z.array(PackageName).min(1).max(50).default(["wisptools-agent"]),
    channel: ChannelName.default(DEFAULT_CHANNEL),
  }),
  reply: z.object({ success: z.literal(true), rollout: RolloutView }),
});

/** Of all rollouts that have not ended. */
export const readUpdateStatus = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/status",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({ success: z.literal(true), rollouts: z.array(RolloutView) }),
});

export const readEpcUpdateStatus = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/status/:epc_id",
  auth: reader,
  params: EpcParams,
  query: TenantChoice,
  body: None,
  reply: z.object({
    success: z.literal(true),
    channel: ChannelName,
    installed: z.record(z.string(), z.string()),
    updates: z.array(
      z.object({
        rollout_id: RolloutId,
        state: RolloutDeviceState,
        attempt: z.int(),
        message: z.string(),
        updated_at: z.string(),
      }),
    ),
  }),
});

/**
 * A device says where it stands; repeating changes nothing, and a report of an earlier attempt is thanked for and ignored.
 * `previous`: the versions it had before it began ("" for none); `installed`: those it has now.
 */
export const reportUpdate = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/report",
  auth: { kind: "device" },
  params: None,
  query: None,
  body: z.object({
    rollout_id: RolloutId,
    attempt: z.int().min(1),
    state: RolloutDeviceState.exclude(["pending"]),
    message: text(1000).default(""),
    previous: z.record(PackageName, z.union([PackageVersion, z.literal("")])).optional(),
    installed: z.record(PackageName, z.union([PackageVersion, z.literal("")])).optional(),
  }),
  reply: z.object({ success: z.literal(true) }),
});
