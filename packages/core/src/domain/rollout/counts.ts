import type { Rollout } from "../../documents/rollout.ts";
import type { RolloutDeviceState } from "./ids.ts";

/** A device's move as the rollout's figures see it. */
export interface Move {
  group: number;
  from: RolloutDeviceState;
  to: RolloutDeviceState;
  underWay: -1 | 0 | 1;
  restored: 0 | 1;
}

type Figures = Pick<Rollout, "counts" | "underWay" | "restored">;

/** How many devices of a group, or of all groups, are in one of these states. */
export function countOf(
  rollout: Pick<Rollout, "counts">,
  states: readonly RolloutDeviceState[],
  group?: number,
): number {
  const groups = group === undefined ? Object.values(rollout.counts) : [rollout.counts[group] ?? {}];
  return groups.reduce((sum, counts) => sum + states.reduce((n, state) => n + (counts[state] ?? 0), 0), 0);
}

/** Devices by state, all groups together; states that have none are absent. */
export function totals(rollout: Pick<Rollout, "counts">): Partial<Record<RolloutDeviceState, number>> {
  const sums: Partial<Record<RolloutDeviceState, number>> = {};
  for (const counts of Object.values(rollout.counts)) {
    for (const [state, n] of Object.entries(counts) as [RolloutDeviceState, number][]) {
      if (n !== 0) sums[state] = (sums[state] ?? 0) + n;
    }
  }
  return sums;
}

/**
 * What moves add to a rollout's figures, by the dotted path of each field; those that come to nothing are absent. The caller adds them by
 * increments, so that devices that report at the same time do not wait for each other.
 */
export function additions(moves: readonly Move[]): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (path: string, by: number) => sums.set(path, (sums.get(path) ?? 0) + by);
  for (const { group, from, to, underWay, restored } of moves) {
    add(`counts.${group}.${from}`, -1);
    add(`counts.${group}.${to}`, 1);
    add("underWay", underWay);
    add("restored", restored);
  }
  return new Map([...sums].filter(([, by]) => by !== 0));
}

/** The figures after moves. */
export function moved(figures: Figures, moves: readonly Move[]): Figures {
  const next: Figures = { ...figures, counts: structuredClone(figures.counts) };
  for (const { group, from, to, underWay, restored } of moves) {
    const counts = next.counts[group] ?? {};
    counts[from] = (counts[from] ?? 0) - 1;
    counts[to] = (counts[to] ?? 0) + 1;
    next.counts[group] = counts;
    next.underWay += underWay;
    next.restored += restored;
  }
  return next;
}
