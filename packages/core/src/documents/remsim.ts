import { z } from "zod";
import { TenantId } from "../domain/ids.ts";
import {
  BankSlot,
  ClientKey,
  KiPoolId,
  Region,
  RemsimHost,
  RemsimServerId,
  RSPRO_MAX,
  RsproNumber,
} from "../domain/remsim/ids.ts";
import { KiPool, SlotPolicy } from "../domain/remsim/policy.ts";
import { Instant } from "./instant.ts";

export * from "./remsimClient.ts";

/** remsimServers/{id}, server only: an osmo-remsim-server. Made by the platform, as daemons call its REST interface; `tenants` empty: for all. */
export const RemsimServer = z.object({
  schemaVersion: z.literal(1),
  id: RemsimServerId,
  label: z.string(),
  /** What clients and bankds connect to. */
  host: RemsimHost,
  port: z.int().min(1).max(65535),
  /** Its REST interface, e.g. http://10.0.0.5:9997, which has no authentication. */
  restUrl: z.string(),
  tenants: z.array(TenantId),
  /** As a daemon saw it last; absent: none has looked. */
  reachable: z.boolean().optional(),
  reachableAt: Instant.optional(),
  /** When a daemon last saw it, to ten minutes: so long its word of clients and banks is believed. */
  seenAt: Instant.optional(),
  createdAt: Instant,
});
export type RemsimServer = z.infer<typeof RemsimServer>;

/** remsimServers/{id}/bankIds/{bankId}: create() gives a bank number of a server to one tenant. */
export const BankIdHolder = z.object({ schemaVersion: z.literal(1), tenantId: TenantId, createdAt: Instant });
export type BankIdHolder = z.infer<typeof BankIdHolder>;

/** remsimTenantIds/{n}: create() gives an integer tenant id to one tenant. */
export const RemsimTenantIdHolder = z.object({ schemaVersion: z.literal(1), tenantId: TenantId, createdAt: Instant });
export type RemsimTenantIdHolder = z.infer<typeof RemsimTenantIdHolder>;

/** tenants/{t}/remsimLogins/{login}: create() keeps a living login its credential's alone. */
export const RemsimLoginHolder = z.object({
  schemaVersion: z.literal(1),
  tenantId: TenantId,
  credentialId: z.string(),
  createdAt: Instant,
});
export type RemsimLoginHolder = z.infer<typeof RemsimLoginHolder>;

/** tenants/{t}/simImsis/{imsi}: create() gives an IMSI to one card of the tenant. */
export const SimImsiHolder = z.object({
  schemaVersion: z.literal(1),
  tenantId: TenantId,
  iccid: z.string(),
  createdAt: Instant,
});
export type SimImsiHolder = z.infer<typeof SimImsiHolder>;

/** tenants/{t}/simBanks/{bankId} */
export const SimBank = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  bankId: RsproNumber,
  label: z.string(),
  serverId: RemsimServerId,
  serverHost: RemsimHost,
  serverPort: z.int(),
  regions: z.array(Region),
  /** It has slots 1 to this; the RSPRO numbers above are free for profiles of its pools. 0: its slots are still being made. */
  slots: z.int().min(0).max(RSPRO_MAX),
  /** Switched off by a person: gives no slot to new clients. */
  enabled: z.boolean(),
  /** Whether its bankd is connected to the server, as a daemon saw it; absent: none has looked. */
  connected: z.boolean().optional(),
  /** Since when. */
  connectedAt: Instant.optional(),
  /** When the sweep first moved its clients away, or tried to, since it is gone. */
  failedOverAt: Instant.optional(),
  /** When the sweep shall look at it: after its bankd came or went, and again while clients wait for another card. Absent: nothing to decide. */
  sweepAt: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type SimBank = z.infer<typeof SimBank>;

/** Banks of a tenant at most: a decision reads them all. */
export const SIM_BANKS_MAX = 100;

/** empty: no card. available: has one nobody holds (after `availableAt`); of a pool, has room. assigned: held, or full. disabled: by a person. faulty: its card failed. */
export const SimSlotState = z.enum(["empty", "available", "assigned", "disabled", "faulty"]);
export type SimSlotState = z.infer<typeof SimSlotState>;

/** tenants/{t}/simBanks/{bankId}/slots/{slotId} */
export const SimSlot = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  bankId: RsproNumber,
  slotId: RsproNumber,
  /** Of the card in it; empty when there is none. */
  iccid: z.string(),
  imsi: z.string(),
  /** MCC and MNC of the card, and its MCC alone for queries. */
  mccMnc: z.string(),
  mcc: z.string(),
  carrier: z.string(),
  state: SimSlotState,
  /** Set: its key answers for profiles of this pool, and no client gets it whole. */
  poolId: KiPoolId.nullable(),
  /** Who holds it, outside pools. */
  client: z.object({ key: ClientKey, clientId: z.string() }).nullable(),
  /** Who held it last: gets it back within its cool-down, which is there for others. */
  lastClient: ClientKey.optional(),
  /** Clients that hold it: 0 or 1, in pools up to the pool's limit. */
  profiles: z.int().min(0),
  /** End of its cool-down: nobody but its last client gets it earlier. */
  availableAt: Instant,
  /** When the sweep first moved the clients of a faulty card away, or tried to; removed by the next word of a person on the slot. */
  failedOverAt: Instant.optional(),
  /** When the sweep shall look at it: once its card is faulty, and again while clients wait for another. Absent: nothing to decide. */
  sweepAt: Instant.optional(),
  updatedAt: Instant,
});
export type SimSlot = z.infer<typeof SimSlot>;

