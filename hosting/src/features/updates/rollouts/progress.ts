import type { GroupCounts, Rollout } from "@wisptools/core/documents/rollout";
import type { RolloutDeviceState } from "@wisptools/core/domain/rollout/ids";

/** Devices by how they stand, in the order a bar shows them. */
export interface Tally {
  total: number;
  committed: number;
  underWay: number;
  rolledBack: number;
  failed: number;
  pending: number;
}

export type Part = Exclude<keyof Tally, "total">;

const PART_OF: Record<RolloutDeviceState, Part> = {
  pending: "pending",
  downloading: "underWay",
  downloaded: "underWay",
  installing: "underWay",
  health_check: "underWay",
  committed: "committed",
  rolled_back: "rolledBack",
  failed: "failed",
};

/** A group's counts against its size; devices that no count knows of yet are pending. */
export function tallyOf(counts: GroupCounts | undefined, size: number): Tally {
  const tally: Tally = { total: size, committed: 0, underWay: 0, rolledBack: 0, failed: 0, pending: 0 };
  let counted = 0;
  for (const [state, count] of Object.entries(counts ?? {})) {
    // Increments may pass through a negative figure for a moment.
    const known = Math.max(0, count ?? 0);
    counted += known;
    tally[PART_OF[state as RolloutDeviceState]] += known;
  }
  tally.pending += Math.max(0, size - counted);
  return tally;
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum: Tally = { total: 0, committed: 0, underWay: 0, rolledBack: 0, failed: 0, pending: 0 };
  for (const tally of tallies) for (const part of Object.keys(sum) as (keyof Tally)[]) sum[part] += tally[part];
  return sum;
}

/** Percent of the devices that came to an end, 0 to 100. */
export function endedPercent(tally: Tally): number {
  if (tally.total === 0) return 0;
  return ((tally.committed + tally.rolledBack + tally.failed) / tally.total) * 100;
}

type Counted = Pick<Rollout, "counts" | "groupSizes">;

export function tallies(rollout: Counted): Tally[] {
  return rollout.groupSizes.map((size, i) => tallyOf(rollout.counts[String(i)], size));
}

export const overall = (rollout: Counted): Tally => sumOf(tallies(rollout));

/** "12 of 40 committed, 1 failed" */
export function tallyWords(tally: Tally): string {
  const parts = [`${tally.committed} of ${tally.total} committed`];
  if (tally.underWay > 0) parts.push(`${tally.underWay} under way`);
  if (tally.rolledBack > 0) parts.push(`${tally.rolledBack} rolled back`);
  if (tally.failed > 0) parts.push(`${tally.failed} failed`);
  return parts.join(", ");
}

/** How a group stands in its rollout. */
export type Phase = "ended" | "soaking" | "open" | "waiting";

type Ordered = Pick<Rollout, "state" | "group" | "groupSucceededAt">;

export function phaseOf(rollout: Ordered, index: number): Phase {
  if (index < rollout.group) return "ended";
  if (index > rollout.group) return "waiting";
  if (rollout.state === "completed") return "ended";
  return rollout.groupSucceededAt ? "soaking" : "open";
}

/** When a soaking group's wait ends; undefined while nothing soaks. */
export function soakEnds(rollout: Ordered & Pick<Rollout, "strategy">): Date | undefined {
  const soak = rollout.strategy.groups[rollout.group]?.soakMinutes;
  if (!rollout.groupSucceededAt || soak === undefined) return undefined;
  return new Date(rollout.groupSucceededAt.getTime() + soak * 60_000);
}
