// What a peer is made from.
import type { Origin } from "./answer.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Identity } from "./identity.ts";
import type { Peer } from "./peer.ts";
import type { TlsIdentity } from "./tlsIdentity.ts";
import type { TokenBucket } from "./tokenBucket.ts";

/** Messages in and out since the connection opened. */
export interface PeerCounters {
  requestsReceived: number;
  answersSent: number;
  requestsSent: number;
  answersReceived: number;
  /** Answers that nobody awaited, or of another version or length. */
  strays: number;
  /** Requests refused with 3004. */
  tooBusy: number;
}

export interface PeerSetup<C> {
  readonly connection: Connection;
  readonly originHost: string;
  readonly originRealm: string;
  readonly address: string;
  readonly tls: TlsIdentity | undefined;
  readonly applications: readonly number[];
  readonly context: C;
  /** Who we are to this peer. */
  readonly origin: Origin;
  /** Destination-Realms of requests that are for us. */
  readonly ourRealms: readonly string[];
  readonly originStateId: number;
  readonly identity: Identity;
  readonly rate: TokenBucket | undefined;
  readonly dispatcher: Dispatcher<C>;
  readonly clock: Clock;
  /** Tw of RFC 3539; each period is up to 2 s shorter or longer. */
  readonly watchdogMs: number;
  readonly closed: (peer: Peer<C>, reason: string) => void;
  readonly suspected?: (peer: Peer<C>) => void;
}
