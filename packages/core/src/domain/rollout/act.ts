import type { Rollout } from "../../documents/rollout.ts";
import { AppError } from "../../errors.ts";
import { failures, nextGroup, type RolloutChanges } from "./advance.ts";
import type { RolloutState } from "./ids.ts";

export const ROLLOUT_ACTIONS = ["pause", "resume", "approve", "abort", "rollback"] as const;
/** What a person may do with a rollout. */
export type RolloutAction = (typeof ROLLOUT_ACTIONS)[number];

/** The states in which each action makes sense. A rollout that is over may still be taken back. */
export const ACTS_IN: Record<RolloutAction, readonly RolloutState[]> = {
  pause: ["running", "awaiting_approval"],
  resume: ["paused"],
  approve: ["awaiting_approval"],
  abort: ["preparing", "running", "awaiting_approval", "paused", "rolling_back"],
  rollback: ["running", "awaiting_approval", "paused", "completed", "aborted"],
};

/**
 * What an action changes in the rollout's document. Throws `failed-precondition` in a state where it makes no sense.
 * Resuming one that stopped by itself accepts the failures it has: from then on only further ones count.
 */
export function actOn(
  rollout: Rollout,
  action: RolloutAction,
  by: { name: string; note: string },
  now: Date,
): RolloutChanges {
  if (!ACTS_IN[action].includes(rollout.state)) {
    throw new AppError("failed-precondition", `action: this rollout is ${rollout.state}`, { field: "action" });
  }
  const stateReason = `${PAST[action]} by ${by.name}${by.note ? `: ${by.note}` : ""}`;
  switch (action) {
    case "pause":
      return { state: "paused", stateReason, resumesTo: rollout.state, updatedAt: now };
    case "resume":
      return {
        state: rollout.resumesTo ?? "running",
        stateReason: "",
        resumesTo: undefined,
        stoppedAt: undefined,
        ...(rollout.stoppedAt ? { forgiven: allForgiven(rollout) } : {}),
        updatedAt: now,
      };
    case "approve":
      return nextGroup(rollout, now);
    case "abort":
      return { state: "aborted", stateReason, resumesTo: undefined, endedAt: now, updatedAt: now };
    case "rollback":
      return { state: "rolling_back", stateReason, resumesTo: undefined, endedAt: undefined, updatedAt: now };
  }
}

const PAST: Record<RolloutAction, string> = {
  pause: "Paused",
  resume: "Resumed",
  approve: "Approved",
  abort: "Aborted",
  rollback: "Taken back",
};

function allForgiven(rollout: Rollout): Record<string, number> {
  return Object.fromEntries(
    rollout.groupSizes.map((_, group) => [group, failures(rollout, group) + (rollout.forgiven?.[group] ?? 0)]),
  );
}
