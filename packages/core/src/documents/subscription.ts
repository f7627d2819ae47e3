// What tenants have of the cloud HSS, EIR and PCRF in Firestore.
import { z } from "zod";
import { EpcId, TenantId } from "../domain/ids.ts";
import { Imei, Imsi } from "../domain/imsi.ts";
import { Plmn } from "../domain/plmn.ts";
import { Arp, BitRates, PccRule, Qci, RULES_OF_A_PLAN } from "../domain/subscription/qos.ts";
import { RatName, Roaming, Slug, SubscriberSettings } from "../domain/subscription/settings.ts";
import { Instant } from "./instant.ts";
import { mirrored } from "./mirrored.ts";

/** Grows by one with each change; the ETag of If-Match. */
const revision = z.int().min(1);

/**
 * Where a subscriber is served, as the daemons saw it last. `updatedAt` is their cursor on one another's registrations; before the first of them there
 * may be authentications alone.
 */
export const SubscriberLive = z.object({
  /** attached: an MME registered it. purged: that MME forgot it (PUR), the registration stays. detached: none, or cancelled. */
  state: z.enum(["attached", "purged", "detached"]).default("detached"),
  mme: z.string().optional(),
  mmeRealm: z.string().optional(),
  epcId: EpcId.optional(),
  visitedPlmn: Plmn.optional(),
  /** RAT-Type of the last update location, e.g. 1004 = E-UTRAN (3GPP TS 29.212 5.3.31). */
  ratType: z.int().optional(),
  registeredAt: Instant.optional(),
  lastAuthenticationAt: Instant.optional(),
  lastFailure: z.object({ at: Instant, reason: z.string() }).optional(),
  /** Equipment last seen with this subscriber. */
  imei: z.string().optional(),
  softwareVersion: z.string().optional(),
  /** Open data sessions by APN: the address the UE has. */
  sessions: z.record(z.string(), z.string()).default({}),
  /** Octets used in the running quota period. */
  usage: z.object({ period: z.string(), uplink: z.number(), downlink: z.number() }).optional(),
  updatedAt: Instant.optional(),
});
export type SubscriberLive = z.infer<typeof SubscriberLive>;

