// What a Diameter server is given.
import type { Message } from "./codec/message.ts";
import type { Clock } from "./peer/clock.ts";
import type { Handler } from "./peer/dispatcher.ts";
import type { Peer } from "./peer/peer.ts";
import type { TlsIdentity } from "./peer/tlsIdentity.ts";

export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free one, to be read from `addresses`. */
  readonly port: number;
  /** TLS 1.2 or later before the CER; the other side must show a certificate. The handshake proves that it holds its key; whose it is, and whether it counts, `admit` decides by fingerprint and dates. */
  readonly tls?: TlsMaterial;
}

/** Who wants to be a peer: what its CER says, where it comes from, what its certificate says. */
export interface Candidate {
  readonly originHost: string;
  readonly originRealm: string;
  readonly address: string;
  readonly port: number;
  readonly tls?: TlsIdentity;
  readonly applications: readonly number[];
  readonly productName: string;
}

export type Admission<C> =
  | {
      readonly admitted: true;
      readonly context: C;
      /** Origin-Realm of all that we send to this peer. */
      readonly originRealm: string;
      /** Destination-Realms that are ours to this peer, beside that one and the server's. */
      readonly furtherRealms?: readonly string[];
      /** More are answered 3004; Infinity for no limit. Bursts of one second's worth are let through. */
      readonly requestsPerSecond: number;
    }
  | {
      readonly admitted: false;
      /** Usually 3010. */
      readonly resultCode: number;
      readonly reason: string;
    };

export interface Refusal {
  readonly address: string;
  readonly tls: boolean;
  /** Of the CEA; undefined if the connection ended without one. */
  readonly resultCode: number | undefined;
  readonly reason: string;
  /** If a CER came that could be read. */
  readonly originHost: string | undefined;
}

export interface ServerEvents<C> {
  peerOpened?(peer: Peer<C>): void;
  peerClosed?(peer: Peer<C>, reason: string): void;
  /** It has not answered for two watchdog periods. */
  peerSuspected?(peer: Peer<C>): void;
  peerRefused?(refusal: Refusal): void;
  handlerFailed?(error: unknown, request: Message, peer: Peer<C>): void;
  /** `admit` threw; the answer was 5012. */
  admissionFailed?(error: unknown, candidate: Candidate): void;
  listenerFailed?(error: Error): void;
}

export interface ServerOptions<C> {
  readonly listeners: readonly ListenerOptions[];
  /** Must be the name that peers have configured for us. */
  readonly originHost: string;
  /** Origin-Realm of answers to whom we refuse. */
  readonly originRealm: string;
  /** Auth-Application-Ids to advertise, each with vendor 10415. */
  readonly applications: readonly number[];
  readonly productName: string;
  readonly admit: (candidate: Candidate) => Admission<C>;
  /** By `commandKey(applicationId, commandCode)`. */
  readonly handlers: ReadonlyMap<number, Handler<C>>;
  readonly events?: ServerEvents<C>;
  readonly clock?: Clock;
  /** Rises with each start (RFC 6733 8.16); default: seconds since 1970 at construction. */
  readonly originStateId?: number;
  /** Tw, default 30,000. */
  readonly watchdogMs?: number;
  /** Default 65,536 octets. */
  readonly messageLimit?: number;
  /** Octets that may wait for one peer, default 4 MiB. */
  readonly outputLimit?: number;
  /** From connection to CER, default 10,000. */
  readonly handshakeMs?: number;
  /** Connections without a CER at one time, default 256, and from one address, default 16. */
  readonly handshakes?: number;
  readonly handshakesPerAddress?: number;
  /** How long the holder of an identity has to show that it is alive when another claims it, default 2,000. */
  readonly probeMs?: number;
  /** Answers kept per identity for requests that come again, default 256. */
  readonly answersKept?: number;
  /** Identities whose answers are kept, default 1,024. */
  readonly identitiesKept?: number;
}
