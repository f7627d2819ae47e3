import type { Rollout } from "../../documents/rollout.ts";
import { countOf } from "./counts.ts";
import type { RolloutDeviceState } from "./ids.ts";

/** Fields of a rollout's document to change; undefined removes one. */
export type RolloutChanges = { [K in keyof Rollout]?: Rollout[K] | undefined };

/** The next thing to do with a rollout. Reasons are words for its operators. */
export type Step =
  | { kind: "wait" }
  /** Nothing begins any more; rolling_back besides takes committed devices back. */
  | { kind: "stop"; into: "paused" | "rolling_back"; reason: string }
  /** A device has the update after all others had gone back: it is to go back too. */
  | { kind: "takeBackAgain"; into: "rolling_back"; reason: string }
  /** Its soak begins. */
  | { kind: "groupSucceeded" }
  | { kind: "awaitApproval"; reason: string }
  | { kind: "nextGroup" }
  | { kind: "end"; into: "completed" | "rolled_back"; reason: string }
  /** At most `limit` waiting devices of these groups may be told to go. */
  | { kind: "start"; groups: number[]; limit: number }
  /** At most `limit` committed devices may be told to go back. */
  | { kind: "restore"; limit: number };

const FAILURES: readonly RolloutDeviceState[] = ["failed", "rolled_back"];
const ENDS: readonly RolloutDeviceState[] = ["committed", ...FAILURES];

/** So long nothing was told before the places of boxes out of reach are looked at, ms. */
const HELD_UP_MS = 5 * 60_000;
/** A device that is told fetches its command within this time when it can be reached, and has then something to say, ms. */
const HEARD_WITHIN_MS = 10 * 60_000;

/**
 * What is to be done with a rollout now. Decided by its document alone, so whoever asks gets the same answer; after a step is done, ask again.
 * A stop comes before all else, then the end, then success of the current group, then more devices.
 *
 * `unheard`: of the devices under way, those that have said nothing since `unheardSince`. While devices are taken back these do not count
 * against the limit, so that boxes out of reach hold nobody up. While an update begins they do: they may all come back at once.
 */
export function advance(rollout: Rollout, now: Date, unheard = 0): Step {
  switch (rollout.state) {
    case "running":
      return stopped(rollout) ?? completed(rollout) ?? groupTurn(rollout, now) ?? start(rollout);
    case "awaiting_approval":
      return stopped(rollout) ?? completed(rollout) ?? start(rollout);
    case "rolling_back":
      return takingBack(rollout, unheard);
    case "rolled_back":
      return leftBehind(rollout);
    case "preparing":
    case "paused":
    case "completed":
    case "aborted":
      return { kind: "wait" };
  }
}

/** What a step changes in the rollout's document; undefined for those that tell devices or do nothing. */
export function afterStep(rollout: Rollout, step: Step, now: Date): RolloutChanges | undefined {
  switch (step.kind) {
    case "stop": {
      const resumesTo = step.into === "paused" ? rollout.state : undefined;
      return { state: step.into, stateReason: step.reason, resumesTo, stoppedAt: now, updatedAt: now };
    }
    case "takeBackAgain":
      return { state: step.into, stateReason: step.reason, endedAt: undefined, updatedAt: now };
    case "groupSucceeded":
      return { groupSucceededAt: now, updatedAt: now };
    case "awaitApproval":
      return { state: "awaiting_approval", stateReason: step.reason, updatedAt: now };
    case "nextGroup":
      return nextGroup(rollout, now);
    case "end":
      return { state: step.into, stateReason: step.reason, endedAt: now, resumesTo: undefined, updatedAt: now };
    case "wait":
    case "start":
    case "restore":
      return undefined;
  }
}

export function nextGroup(rollout: Rollout, now: Date): RolloutChanges {
  return { state: "running", stateReason: "", group: rollout.group + 1, groupSucceededAt: undefined, updatedAt: now };
}

/** Devices of a group that failed or went back, without those that a person accepted. */
export function failures(rollout: Rollout, group: number): number {
  return Math.max(0, countOf(rollout, FAILURES, group) - (rollout.forgiven?.[group] ?? 0));
}

function stopped(rollout: Rollout): Step | undefined {
  const { failurePercent, failureCount, onFailure } = rollout.strategy;
  const into = onFailure === "pause" ? "paused" : "rolling_back";
  let all = 0;
  for (const [group, size] of rollout.groupSizes.entries()) {
    const failed = failures(rollout, group);
    all += failed;
    if (failed > 0 && failed * 100 >= failurePercent * size) {
      const reason = `${failed} of ${devices(size)} of group ${group + 1} failed or went back; ${failurePercent} % stop it`;
      return { kind: "stop", into, reason };
    }
  }
  if (all < failureCount) return undefined;
  return { kind: "stop", into, reason: `${devices(all)} failed or went back; ${failureCount} stop it` };
}

