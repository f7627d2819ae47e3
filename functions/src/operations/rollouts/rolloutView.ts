import { type api, type Rollout, totals } from "@wisptools/core";

/** A rollout as the API shows it. */
export function rolloutView(rollout: Rollout): api.RolloutView {
  return {
    rollout_id: rollout.id,
    name: rollout.name,
    channel: rollout.channel,
    packages: rollout.packages.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
    state: rollout.state,
    state_reason: rollout.stateReason,
    devices: rollout.devices,
    group: rollout.group,
    group_sizes: rollout.groupSizes,
    counts: totals(rollout),
    created_at: rollout.createdAt.toISOString(),
    created_by: rollout.createdBy,
    ended_at: rollout.endedAt?.toISOString() ?? null,
  };
}
