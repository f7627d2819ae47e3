import { z } from "zod";
import { CommandRequest, CommandState } from "../domain/command.ts";
import { EpcSettings } from "../domain/epcSettings.ts";
import { EpcState } from "../domain/epcState.ts";
import { ClaimId, CommandId, EpcId } from "../domain/ids.ts";
import { Plmn } from "../domain/plmn.ts";
import { TimeZone } from "../domain/rollout/strategy.ts";
import { Tac } from "../domain/tac.ts";
import { ClaimParams, CommandParams, EpcParams, None, Ok, Page, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

/** An EPC as integrators see it. Times are RFC 3339. */
export const EpcView = z.object({
  epc_id: EpcId,
  site_name: z.string(),
  tags: z.array(z.string()),
  state: EpcState,
  state_since: z.string(),
  last_seen_at: z.string().nullable(),
  plmn: Plmn,
  tac: z.int(),
  primary_ip: z.string().nullable(),
  hostname: z.string().nullable(),
  versions: z.object({ open5gs: z.string().optional(), agent: z.string().optional(), os: z.string().optional() }),
  components: z.record(z.string(), z.string()),
  sessions: z.number().nullable(),
  config_version: z.int(),
  script_version: z.int(),
  deployed_script_version: z.int(),
});
export type EpcView = z.infer<typeof EpcView>;

export const listEpcs = defineEndpoint({
  method: "get",
  path: "/api/epc",
  auth: { kind: "member", permission: "epcs.read" },
  params: None,
  query: TenantChoice.extend(Page.shape).extend({ state: EpcState.optional() }),
  body: None,
  reply: z.object({ success: z.literal(true), epcs: z.array(EpcView), next_page_token: z.string().nullable() }),
});

export const readEpc = defineEndpoint({
  method: "get",
  path: "/api/epc/:epc_id",
  auth: { kind: "member", permission: "epcs.read" },
  params: EpcParams,
  query: TenantChoice,
  body: None,
  reply: z.object({ success: z.literal(true), epc: EpcView }),
});

/** Only what is present changes. PLMN, TAC and settings make a new script version; names and tags don't. */
export const updateEpc = defineEndpoint({
  method: "patch",
  path: "/api/epc/:epc_id",
  auth: { kind: "member", permission: "epcs.update" },
  params: EpcParams,
  query: TenantChoice,
  body: z.strictObject({
    site_name: text(50).pipe(z.string().min(1, "must not be empty")).optional(),
    notes: text(2000).optional(),
    tags: z
      .array(z.string().regex(/^[A-Za-z0-9._-]{1,32}$/, "must be 1 to 32 of A-Z a-z 0-9 . _ -"))
      .max(20)
      .optional(),
    location: z
      .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
      .nullable()
      .optional(),
    plmn: Plmn.optional(),
    tac: Tac.optional(),
    settings: EpcSettings.optional(),
    /** The clock that maintenance windows go by; null: the tenant's. */
    time_zone: TimeZone.nullable().optional(),
  }),
  reply: z.object({ success: z.literal(true), config_version: z.int(), script_version: z.int() }),
});

export const retireEpc = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/retire",
  auth: { kind: "member", permission: "epcs.retire" },
  params: EpcParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** Asks the device to fetch fresh credentials; the old ones hold until the new are first used. */
export const rotateCredentials = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/rotate-credentials",
  auth: { kind: "member", permission: "credentials.rotate" },
  params: EpcParams,
  query: TenantChoice,
  body: None,
  reply: z.object({ success: z.literal(true), command_id: CommandId }),
});

/** Ends every credential of the EPC now. The box comes back only through an operator's approval. */
export const revokeCredentials = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/revoke-credentials",
  auth: { kind: "member", permission: "credentials.revoke" },
  params: EpcParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** The text of one version, for reading and comparing. text/plain. */
export const readScript = defineEndpoint({
  method: "get",
  path: "/api/epc/:epc_id/scripts/:version",
  auth: { kind: "member", permission: "epcs.read" },
  params: EpcParams.extend({ version: z.coerce.number().int().min(1) }),
  query: TenantChoice,
  body: None,
  reply: z.string(),
});

/** The type decides which permission is needed (COMMAND_PERMISSION); the route asks for the least. */
export const issueCommand = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/commands",
  auth: { kind: "member", permission: "commands.diagnose" },
  params: EpcParams,
  query: TenantChoice,
  body: CommandRequest,
  reply: z.object({ success: z.literal(true), command_id: CommandId, state: CommandState, expires_at: z.string() }),
});

export const cancelCommand = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/commands/:command_id/cancel",
  auth: { kind: "member", permission: "commands.diagnose" },
  params: CommandParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** `code` is the one on the box's console and in the UI: the approval is for that box, not for a later one that claims to be it. */
export const approveClaim = defineEndpoint({
  method: "post",
  path: "/api/epc/claims/:claim_id/approve",
  auth: { kind: "member", permission: "claims.decide" },
  params: ClaimParams,
  query: TenantChoice,
  body: z.strictObject({ code: z.string().max(16), site_name: text(50).optional() }),
  reply: Ok,
});

export const rejectClaim = defineEndpoint({
  method: "post",
  path: "/api/epc/claims/:claim_id/reject",
  auth: { kind: "member", permission: "claims.decide" },
  params: ClaimParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

export const listClaims = defineEndpoint({
  method: "get",
  path: "/api/epc/claims",
  auth: { kind: "member", permission: "claims.decide" },
  params: None,
  query: TenantChoice.extend(Page.shape),
  body: None,
  reply: z.object({
    success: z.literal(true),
    claims: z.array(
      z.object({
        claim_id: ClaimId,
        code: z.string(),
        reason: z.string(),
        site_name: z.string(),
        serial_number: z.string().nullable(),
        mac_address: z.string().nullable(),
        first_seen_at: z.string(),
        last_seen_at: z.string(),
      }),
    ),
    next_page_token: z.string().nullable(),
  }),
});
