// Operators: what assignments are decided by (settings, policies, KI pools), and the logins of routers.
import { z } from "zod";
import { KiPoolId, Region, SlotPolicyId } from "../domain/remsim/ids.ts";
import { KiPool, SlotPolicy } from "../domain/remsim/policy.ts";
import { None, Ok, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const manager = { kind: "member", permission: "remsim.manage" } as const;
const admin = { kind: "member", permission: "remsim.credentials" } as const;
const Label = text(100).pipe(z.string().min(1, "must not be empty"));

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
  /** `secret` is shown this once; `login:secret@` and the edge's host make the router's IONMESH_HOST. */
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