/** tenants/{t}/simCards/{iccid}: a card of the tenant, in a slot or not. */
export const SimCard = z.object({
  schemaVersion: z.literal(1),
  iccid: z.string(),
  tenantId: TenantId,
  imsi: z.string(),
  mccMnc: z.string(),
  carrier: z.string(),
  label: z.string(),
  /** Where it is; absent: in a drawer. */
  slot: BankSlot.optional(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type SimCard = z.infer<typeof SimCard>;

/** tenants/{t}/slotClaims/{bank-slot}: exists = taken. Made by create(), so that two clients can't hold one bank slot. */
export const SlotClaim = z.object({
  schemaVersion: z.literal(1),
  tenantId: TenantId,
  clientKey: ClientKey,
  createdAt: Instant,
});
export type SlotClaim = z.infer<typeof SlotClaim>;

/** States of a map as osmo-remsim-server names them, and ABSENT: it has none yet. */
export const SlotMapState = z.enum(["ABSENT", "NEW", "UNACKNOWLEDGED", "ACTIVE", "DELETE_REQ", "DELETING"]);
export type SlotMapState = z.infer<typeof SlotMapState>;

/**
 * tenants/{t}/slotMaps/{client's bank-slot}: a map that its server shall have; what is not here, shall not be there. Its id is the client's
 * RSPRO identity and made by create(), so that no two clients have one. Daemons follow all of them and report `actual`.
 */
export const SlotMap = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  serverId: RemsimServerId,
  /** RSPRO identity of the client: stays while it keeps its registration, whatever card it gets. */
  client: BankSlot,
  /** The bank slot it is mapped to. */
  bank: BankSlot,
  clientKey: ClientKey,
  createdAt: Instant,
  /** When `bank` changed last. */
  mappedAt: Instant,
  /** As a daemon saw it; written on change alone. */
  actual: z
    .object({ state: SlotMapState, bank: BankSlot.nullable(), clientConnected: z.boolean(), at: Instant })
    .optional(),
});
export type SlotMap = z.infer<typeof SlotMap>;

/** tenants/{t}/remsimSettings/current: everything an assignment is decided by, in one read. Absent: the defaults. */
export const RemsimSettings = z.object({
  schemaVersion: z.literal(1),
  tenantId: TenantId,
  heartbeatSeconds: z.int().min(10).max(3600),
  /** Silence from heartbeat, server and bankd that ends a lease. */
  graceSeconds: z.int().min(30).max(86_400),
  /** Between a card's release and its next client. */
  coolDownSeconds: z.int().min(0).max(86_400),
  /** How long a bank may be gone before its clients are moved. */
  bankGraceSeconds: z.int().min(0).max(86_400),
  /** In order. */
  policies: z.array(SlotPolicy).max(50),
  pools: z.array(KiPool).max(50),
  updatedAt: Instant,
});
export type RemsimSettings = z.infer<typeof RemsimSettings>;

export const REMSIM_DEFAULTS = {
  heartbeatSeconds: 60,
  graceSeconds: 300,
  coolDownSeconds: 60,
  bankGraceSeconds: 60,
  policies: [],
  pools: [],
} satisfies Partial<RemsimSettings>;

/** tenants/{t}/remsimCredentials/{sha256 of "login:secret"}: what routers send by HTTP Basic; the secret is shown once and kept nowhere. */
export const RemsimCredential = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  login: z.string(),
  label: z.string(),
  region: Region.nullable(),
  revokedAt: Instant.optional(),
  lastUsedAt: Instant.optional(),
  createdAt: Instant,
  createdBy: z.string(),
});
export type RemsimCredential = z.infer<typeof RemsimCredential>;

export const RemsimEventType = z.enum([
  "client_registered",
  "client_disconnected",
  "client_unregistered",
  "client_clash",
  "slot_reassigned",
  "bank_down",
  "bank_up",
  "pool_exhausted",
]);
export type RemsimEventType = z.infer<typeof RemsimEventType>;

/** tenants/{t}/remsimEvents/{id}; ids sort by time. */
export const RemsimEvent = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  type: RemsimEventType,
  severity: z.enum(["info", "warning", "error"]),
  message: z.string(),
  at: Instant,
  clientKey: ClientKey.optional(),
  bankId: RsproNumber.optional(),
  slotId: RsproNumber.optional(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  expireAt: Instant,
});
export type RemsimEvent = z.infer<typeof RemsimEvent>;
