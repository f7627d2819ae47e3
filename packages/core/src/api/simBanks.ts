// Operators: banks, slots, cards, pools, policies, credentials, and acts on clients. The page reads documents; these write.
import { z } from "zod";
import { SimSlotState } from "../documents/remsim.ts";
import { TenantId } from "../domain/ids.ts";
import { Iccid, Imsi } from "../domain/imsi.ts";
import { ClientConfiguration, RemsimCommandRequest } from "../domain/remsim/command.ts";
import {
  BankSlot,
  ClientKey,
  KiPoolId,
  MappingMode,
  MccMnc,
  Region,
  RemsimClientId,
  RemsimHost,
  RemsimServerId,
  RsproNumber,
  SlotPolicyId,
} from "../domain/remsim/ids.ts";
import { KiPool, SlotPolicy } from "../domain/remsim/policy.ts";
import { None, Ok, Page, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const reader = { kind: "member", permission: "remsim.read" } as const;
const operator = { kind: "member", permission: "remsim.operate" } as const;
const manager = { kind: "member", permission: "remsim.manage" } as const;
const admin = { kind: "member", permission: "remsim.credentials" } as const;

const BankParams = z.object({ bank_id: z.coerce.number().pipe(RsproNumber) });
const SlotParams = BankParams.extend({ slot_id: z.coerce.number().pipe(RsproNumber) });
const ClientParams = z.object({ client_key: ClientKey });
const Label = text(100).pipe(z.string().min(1, "must not be empty"));

// Servers: the platform's, since a daemon calls their REST interface.

export const putRemsimServer = defineEndpoint({
  method: "put",
  path: "/api/backend/v1/simbank/servers/:server_id",
  auth: { kind: "platform" },
  params: z.object({ server_id: RemsimServerId }),
  query: None,
  body: z.strictObject({
    label: Label,
    host: RemsimHost,
    port: z.int().min(1).max(65535).default(9998),
    rest_url: z.url({ protocol: /^https?$/ }).max(200),
    /** Empty: every tenant may put banks on it. */
    tenants: z.array(TenantId).max(500).default([]),
  }),
  reply: Ok,
});

/** Servers this tenant may put banks on. */
export const listRemsimServers = defineEndpoint({
  method: "get",
  path: "/api/backend/v1/simbank/servers",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({
    success: z.literal(true),
    servers: z.array(
      z.object({
        server_id: RemsimServerId,
        label: z.string(),
        host: z.string(),
        port: z.int(),
        reachable: z.boolean().nullable(),
        reachable_at: z.string().nullable(),
      }),
    ),
  }),
});

// Banks and slots

/** `1-17`, as a list's next_page_token names a slot. */
const BankSlotText = z
  .string()
  .regex(/^\d{1,4}-\d{1,4}$/, "must be the next_page_token of a reply")
  .transform((text) => text.split("-").map(Number))
  .transform(([bankId, slotId]) => ({ bankId, slotId }))
  .pipe(BankSlot);

const BankView = z.object({
  bank_id: z.int(),
  label: z.string(),
  server_id: RemsimServerId,
  regions: z.array(Region),
  slots: z.int(),
  enabled: z.boolean(),
  connected: z.boolean().nullable(),
});

export const listSimBanks = defineEndpoint({
  method: "get",
  path: "/api/backend/v1/simbank/banks",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({ success: z.literal(true), banks: z.array(BankView) }),
});

/** A bank and its slots 1..`slots`, empty until cards are put in. */
export const createSimBank = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/simbank/banks",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    bank_id: RsproNumber,
    label: Label,
    server_id: RemsimServerId,
    regions: z.array(Region).max(20).default([]),
    slots: z.int().min(1).max(1023),
  }),
  reply: z.object({ success: z.literal(true), bank: BankView }),
});

export const updateSimBank = defineEndpoint({
  method: "patch",
  path: "/api/backend/v1/simbank/banks/:bank_id",
  auth: manager,
  params: BankParams,
  query: TenantChoice,
  body: z.strictObject({
    label: Label.optional(),
    regions: z.array(Region).max(20).optional(),
    enabled: z.boolean().optional(),
    /** More slots may be added while no profile has their numbers, and the last ones taken away while they have no cards. */
    slots: z.int().min(1).max(1023).optional(),
  }),
  reply: z.object({ success: z.literal(true), bank: BankView }),
});

