import type { RemsimClient } from "../../documents/remsimClient.ts";

type Changes = Partial<RemsimClient>;

/** What the end of a lease's time means. Silent clients are announced first, and lose their card a whole grace period later. */
export type LeaseTurn =
  /** Holds nothing: there is no lease to look for. */
  | { act: "forget"; changes: Changes }
  /** It was heard of since; or it is disconnected, and its second grace period is not over. */
  | { act: "renew"; changes: Changes }
  | { act: "disconnect"; changes: Changes }
  | { act: "reclaim" };

/** When silence from now on ends a lease. */
export function leaseUntil(now: Date, graceSeconds: number): Date {
  return new Date(now.getTime() + graceSeconds * 1000);
}

/**
 * When a client was last heard of. A client that its server has connected is heard of at all times, however long it says nothing itself; one
 * that its server lost was heard of until then. Without word of its server, its own word counts alone.
 */
export function lastSign(client: RemsimClient, now: Date): Date {
  if (client.server?.connected) return now;
  const signs = [client.registeredAt, client.heartbeatAt, client.links?.at, client.server?.at];
  return new Date(Math.max(...signs.map((at) => at?.getTime() ?? 0)));
}

/** What becomes of a client whose `leaseUntil` is past. Pure: decided anew from the document as it is then. */
export function leaseTurn(client: RemsimClient, graceSeconds: number, now: Date): LeaseTurn {
  if (client.state === "released" || !client.assignment) return { act: "forget", changes: { leaseUntil: null } };
  const sign = lastSign(client, now);
  const silence = (now.getTime() - sign.getTime()) / 1000;
  if (silence < graceSeconds) {
    const state = sign > client.registeredAt ? "connected" : "registered";
    return { act: "renew", changes: { state, leaseUntil: leaseUntil(sign, graceSeconds) } };
  }
  if (client.state !== "disconnected") {
    return { act: "disconnect", changes: { state: "disconnected", leaseUntil: leaseUntil(now, graceSeconds) } };
  }
  if (silence < 2 * graceSeconds) {
    return { act: "renew", changes: { leaseUntil: leaseUntil(sign, 2 * graceSeconds) } };
  }
  return { act: "reclaim" };
}

/** What a daemon writes when a client appears in its server's list, or is gone from it. */
export function serverSight(client: RemsimClient, connected: boolean, at: Date, graceSeconds: number): Changes {
  const server = { connected, at };
  if (client.state === "released" || !client.assignment) return { server };
  const lease = leaseUntil(at, graceSeconds);
  return connected ? { server, state: "connected", leaseUntil: lease } : { server, leaseUntil: lease };
}
