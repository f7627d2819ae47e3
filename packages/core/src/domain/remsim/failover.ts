import type { RemsimAssignment, SimBank, SimSlot } from "../../documents/remsim.ts";

/** Shortest and longest time between two tries to move clients away, ms. */
const SHORTEST_MS = 60_000;
const LONGEST_MS = 3_600_000;

/** When to try again to move clients away: after as long as has gone by since the first try, in bounds, so that a place that stays dead costs less and less. */
export function retryAt(firstAt: Date, now: Date): Date {
  const wait = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, now.getTime() - firstAt.getTime()));
  return new Date(now.getTime() + wait);
}

/** Whether a client had better get another card than the one it holds: its bank was given up, or its card failed, and its policy allows it. */
export function shouldMove(
  { remap }: Pick<RemsimAssignment, "remap">,
  bank: Pick<SimBank, "connected" | "failedOverAt"> | undefined,
  card: Pick<SimSlot, "state"> | undefined,
): boolean {
  const isBankGone = bank?.connected === false && bank.failedOverAt !== undefined;
  return remap && (isBankGone || card?.state === "faulty");
}