function completed(rollout: Rollout): Step | undefined {
  if (countOf(rollout, ENDS) < rollout.devices || rollout.underWay > 0) return undefined;
  return {
    kind: "end",
    into: "completed",
    reason: `${countOf(rollout, ["committed"])} of ${devices(rollout.devices)} committed`,
  };
}

/** What the current group's success asks for; undefined while its devices go on. */
function groupTurn(rollout: Rollout, now: Date): Step | undefined {
  const { group } = rollout;
  const rule = rollout.strategy.groups[group];
  if (!rule || group + 1 >= rollout.groupSizes.length) return undefined;
  const size = rollout.groupSizes[group] ?? 0;
  if (size === 0) return { kind: "nextGroup" };
  const committed = countOf(rollout, ["committed"], group);
  const counted = size - (rollout.forgiven?.[group] ?? 0);
  if (committed * 100 >= rule.successPercent * counted) {
    if (!rollout.groupSucceededAt) return { kind: "groupSucceeded" };
    if (now.getTime() < rollout.groupSucceededAt.getTime() + rule.soakMinutes * 60_000) return undefined;
    const reason = `Group ${group + 1} succeeded: ${committed} of ${devices(size)} committed`;
    return rule.approval ? { kind: "awaitApproval", reason } : { kind: "nextGroup" };
  }
  if (countOf(rollout, ENDS, group) < size) return undefined;
  const reason = `Group ${group + 1} ended with ${committed} of ${devices(size)} committed; ${rule.successPercent} % are needed`;
  return { kind: "stop", into: "paused", reason };
}

/** Groups whose devices may begin and that have such. */
export function begunGroups(rollout: Pick<Rollout, "groupSizes" | "group" | "counts">): number[] {
  const begun = rollout.groupSizes.map((_, group) => group).slice(0, rollout.group + 1);
  return begun.filter((group) => countOf(rollout, ["pending"], group) > 0);
}

/** Whether devices wait for want of room alone, and for so long that boxes out of reach may fill the places. */
export function isHeldUp(rollout: Rollout, now: Date): boolean {
  const { state, strategy, underWay, updatedAt } = rollout;
  if (state !== "running" && state !== "awaiting_approval") return false;
  const isFull = underWay >= strategy.maxConcurrent && begunGroups(rollout).length > 0;
  return isFull && now.getTime() - updatedAt.getTime() >= HELD_UP_MS;
}

function start(rollout: Rollout): Step {
  const limit = rollout.strategy.maxConcurrent - rollout.underWay;
  const groups = begunGroups(rollout);
  return limit > 0 && groups.length > 0 ? { kind: "start", groups, limit } : { kind: "wait" };
}

/** Whether devices wait to be taken back for want of room alone: then those under way that are unheard matter. */
export function waitsForRoom({ state, strategy, underWay, counts }: Rollout): boolean {
  return state === "rolling_back" && underWay >= strategy.maxConcurrent && countOf({ counts }, ["committed"]) > 0;
}

/** The last word of a device under way that goes forward is later than this. */
export function unheardSince({ strategy }: Pick<Rollout, "strategy">, now: Date): Date {
  return new Date(now.getTime() - HEARD_WITHIN_MS - strategy.healthSeconds * 1000);
}

function takingBack(rollout: Rollout, unheard: number): Step {
  const committed = countOf(rollout, ["committed"]);
  const limit = rollout.strategy.maxConcurrent - Math.max(0, rollout.underWay - unheard);
  if (committed > 0) return limit > 0 ? { kind: "restore", limit } : { kind: "wait" };
  if (rollout.underWay > 0) return { kind: "wait" };
  const rest = countOf(rollout, ["failed"]);
  const reason = `${devices(rollout.restored)} went back to what they had${rest > 0 ? `; ${rest} failed` : ""}`;
  return { kind: "end", into: "rolled_back", reason };
}

/** One that had been silent, or whose telling had run out, may commit after the end: it goes back like the others. */
function leftBehind(rollout: Rollout): Step {
  const committed = countOf(rollout, ["committed"]);
  if (committed === 0) return { kind: "wait" };
  return {
    kind: "takeBackAgain",
    into: "rolling_back",
    reason: `${devices(committed)} committed after the rest had gone back`,
  };
}

function devices(n: number): string {
  return n === 1 ? "1 device" : `${n} devices`;
}