/** Refused while a client holds one of its slots; its cards stay, in no slot. */
export const deleteSimBank = defineEndpoint({
  method: "delete",
  path: "/api/backend/v1/simbank/banks/:bank_id",
  auth: manager,
  params: BankParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** Of one bank, or of all the tenant's in the order of their numbers. */
export const listSimSlots = defineEndpoint({
  method: "get",
  path: "/api/backend/v1/simbank/slots",
  auth: reader,
  params: None,
  query: TenantChoice.extend(Page.shape)
    .omit({ page_token: true })
    .extend({
      status: SimSlotState.optional(),
      bank_id: z.coerce.number().pipe(RsproNumber).optional(),
      page_token: BankSlotText.optional(),
    }),
  body: None,
  reply: z.object({
    success: z.literal(true),
    slots: z.array(
      z.object({
        bank_id: z.int(),
        slot_id: z.int(),
        status: SimSlotState,
        iccid: z.string(),
        imsi: z.string(),
        mcc_mnc: z.string(),
        carrier: z.string(),
        client_id: z.string().nullable(),
        profiles: z.int(),
        pool_id: z.string().nullable(),
      }),
    ),
    next_page_token: z.string().nullable(),
  }),
});

/** disabled and faulty keep a card from new clients; faulty moves its client where the policy allows. available: as good as new. */
export const setSimSlotState = defineEndpoint({
  method: "patch",
  path: "/api/backend/v1/simbank/banks/:bank_id/slots/:slot_id",
  auth: operator,
  params: SlotParams,
  query: TenantChoice,
  body: z.strictObject({ status: z.enum(["available", "disabled", "faulty"]) }),
  reply: Ok,
});

// Cards

const CardFields = z.strictObject({
  iccid: Iccid,
  imsi: Imsi,
  mcc_mnc: MccMnc,
  carrier: text(60).default(""),
  label: text(100).default(""),
  slot: BankSlot.optional(),
});

export const putSimCard = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/simbank/cards",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: CardFields,
  reply: Ok,
});

/** Moves a card to a slot, or out of one (null). Refused while a client holds either. */
export const moveSimCard = defineEndpoint({
  method: "patch",
  path: "/api/backend/v1/simbank/cards/:iccid",
  auth: manager,
  params: z.object({ iccid: Iccid }),
  query: TenantChoice,
  body: z.strictObject({
    slot: BankSlot.nullable().optional(),
    label: text(100).optional(),
    carrier: text(60).optional(),
  }),
  reply: Ok,
});

export const deleteSimCard = defineEndpoint({
  method: "delete",
  path: "/api/backend/v1/simbank/cards/:iccid",
  auth: manager,
  params: z.object({ iccid: Iccid }),
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** One row of an import as it was understood; `fault` says why it is left out. Rows count from 1, the header not. */
const ImportRow = z.object({
  row: z.int(),
  iccid: z.string(),
  imsi: z.string(),
  mcc_mnc: z.string(),
  carrier: z.string(),
  slot: BankSlot.nullable(),
  action: z.enum(["create", "update", "unchanged", "refuse"]),
  field: z.string().nullable(),
  fault: z.string().nullable(),
});

/** CSV with a header: iccid, imsi, mcc_mnc (or mcc and mnc), carrier, label, bank_id, slot_id. `dry_run` is the preview: writes nothing. */
export const importSimCards = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/simbank/cards/import",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: z.strictObject({ csv: z.string().min(1).max(400_000), dry_run: z.boolean().default(false) }),
  reply: z.object({
    success: z.literal(true),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    /** All when previewed, else the refused ones. */
    rows: z.array(ImportRow),
  }),
});

// Policies, pools, settings

export const putRemsimSettings = defineEndpoint({
  method: "patch",
  path: "/api/backend/v1/simbank/settings",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    heartbeat_seconds: z.int().min(10).max(3600).optional(),
    grace_seconds: z.int().min(30).max(86_400).optional(),
    cool_down_seconds: z.int().min(0).max(86_400).optional(),
    bank_grace_seconds: z.int().min(0).max(86_400).optional(),
  }),
  reply: Ok,
});

/** The whole list, in order. A policy without id is new. Refused when somebody changed the list since `based_on` (the settings' updatedAt, ISO 8601). */
export const putSlotPolicies = defineEndpoint({
  method: "put",
  path: "/api/backend/v1/simbank/policies",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    based_on: z.string().nullable(),
    policies: z.array(SlotPolicy.extend({ id: SlotPolicyId.optional() })).max(50),
  }),
  reply: z.object({ success: z.literal(true), policies: z.array(SlotPolicy) }),
});

const PoolFields = KiPool.omit({ id: true });
/** `profiles`: how many it has room for, used or not, which is the least of the others. `numbers`: RSPRO numbers above the bank's slots, which its pools share. */
const PoolReply = z.object({
  success: z.literal(true),
  pool: KiPool,
  capacity: z.object({ profiles: z.int(), limit: z.int(), numbers: z.int(), cards: z.int() }),
});

