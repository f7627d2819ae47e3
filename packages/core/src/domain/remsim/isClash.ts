import type { RemsimClient } from "../../documents/remsimClient.ts";

/** A router that sent a heartbeat this short ago is alive, ms. */
export const CLASH_MS = 30_000;

/**
 * Whether a registration comes from a second router that has a live one's login and name: that one holds a card, sent a heartbeat just now,
 * and is at another address. A client that never sends heartbeats, as it comes from osmo-remsim, is never refused so.
 */
export function isClash(
  client: Pick<RemsimClient, "assignment" | "heartbeatAt" | "address">,
  address: string,
  now: Date,
): boolean {
  if (client.assignment === null || client.heartbeatAt === null) return false;
  if (client.address === "" || address === "" || client.address === address) return false;
  return now.getTime() - client.heartbeatAt.getTime() < CLASH_MS;
}
