// Operators: acts on routers that registered, and why one would get which card.
import { z } from "zod";
import { ClientConfiguration, RemsimCommandRequest } from "../domain/remsim/command.ts";
import {
  BankSlot,
  ClientKey,
  MappingMode,
  MccMnc,
  Region,
  RemsimClientId,
  SlotPolicyId,
} from "../domain/remsim/ids.ts";
import { SlotPolicy } from "../domain/remsim/policy.ts";
import { None, Ok, TenantChoice } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const reader = { kind: "member", permission: "remsim.read" } as const;
const operator = { kind: "member", permission: "remsim.operate" } as const;
const manager = { kind: "member", permission: "remsim.manage" } as const;
const ClientParams = z.object({ client_key: ClientKey });

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

/**
 * Why such a client would get this card, or none. Writes nothing. `policies`: judge these instead of the stored ones (the editor's dry run).
 * `client_key`: the client that is meant, with what it holds and held last; what is not said besides is as it asked last.
 */
export const explainAssignment = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/remsim/explain",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: z
    .strictObject({
      client_key: ClientKey.optional(),
      client_id: RemsimClientId.optional(),
      mapping_mode: MappingMode.optional(),
      mcc_mnc: z.union([MccMnc, z.literal("")]).optional(),
      region: Region.nullable().optional(),
      /** The moment to judge time windows at, ISO 8601; now when absent. */
      at: z.iso.datetime().optional(),
      policies: z
        .array(SlotPolicy.extend({ id: SlotPolicyId.optional() }))
        .max(50)
        .optional(),
    })
    .superRefine(({ client_key, mapping_mode }, context) => {
      if (client_key !== undefined || mapping_mode !== undefined) return;
      context.addIssue({ code: "custom", path: ["mapping_mode"], message: "must be given without a client_key" });
    }),
  reply: z.object({
    success: z.literal(true),
    /** What the policies give it now; null: none. */
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