export const createKiPool = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/simbank/pools",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: PoolFields,
  reply: PoolReply,
});

/** Cards may only be taken from it while no client holds them. */
export const updateKiPool = defineEndpoint({
  method: "put",
  path: "/api/backend/v1/simbank/pools/:pool_id",
  auth: manager,
  params: z.object({ pool_id: KiPoolId }),
  query: TenantChoice,
  body: PoolFields,
  reply: PoolReply,
});

export const deleteKiPool = defineEndpoint({
  method: "delete",
  path: "/api/backend/v1/simbank/pools/:pool_id",
  auth: manager,
  params: z.object({ pool_id: KiPoolId }),
  query: TenantChoice,
  body: None,
  reply: Ok,
});

// Credentials of routers

export const createRemsimCredential = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/simbank/credentials",
  auth: admin,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    login: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, "must be 1 to 40 letters, digits, dots, dashes and underscores"),
    label: Label,
    region: Region.nullable().default(null),
  }),
  /** `secret` is shown this once; `ionmesh_host` is what goes into the router's IONMESH_HOST, with the edge's address to be put in. */
  reply: z.object({ success: z.literal(true), id: z.string(), login: z.string(), secret: z.string() }),
});

/** Its clients keep their cards until their leases end; none registers with it again. */
export const revokeRemsimCredential = defineEndpoint({
  method: "delete",
  path: "/api/backend/v1/simbank/credentials/:id",
  auth: admin,
  params: z.object({ id: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hex digits") }),
  query: TenantChoice,
  body: None,
  reply: Ok,
});

// Clients

const Place = z.object({ bank_id: z.int(), slot_id: z.int() });

/** Moves a client to another card: the named one, or the one its policies give when `to` is absent. It need not register again. */
export const reassignClient = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/reassign",
  auth: operator,
  params: None,
  query: TenantChoice,
  body: z.strictObject({ client_key: ClientKey, to: BankSlot.optional() }),
  reply: z.object({ success: z.literal(true), from: Place, to: Place, iccid: z.string(), imsi: z.string() }),
});

/** Takes its card from a client, as if it had unregistered. */
export const releaseClient = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/clients/:client_key/release",
  auth: operator,
  params: ClientParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** Forgets a client that holds nothing. */
export const deleteClient = defineEndpoint({
  method: "delete",
  path: "/api/backend/v1/remsim/clients/:client_key",
  auth: operator,
  params: ClientParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** One step of a decision, in words and figures. */
export const ExplainStep = z.object({
  /** Null: the built-in policy. */
  policy_id: SlotPolicyId.nullable(),
  policy: z.string(),
  matches: z.boolean(),
  /** Why it does not match, or which filter left how many. */
  reasons: z.array(z.string()),
  slot: Place.nullable(),
});

/** Why such a client would get this card, or none. Writes nothing. `policies`: judge these instead of the stored ones (the editor's dry run). */
export const explainAssignment = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/explain",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    client_id: RemsimClientId.default("example-slot0"),
    mapping_mode: MappingMode,
    mcc_mnc: z.union([MccMnc, z.literal("")]).default(""),
    region: Region.nullable().default(null),
    /** The moment to judge time windows at, ISO 8601; now when absent. */
    at: z.iso.datetime().optional(),
    policies: z
      .array(SlotPolicy.extend({ id: SlotPolicyId.optional() }))
      .max(50)
      .optional(),
  }),
  reply: z.object({
    success: z.literal(true),
    /** What it would get now; null: none. */
    slot: Place.nullable(),
    iccid: z.string().nullable(),
    carrier: z.string().nullable(),
    /** In one sentence. */
    summary: z.string(),
    steps: z.array(ExplainStep),
  }),
});

export const commandClient = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/clients/:client_key/commands",
  auth: operator,
  params: ClientParams,
  query: TenantChoice,
  /** config_update is sent by setting a configuration, reassign by reassigning. */
  body: z.discriminatedUnion("type", [
    RemsimCommandRequest.options[0],
    RemsimCommandRequest.options[3],
    RemsimCommandRequest.options[4],
  ]),
  reply: z.object({ success: z.literal(true), command_id: z.string() }),
});

/** A new version of what the client shall be configured with; delivered with its next heartbeats until it says it applied it. */
export const configureClient = defineEndpoint({
  method: "put",
  path: "/api/backend/v1/remsim/clients/:client_key/configuration",
  auth: manager,
  params: ClientParams,
  query: TenantChoice,
  body: z.strictObject({ values: ClientConfiguration }),
  reply: z.object({ success: z.literal(true), version: z.int() }),
});
