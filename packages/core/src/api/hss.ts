import { z } from "zod";
import { ApnSettings, EirSubject, EquipmentList, GroupSettings, PlanSettings } from "../documents/subscription.ts";
import { Slug } from "../domain/subscription/settings.ts";
import { None, Ok, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { Revision } from "./subscribers.ts";

const plans = { kind: "member", permission: "plans.manage" } as const;
const equipment = { kind: "member", permission: "equipment.manage" } as const;
const read = { kind: "member", permission: "subscribers.read" } as const;
const IdParams = z.object({ id: Slug });
const saved = z.object({ success: z.literal(true), id: z.string(), revision: z.int() });

/**
 * Plans, groups and APN profiles are put whole: `revision` absent creates (an existing one is `already-exists`), else it must be the current one
 * (`aborted`, reason `stale_revision`). If-Match with the revision in quotes does as well.
 */
function put<S extends z.ZodRawShape, P extends string>(path: P, shape: S) {
  return defineEndpoint({
    method: "put",
    path,
    auth: plans,
    params: IdParams,
    query: TenantChoice,
    body: z.strictObject({ ...shape, revision: Revision }),
    reply: saved,
  });
}

/** Refused (`failed-precondition`) while something uses it; the message says what. */
function remove<P extends string>(path: P) {
  return defineEndpoint({
    method: "delete",
    path,
    auth: plans,
    params: IdParams,
    query: TenantChoice,
    body: None,
    reply: Ok,
  });
}

export const putPlan = put("/api/hss/plans/:id", PlanSettings.shape);
export const deletePlan = remove("/api/hss/plans/:id");
export const putGroup = put("/api/hss/groups/:id", GroupSettings.shape);
export const deleteGroup = remove("/api/hss/groups/:id");
export const putApn = put("/api/hss/apns/:id", ApnSettings.shape);
export const deleteApn = remove("/api/hss/apns/:id");

/** All plans, groups and APN profiles of the tenant. */
export const readCatalogue = defineEndpoint({
  method: "get",
  path: "/api/hss/catalogue",
  auth: read,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({
    success: z.literal(true),
    plans: z.array(PlanSettings.extend({ id: Slug, revision: z.int() })),
    groups: z.array(GroupSettings.extend({ id: Slug, revision: z.int() })),
    apns: z.array(ApnSettings.extend({ id: Slug, revision: z.int() })),
  }),
});

/** Puts equipment on a list, or moves it to another. */
export const putEquipment = defineEndpoint({
  method: "post",
  path: "/api/hss/eir",
  auth: equipment,
  params: None,
  query: TenantChoice,
  body: z.strictObject({ subject: EirSubject, list: EquipmentList, reason: text(200).default("") }),
  reply: saved,
});

export const removeEquipment = defineEndpoint({
  method: "delete",
  path: "/api/hss/eir/:id",
  auth: equipment,
  params: z.object({ id: z.string().regex(/^(imei-\d{15}|tac-\d{8}-\d{8})$/, "must be the id of an entry") }),
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** What the EIR answers for equipment on no list, and which tenants' EPCs may serve our subscribers. */
export const updateHssSettings = defineEndpoint({
  method: "patch",
  path: "/api/hss/settings",
  auth: { kind: "member", permission: "tenant.update" },
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    unknown_equipment: EquipmentList.optional(),
    roaming_partners: z.array(z.string().max(60)).max(50).optional(),
  }),
  reply: Ok,
});

/** Figures of the tenant, and how its HSS is doing. */
export const hssStats = defineEndpoint({
  method: "get",
  path: "/api/hss/stats",
  auth: read,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({
    success: z.literal(true),
    subscribers: z.object({ total: z.int(), active: z.int(), suspended: z.int(), attached: z.int() }),
    open_sessions: z.int(),
    connections: z.object({ mme: z.int(), smf: z.int() }),
    daemons: z.array(
      z.object({
        id: z.string(),
        online: z.boolean(),
        heartbeat_at: z.string(),
        lag_seconds: z.number(),
        queued: z.int(),
      }),
    ),
  }),
});

export const mmeConnections = defineEndpoint({
  method: "get",
  path: "/api/hss/mme-connections",
  auth: read,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({
    success: z.literal(true),
    connections: z.array(
      z.object({
        origin_host: z.string(),
        epc_id: z.string().nullable(),
        role: z.enum(["mme", "smf", "other"]),
        state: z.enum(["connected", "disconnected", "refused"]),
        reason: z.string(),
        address: z.string(),
        tls: z.boolean(),
        since: z.string(),
      }),
    ),
  }),
});