/** tenants/{t}/subscribers/{imsi}: readable by members; keys are not in it. */
export const Subscriber = SubscriberSettings.extend({
  schemaVersion: z.literal(1),
  imsi: Imsi,
  tenantId: TenantId,
  revision,
  keysChangedAt: Instant,
  /** The row of a bulk import that wrote it last, so that a repeated row is told from a second row of the same IMSI. */
  imported: z.object({ id: z.string(), row: z.int(), effect: z.enum(["created", "updated"]) }).optional(),
  live: SubscriberLive.optional(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Subscriber = z.infer<typeof Subscriber>;

/**
 * tenants/{t}/hssProfiles/{imsi}, server only: what daemons mirror. `keys` is base64 of IV (12), ciphertext and tag (16), AES-256-GCM
 * under the tenant's subscriber key-encryption key (secrets/subscriberKeys) with AAD `{tenantId}/subscriber-keys/{imsi}` (packages/store/src/subscriberKeys.ts).
 */
export const HssProfile = SubscriberSettings.extend({
  schemaVersion: z.literal(1),
  imsi: Imsi,
  tenantId: TenantId,
  keys: z.string(),
  /** SEQ minus the seconds since 2026-01-01 (3GPP TS 33.102 C.1.1.3); set at a resynchronisation. */
  sqnOffset: z.int(),
  ...mirrored,
});
export type HssProfile = z.infer<typeof HssProfile>;

/** imsis/{imsi}: whose it is, platform-wide; create() decides races. */
export const ImsiHolder = z.object({ schemaVersion: z.literal(1), tenantId: TenantId });
export type ImsiHolder = z.infer<typeof ImsiHolder>;

export const Quota = z.strictObject({
  period: z.enum(["day", "month"]),
  /** Octets of both directions together. */
  octets: z.int().min(1_000_000, "must be at least 1 MB"),
  /** Rates once it is used up; absent: no more traffic until the next period. */
  throttle: BitRates.optional(),
});
export type Quota = z.infer<typeof Quota>;

/** The part of a plan that an operator sets. */
export const PlanSettings = z.object({
  name: z.string().min(1).max(80),
  description: z.string().max(500),
  rates: BitRates,
  /** Higher rates for the first seconds of a session. */
  burst: z.strictObject({ rates: BitRates, seconds: z.int().min(1).max(3600) }).optional(),
  qci: Qci,
  arp: Arp,
  rules: z.array(PccRule).max(RULES_OF_A_PLAN),
  quota: Quota.optional(),
});
export type PlanSettings = z.infer<typeof PlanSettings>;

const owned = { schemaVersion: z.literal(1), id: Slug, tenantId: TenantId, revision, createdAt: Instant, ...mirrored };

/** tenants/{t}/plans/{id} */
export const Plan = PlanSettings.extend(owned);
export type Plan = z.infer<typeof Plan>;

export const GroupSettings = z.object({
  name: z.string().min(1).max(80),
  description: z.string().max(500),
  planId: Slug.optional(),
  apnIds: z.array(Slug).min(1).max(8).optional(),
  roaming: Roaming.optional(),
  deniedRats: z.array(RatName).optional(),
});
export type GroupSettings = z.infer<typeof GroupSettings>;

/** tenants/{t}/groups/{id}: defaults that its subscribers inherit. */
export const Group = GroupSettings.extend(owned);
export type Group = z.infer<typeof Group>;

export const ApnSettings = z.object({
  /** Access point name without operator identifier (3GPP TS 23.003 9.1.1). */
  apn: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/i, "must be labels of letters, digits and hyphens"),
  pdnType: z.enum(["ipv4", "ipv6", "ipv4v6"]),
  /** Absent: the plan's. */
  qci: Qci.optional(),
  arp: Arp.optional(),
  rates: BitRates.optional(),
  /** 3GPP-Charging-Characteristics, 4 hex digits (3GPP TS 32.251 annex A). */
  chargingCharacteristics: z
    .string()
    .regex(/^[0-9a-f]{4}$/, "must be 4 hex digits")
    .optional(),
});
export type ApnSettings = z.infer<typeof ApnSettings>;

/** tenants/{t}/apnProfiles/{id} */
export const ApnProfile = ApnSettings.extend(owned);
export type ApnProfile = z.infer<typeof ApnProfile>;

export const EquipmentList = z.enum(["white", "grey", "black"]);
export type EquipmentList = z.infer<typeof EquipmentList>;

/** `imei`: one device. `tac`: a range of type allocation codes, 8 digits each, both included. */
export const EirSubject = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("imei"), imei: Imei }),
  z
    .strictObject({
      kind: z.literal("tac"),
      from: z.string().regex(/^\d{8}$/, "must be 8 digits"),
      to: z.string().regex(/^\d{8}$/, "must be 8 digits"),
    })
    .refine(({ from, to }) => from <= to, { message: "must not be below from", path: ["to"] }),
]);

/** tenants/{t}/eirEntries/{id}: id is `imei-{imei}` or `tac-{from}-{to}`. One IMEI wins over a range, a narrow range over a wide one. */
export const EirEntry = z.object({
  schemaVersion: z.literal(1),
  id: z.string().regex(/^(imei-\d{15}|tac-\d{8}-\d{8})$/),
  tenantId: TenantId,
  subject: EirSubject,
  list: EquipmentList,
  reason: z.string().max(200),
  revision,
  createdAt: Instant,
  ...mirrored,
});
export type EirEntry = z.infer<typeof EirEntry>;

/** tenants/{t}/sessions/{first 32 hex digits of sha256 of the Gx Session-Id} */
export const PdnSession = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  imsi: z.string(),
  apn: z.string(),
  address: z.string(),
  epcId: EpcId.optional(),
  /** Origin-Host of the SMF. */
  peer: z.string(),
  state: z.enum(["open", "ended"]),
  startedAt: Instant,
  endedAt: Instant.optional(),
  /** Octets, where the SMF reports them. */
  usage: z.object({ uplink: z.number(), downlink: z.number() }),
  rates: BitRates.optional(),
  updatedAt: Instant,
  expireAt: Instant,
});
export type PdnSession = z.infer<typeof PdnSession>;

