// What the Diameter applications (hss/, pcrf/) read and write. mirror/ keeps it in LMDB, so every read is synchronous and needs no network.
import type {
  Arp,
  BitRates,
  EquipmentList,
  HssAction,
  PccRule,
  Plmn,
  SubscriberActivity,
  SubscriptionProfile,
} from "@wisptools/core";

export interface TenantRecord {
  id: string;
  /** Origin-Realm of our answers to this tenant's peers. */
  realm: string;
  plmns: readonly Plmn[];
  active: boolean;
  /** Tenants whose EPCs may serve this tenant's subscribers. */
  roamingPartners: readonly string[];
  unknownEquipment: EquipmentList;
}

export interface PeerRecord {
  originHost: string;
  tenantId: string;
  epcId?: string;
  role: "mme" | "smf" | "other";
  /** SHA-256 of the certificates that hold, hex. */
  certificates: readonly string[];
  plainFrom: readonly string[];
}

/** Bytes to wipe after use. `operator` is what `kind` says. */
export interface OpenKeys {
  k: Buffer;
  operator: Buffer;
  kind: "opc" | "op" | "topc" | "top";
}

/** A subscriber as the applications see it. */
export interface ServedSubscriber {
  imsi: string;
  tenantId: string;
  /** Absent when its plan or APNs can't be found: `missing` says which. */
  profile: SubscriptionProfile | undefined;
  missing: string | undefined;
  /** Of `profile` as JSON: equal hashes mean that there is nothing to push. */
  profileHash: string;
  algorithm: "milenage" | "tuak";
  amf: number;
  sqnOffset: number;
  /** Opens the keys; throws when they were altered or the tenant's key is not there. */
  openKeys(): OpenKeys;
}

/** Read side of the mirror. */
export interface Directory {
  subscriber(imsi: string): ServedSubscriber | undefined;
  tenant(tenantId: string): TenantRecord | undefined;
  tenants(): Iterable<TenantRecord>;
  peer(originHost: string): PeerRecord | undefined;
  /** The list that holds an IMEI (first 14 digits decide for one device; a narrow TAC range wins over a wide one); undefined: on none. */
  equipment(tenantId: string, imei: string): EquipmentList | undefined;
}

/** Where a subscriber is registered (S6a); survives restarts. One per IMSI. */
export interface Registration {
  imsi: string;
  tenantId: string;
  mme: string;
  mmeRealm: string;
  epcId?: string;
  /** MCC and MNC as Visited-PLMN-Id has them, 3 octets in hex. */
  visitedPlmn: string;
  ratType: number;
  /** ms since 1970. */
  at: number;
  purged: boolean;
  /** profileHash that the MME has. */
  sent: string;
  imei?: string;
  softwareVersion?: string;
}

export interface Registrations {
  get(imsi: string): Registration | undefined;
  /** Resolves when it survives a crash of the process. */
  put(registration: Registration): Promise<void>;
  remove(imsi: string): Promise<void>;
  /** Those of one MME. */
  ofMme(originHost: string): Iterable<Registration>;
  all(): Iterable<Registration>;
}

/** What the SMF of a Gx session was told last. */
export interface GrantedPolicy {
  /** APN-AMBR, bit/s. */
  rates: BitRates;
  qci: number;
  arp: Arp;
  rules: readonly PccRule[];
  /** It was asked to report usage. */
  monitored: boolean;
}

/** A Gx session (one PDN connection); survives restarts. */
export interface GxSession {
  sessionId: string;
  imsi: string;
  tenantId: string;
  apn: string;
  address: string;
  peer: string;
  peerRealm: string;
  epcId?: string;
  /** ms since 1970. */
  startedAt: number;
  /** profileHash that the SMF's rules come from; empty: the SMF may not have taken `granted`. */
  sent: string;
  /** Burst rates hold until then, ms since 1970. */
  burstUntil?: number;
  throttled: boolean;
  /** Octets that the SMF reported in this session. */
  uplink: number;
  downlink: number;
  granted?: GrantedPolicy;
  /** CC-Request-Number of the last request: what comes again with it, or a lower one, is not counted again. */
  requestNumber?: number;
  /** Session-Release-Cause that the SMF acknowledged: it will end the session. */
  releasing?: number;
}

export interface Sessions {
  get(sessionId: string): GxSession | undefined;
  put(session: GxSession): Promise<void>;
  remove(sessionId: string): Promise<void>;
  ofSubscriber(imsi: string): GxSession[];
  all(): Iterable<GxSession>;
}

export interface UsageCounter {
  /** `yyyymmdd` or `yyyymm`, UTC. */
  period: string;
  uplink: number;
  downlink: number;
}

export interface Usage {
  get(imsi: string): UsageCounter | undefined;
  put(imsi: string, counter: UsageCounter): Promise<void>;
}

export type ActivityKind = SubscriberActivity["kind"];

/** Write side: queued on disk, written to the cloud in order when it answers; calls never wait for the network. In stand-alone mode it only logs. */
export interface Reporter {
  /** After an answered ULR. Coalesced per subscriber: the newest state is what gets written. */
  registered(registration: Registration): void;
  detached(tenantId: string, imsi: string, state: "purged" | "detached"): void;
  /** At most once a minute per subscriber. */
  authenticated(tenantId: string, imsi: string, at: number): void;
  authenticationFailed(tenantId: string, imsi: string, at: number, reason: string): void;
  /** A resynchronisation moved the subscriber's SEQ. Resolves when that survives a crash: no vector may go out before, or its SEQ could come again. */
  sqnOffset(tenantId: string, imsi: string, offset: number): Promise<void>;
  equipmentSeen(tenantId: string, imsi: string, imei: string, softwareVersion: string | undefined): void;
  sessionChanged(session: GxSession, state: "open" | "ended"): void;
  usage(tenantId: string, imsi: string, counter: UsageCounter): void;
  activity(entry: {
    tenantId: string;
    imsi?: string;
    epcId?: string;
    kind: ActivityKind;
    severity: "info" | "warning" | "error";
    message: string;
  }): void;
  connection(change: {
    tenantId: string;
    originHost: string;
    epcId?: string;
    role: "mme" | "smf" | "other";
    state: "connected" | "disconnected" | "refused";
    reason: string;
    address: string;
    tls: boolean;
  }): void;
  /** The MME that another daemon holds must forget the subscriber. */
  askOthers(command: {
    tenantId: string;
    imsi: string;
    action: HssAction;
    peer: string;
    cancellationType?: number;
  }): void;
}

/** What the mirror tells the applications. */
export interface MirrorEvents {
  /** These subscribers' profiles may differ from what their MME and SMF have; undefined: any of the tenant's. */
  profilesChanged(tenantId: string, imsis: readonly string[] | undefined): void;
  /** Peers were added, changed or revoked. */
  peersChanged(): void;
  tenantsChanged(): void;
  /** Another daemon registered these subscribers somewhere. `superseded`: where those had been that are now at another MME. */
  registrationsChanged(imsis: readonly string[], superseded: readonly Registration[]): void;
  /** Whether `command` would run it here, so that it need not be claimed in vain; absent: not known before. */
  holds?(command: Parameters<MirrorEvents["command"]>[0]): boolean;
  /** Runs an operator's or another daemon's request if its peer is connected here; undefined: not here. Resolves to the words of its result. */
  command(command: {
    id: string;
    tenantId: string;
    action: HssAction;
    imsi: string;
    peer?: string;
    cancellationType?: number;
  }): Promise<{ done: boolean; result: string } | undefined>;
}
