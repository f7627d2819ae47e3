import { z } from "zod";
import { TenantId } from "../domain/ids.ts";
import { ClientConfiguration, RemsimCommandId, RemsimCommandRequest } from "../domain/remsim/command.ts";
import {
  BankSlot,
  ClientKey,
  KiPoolId,
  MappingMode,
  Region,
  RemsimClientId,
  RemsimServerId,
  SlotPolicyId,
} from "../domain/remsim/ids.ts";
import { Instant } from "./instant.ts";

/** Which card a client has, and why. */
export const RemsimAssignment = z.object({
  /** The physical slot: of a profile, the card whose key it uses. */
  slot: BankSlot,
  /** Its RSPRO identity: bank_id and slot_id of the reply. */
  client: BankSlot,
  serverId: RemsimServerId,
  endpoint: z.string(),
  iccid: z.string(),
  imsi: z.string(),
  mccMnc: z.string(),
  carrier: z.string(),
  poolId: KiPoolId.nullable(),
  /** The policy that gave it; null: the built-in one. */
  policyId: SlotPolicyId.nullable(),
  remap: z.boolean(),
  since: Instant,
});
export type RemsimAssignment = z.infer<typeof RemsimAssignment>;

/** registered: has a slot, not yet a sign of life. connected. disconnected: silent for the grace period. released: holds nothing. */
export const RemsimClientState = z.enum(["registered", "connected", "disconnected", "released"]);
export type RemsimClientState = z.infer<typeof RemsimClientState>;

/** A minute or so of a client, for its charts. at: ms since 1970. Counters as the client counts them since its start. */
export const RemsimSample = z.object({
  at: z.number(),
  uptime: z.number().optional(),
  tpdusSent: z.number().optional(),
  tpdusReceived: z.number().optional(),
  errors: z.number().optional(),
  /** Signal figures by the name after `signal_`, e.g. rsrp. */
  signal: z.record(z.string(), z.number()).optional(),
});
export type RemsimSample = z.infer<typeof RemsimSample>;

/** Samples kept in a client's document, which every list of clients hears of; then they go to their hour buckets. */
export const REMSIM_SAMPLES = 10;

/** remsimClients/{key}/history/{yyyymmddhh}: samples by second of the hour. */
export const RemsimHistoryHour = z.object({
  schemaVersion: z.literal(1),
  samples: z.record(z.string(), RemsimSample),
  expireAt: Instant,
});
export type RemsimHistoryHour = z.infer<typeof RemsimHistoryHour>;

/** tenants/{t}/remsimClients/{key} */
export const RemsimClient = z.object({
  schemaVersion: z.literal(1),
  key: ClientKey,
  tenantId: TenantId,
  clientId: RemsimClientId,
  /** The credential it registered with, and its words for people. */
  credentialId: z.string(),
  credentialName: z.string(),
  mode: MappingMode,
  /** "" when it asked for no network. */
  mccMnc: z.string(),
  region: Region.nullable(),
  profileId: z.uuid(),
  state: RemsimClientState,
  /** Null when released. */
  assignment: RemsimAssignment.nullable(),
  /** What it held last, for sticky policies. */
  lastSlot: BankSlot.nullable(),
  registeredAt: Instant,
  registrations: z.int(),
  /** From where it registered or sent a heartbeat last, as far as is known: by its edge, or the login's own word (`addressAfter`). */
  address: z.string(),
  /** By its own heartbeat. */
  heartbeatAt: Instant.nullable(),
  /** Random per start of its add-on: two that alternate are two routers of one name. */
  instanceId: z.string().nullable(),
  /** Those before it, latest first: when one comes again, two are alive. */
  previousInstanceIds: z.array(z.string()).optional(),
  /** When two were last seen to alternate. */
  clashAt: Instant.nullable(),
  /** By its server's list of clients, through a daemon; null: no daemon has seen it since it got its RSPRO identity. `connected` is believed as long as the server is seen. */
  server: z.object({ connected: z.boolean(), at: Instant }).nullable(),
  /** Its connections by its own events, and when it last told of one. */
  links: z.object({ server: z.boolean().optional(), bankd: z.boolean().optional(), at: Instant }).optional(),
  /** When silence ends its lease; sweeps look for it. Null when released. */
  leaseUntil: Instant.nullable(),
  /** Its own word, e.g. connected. */
  status: z.string(),
  /** Those in no hour bucket yet, and the last two. */
  samples: z.array(RemsimSample),
  modem: z.record(z.string(), z.string()),
  pendingCommands: z.array(
    z.object({ id: RemsimCommandId, request: RemsimCommandRequest, createdAt: Instant, createdBy: z.string() }),
  ),
  /** wanted: the version it shall have (0: none was set); applied: what it said last; failed: it said it can't apply this one. */
  configuration: z.object({
    wanted: z.int(),
    applied: z.int(),
    failed: z.object({ version: z.int(), message: z.string(), at: Instant }).optional(),
  }),
  createdAt: Instant,
  updatedAt: Instant,
});
export type RemsimClient = z.infer<typeof RemsimClient>;

/** remsimClients/{key}/configurations/{version} */
export const RemsimConfiguration = z.object({
  schemaVersion: z.literal(1),
  version: z.int().min(1),
  values: ClientConfiguration,
  createdAt: Instant,
  createdBy: z.string(),
});
export type RemsimConfiguration = z.infer<typeof RemsimConfiguration>;

/** remsimClients/{key}/logs/{id}: lines of one upload, of one report of events, or what became of commands. Ids sort by time. */
export const RemsimLog = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  kind: z.enum(["log", "event", "command"]),
  at: Instant,
  lines: z.array(z.string()),
  expireAt: Instant,
});
export type RemsimLog = z.infer<typeof RemsimLog>;
