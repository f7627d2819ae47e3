import type { EpcState } from "@wisptools/core/domain/epcState";

/** What a state badge can say: an EPC's states, and `pending` for a box that waits for approval. */
export type ShownState = EpcState | "pending";

export const STATE_WORDS: Record<ShownState, string> = {
  pending: "Pending",
  enrolled: "Enrolled",
  deploying: "Deploying",
  online: "Online",
  degraded: "Degraded",
  offline: "Offline",
  retired: "Retired",
};

/** Worst first: the order people want when they sort by state. */
export const STATE_ORDER: readonly ShownState[] = [
  "offline",
  "degraded",
  "deploying",
  "enrolled",
  "pending",
  "online",
  "retired",
];

/** Whether figures last reported then still describe the box. */
export function isStale(
  epc: { state: EpcState; offlineAt?: Date | undefined; lastSeenAt?: Date | undefined },
  now: number,
): boolean {
  if (epc.state === "offline" || epc.state === "retired") return true;
  return epc.offlineAt !== undefined && epc.offlineAt.getTime() < now;
}