/** tenants/{t}/mmeConnections/{originHost}: each Diameter peer as the daemons saw it last. */
export const MmeConnection = z.object({
  schemaVersion: z.literal(1),
  originHost: z.string(),
  tenantId: TenantId,
  epcId: EpcId.optional(),
  role: z.enum(["mme", "smf", "other"]),
  state: z.enum(["connected", "disconnected", "refused"]),
  /** Why it was refused or went away. */
  reason: z.string(),
  address: z.string(),
  tls: z.boolean(),
  since: Instant,
  daemonId: z.string(),
  updatedAt: Instant,
});
export type MmeConnection = z.infer<typeof MmeConnection>;

export const ACTIVITY_KINDS = [
  "attach",
  "detach",
  "authentication-failure",
  "resynchronisation",
  "rejected",
  "location-cancelled",
  "profile-pushed",
  "session-start",
  "session-end",
  "quota",
  "imei-change",
  "equipment-refused",
  "peer-refused",
  "cross-tenant",
  "settings",
] as const;

/** tenants/{t}/subscriberActivity/{id}: what happened to whom; TTL. */
export const SubscriberActivity = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  /** Absent where it concerns a peer rather than a subscriber. */
  imsi: z.string().optional(),
  epcId: EpcId.optional(),
  kind: z.enum(ACTIVITY_KINDS),
  severity: z.enum(["info", "warning", "error"]),
  message: z.string(),
  at: Instant,
  expireAt: Instant,
});
export type SubscriberActivity = z.infer<typeof SubscriberActivity>;

/** tenants/{t}/subscribers/{imsi}/equipment/{imei}: the devices seen with a subscriber. */
export const EquipmentSighting = z.object({
  schemaVersion: z.literal(1),
  imei: z.string(),
  tenantId: TenantId,
  firstSeenAt: Instant,
  lastSeenAt: Instant,
});
export type EquipmentSighting = z.infer<typeof EquipmentSighting>;

/** What an operator, or another daemon, may ask of the daemon that holds the peer. */
export const HssAction = z.enum(["cancel-location", "reread", "purge", "end-sessions"]);
export type HssAction = z.infer<typeof HssAction>;

/** tenants/{t}/hssCommands/{id}: pending -> done | failed | expired. Claimed by the daemon that holds `peer`. */
export const HssCommand = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  action: HssAction,
  imsi: z.string(),
  /** Origin-Host of the MME or SMF; absent: whoever serves the subscriber. */
  peer: z.string().optional(),
  /** Cancellation-Type for cancel-location (3GPP TS 29.272 7.3.24). */
  cancellationType: z.int().min(0).max(4).optional(),
  state: z.enum(["pending", "done", "failed", "expired"]),
  result: z.string().optional(),
  issuedBy: z.string(),
  issuedAt: Instant,
  finishedAt: Instant.optional(),
  daemonId: z.string().optional(),
  expiresAt: Instant,
  expireAt: Instant,
});
export type HssCommand = z.infer<typeof HssCommand>;

/** tenants/{t}/subscriberImports/{id}: how far a bulk import is. Rows are applied in order, each whole or not at all. */
export const SubscriberImport = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  fileName: z.string(),
  /** sha256 of the file, so that a resumed import is known to be of the same one. */
  sha256: z.string(),
  total: z.int(),
  /** Rows dealt with; where a resumed import goes on. */
  next: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  failed: z.int(),
  /** The first 100 of them. */
  errors: z.array(z.object({ row: z.int(), field: z.string(), message: z.string() })),
  state: z.enum(["running", "finished"]),
  startedBy: z.string(),
  startedAt: Instant,
  updatedAt: Instant,
  expireAt: Instant,
});
export type SubscriberImport = z.infer<typeof SubscriberImport>;
