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

/** How long a server's word of its clients is believed after a daemon last saw the server, s: a daemon's restart or move costs nobody a card. */
export const SERVER_WORD_SECONDS = 3600;
/** How often a daemon says that it sees a server, s. */
export const SERVER_SEEN_SECONDS = 600;

/** What a lease is judged by, beside the client. */
export interface LeaseTerms {
  graceSeconds: number;
  /** When a daemon last saw the client's server. Undefined: never, or the server's word of this client does not count. */
  serverSeenAt: Date | undefined;
}

/**
 * When a client was last heard of. A client that its server has connected is heard of at all times, however long it says nothing itself, while
 * the server's word is believed, and else until the server was last seen; one that its server lost was heard of until then. Without word of
 * its server, its own word counts alone.
 */
export function lastSign(client: RemsimClient, serverSeenAt: Date | undefined, now: Date): Date {
  const seenAt = client.server?.connected ? serverSeenAt : undefined;
  if (seenAt && now < wordUntil(seenAt)) return now;
  const signs = [client.registeredAt, client.heartbeatAt, client.links?.at, client.server?.at, seenAt];
  return latest(...signs.filter((at) => at instanceof Date));
}

/** What becomes of a client whose `leaseUntil` is past. Pure: decided anew from the document as it is then. */
export function leaseTurn(client: RemsimClient, { graceSeconds, serverSeenAt }: LeaseTerms, now: Date): LeaseTurn {
  if (client.state === "released" || !client.assignment) return { act: "forget", changes: { leaseUntil: null } };
  const sign = lastSign(client, serverSeenAt, now);
  const silence = (now.getTime() - sign.getTime()) / 1000;
  if (silence < graceSeconds) {
    const state = sign > client.registeredAt ? "connected" : "registered";
    const own = leaseUntil(sign, graceSeconds);
    // A daemon that sees it leave ends this earlier.
    const until = client.server?.connected && serverSeenAt ? latest(own, wordUntil(serverSeenAt)) : own;
    return { act: "renew", changes: { state, leaseUntil: until } };
  }
  if (client.state !== "disconnected") {
    return { act: "disconnect", changes: { state: "disconnected", leaseUntil: leaseUntil(now, graceSeconds) } };
  }
  if (silence < 2 * graceSeconds) {
    return { act: "renew", changes: { leaseUntil: leaseUntil(sign, 2 * graceSeconds) } };
  }
  return { act: "reclaim" };
}

function wordUntil(seenAt: Date): Date {
  return leaseUntil(seenAt, SERVER_WORD_SECONDS);
}

function latest(...times: Date[]): Date {
  return new Date(Math.max(...times.map((at) => at.getTime())));
}

/** What a daemon writes when a client appears in its server's list, or is gone from it. */
export function serverSight(client: RemsimClient, connected: boolean, at: Date, graceSeconds: number): Changes {
  const server = { connected, at };
  if (client.state === "released" || !client.assignment) return { server };
  const lease = leaseUntil(at, graceSeconds);
  return connected
    ? { server, state: "connected", leaseUntil: latest(lease, wordUntil(at)) }
    : { server, leaseUntil: lease };
}
