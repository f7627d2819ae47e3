// What osmo-remsim clients and their add-on call. Bodies are lenient about further fields: routers of several ages call.
import { z } from "zod";
import { RemsimCommandId, RemsimCommandRequest } from "../domain/remsim/command.ts";
import { MappingMode, MccMnc, RemsimClientId } from "../domain/remsim/ids.ts";
import { None, optionalText, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const router = { kind: "remsim" } as const;
/** Of clients that hold a card: they say what they do. */
const holder = { kind: "remsim", patient: true } as const;

/** The integer is an alias of the tenant: it must agree with the credential's and decides nothing. */
const TenantNumber = z.int().min(0).optional();

/**
 * The client's reader scans the text: the reply begins with exactly these fields in this order, compact, and only then says more.
 * bank_id and slot_id are the client's RSPRO identity; `slot` is the card's physical place.
 */
export const registerClient = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/register-client",
  auth: router,
  params: None,
  query: None,
  body: z.object({
    client_id: RemsimClientId,
    mapping_mode: MappingMode,
    mcc_mnc: z.union([MccMnc, z.literal("")]).default(""),
    tenant_id: TenantNumber,
  }),
  reply: z.object({
    status: z.literal("success"),
    bank_id: z.int(),
    slot_id: z.int(),
    iccid: z.string(),
    imsi: z.string(),
    bankd_endpoint: z.string(),
    mapping_mode: MappingMode,
    profile_id: z.string(),
    heartbeat_interval: z.int(),
    existing: z.boolean(),
    slot: z.object({ bank_id: z.int(), slot_id: z.int() }),
  }),
});

const Count = z.number().min(0).max(Number.MAX_SAFE_INTEGER).optional();

/** `signal_rsrp` and the like come with the stats. `acks`: commands of earlier replies that were carried out, or not. */
export const remsimHeartbeat = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/heartbeat",
  auth: holder,
  params: None,
  query: None,
  body: z.object({
    client_id: RemsimClientId,
    tenant_id: TenantNumber,
    status: text(32).default(""),
    stats: z
      .object({ uptime_seconds: Count, tpdus_sent: Count, tpdus_received: Count, errors: Count })
      .catchall(z.unknown())
      .default({}),
    modem_info: z.record(z.string().max(40), z.union([z.string(), z.number(), z.null()])).default({}),
    instance_id: optionalText(64),
    configuration_version: z.int().min(0).optional(),
    acks: z
      .array(z.object({ id: RemsimCommandId, ok: z.boolean(), message: text(500).default("") }))
      .max(20)
      .default([]),
  }),
  reply: z.object({
    status: z.literal("success"),
    next_heartbeat_interval: z.int(),
    commands: z.array(z.object({ id: z.string() }).and(RemsimCommandRequest)),
  }),
});
export type RemsimHeartbeat = z.infer<typeof remsimHeartbeat.body>;

export const unregisterClient = defineEndpoint({
  method: "delete",
  path: "/api/backend/v1/remsim/unregister/:client_id",
  auth: router,
  params: z.object({ client_id: RemsimClientId }),
  query: None,
  body: None,
  reply: z.object({ status: z.literal("success"), released: z.boolean() }),
});

/** What this installation offers, for clients and people that look around. */
export const discoverRemsim = defineEndpoint({
  method: "get",
  path: "/api/backend/v1/remsim/discover",
  auth: router,
  params: None,
  query: None,
  body: None,
  reply: z.object({
    status: z.literal("success"),
    api: z.literal("v1"),
    available_modes: z.array(MappingMode),
    heartbeat_interval: z.int(),
    servers: z.array(z.object({ host: z.string(), port: z.int() })),
  }),
});

/** At most 64 KiB of text a call; the oldest are dropped after a week. */
export const uploadRemsimLog = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/logs",
  auth: holder,
  params: None,
  query: None,
  body: z.object({ client_id: RemsimClientId, lines: z.array(text(1000)).min(1).max(2000) }),
  reply: z.object({ status: z.literal("success") }),
});

/** What osmo-remsim-client tells its event script: server and bankd connections come and go, the modem asks for a reset. */
export const reportRemsimEvents = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/events",
  auth: holder,
  params: None,
  query: None,
  body: z.object({
    client_id: RemsimClientId,
    events: z
      .array(
        z.object({
          event: text(64).pipe(z.string().min(1)),
          detail: text(200).default(""),
          age_seconds: z.number().min(0).max(86_400),
        }),
      )
      .min(1)
      .max(50),
  }),
  reply: z.object({ status: z.literal("success") }),
});
