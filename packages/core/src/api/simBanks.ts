// Operators: osmo-remsim-servers, banks and their slots. The page reads documents; these write.
import { z } from "zod";
import { SimSlotState } from "../documents/remsim.ts";
import { TenantId } from "../domain/ids.ts";
import { BankSlot, Region, RemsimHost, RemsimServerId, RsproNumber } from "../domain/remsim/ids.ts";
import { None, Ok, Page, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const reader = { kind: "member", permission: "remsim.read" } as const;
const operator = { kind: "member", permission: "remsim.operate" } as const;
const manager = { kind: "member", permission: "remsim.manage" } as const;
const BankParams = z.object({ bank_id: z.coerce.number().pipe(RsproNumber) });
const SlotParams = BankParams.extend({ slot_id: z.coerce.number().pipe(RsproNumber) });
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
