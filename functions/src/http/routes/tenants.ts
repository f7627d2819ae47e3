import { api } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { createApiKey, createEnrolmentToken, revokeApiKey, revokeEnrolmentToken } from "../../operations/accessKeys.ts";
import { createTenant } from "../../operations/createTenant.ts";
import {
  acceptInvitation,
  changeMemberRole,
  inviteMember,
  removeMember,
  withdrawInvitation,
} from "../../operations/members.ts";
import { readMe, tenantsOf } from "../../operations/readMe.ts";
import { updateTenant } from "../../operations/updateTenant.ts";
import { Answer, bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const ok = { success: true } as const;

/** /api/me and /api/tenants/**: people, tenants and what gives access to them. */
export function tenantRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.me, async (caller) => {
    const user = await readMe(deps, caller);
    const { platformAdmin } = caller.person;
    return { ...ok, uid: user.uid, email: user.email, platform_admin: platformAdmin, tenants: tenantsOf(user) };
  });
  bind(router, gate, api.createTenant, async (caller, { body }) => {
    const tenant = await createTenant(deps, caller, body);
    return new Answer(201, { ...ok, tenant_id: tenant.id });
  });
  bind(router, gate, api.updateTenant, async (caller, { body }) => {
    await updateTenant(deps, caller, body);
    return ok;
  });
  memberRoutes(router, gate, deps);
  keyRoutes(router, gate, deps);
}

function memberRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.inviteMember, async (caller, { body }) => {
    const { id, code, expiresAt } = await inviteMember(deps, caller, body);
    return new Answer(201, { ...ok, invitation_id: id, code, expires_at: expiresAt.toISOString() });
  });
  bind(router, gate, api.withdrawInvitation, async (caller, { params }) => {
    await withdrawInvitation(deps, caller, params.invitation_id);
    return ok;
  });
  bind(router, gate, api.acceptInvitation, async (caller, { params, body }) => {
    const role = await acceptInvitation(deps, caller, params.tenant_id, params.invitation_id, body.code);
    return { ...ok, tenant_id: params.tenant_id, role };
  });
  bind(router, gate, api.changeMemberRole, async (caller, { params, body }) => {
    await changeMemberRole(deps, caller, params.uid, body.role);
    return ok;
  });
  bind(router, gate, api.removeMember, async (caller, { params }) => {
    await removeMember(deps, caller, params.uid);
    return ok;
  });
}

function keyRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.createEnrolmentToken, async (caller, { body }) => {
    const { id, secret } = await createEnrolmentToken(deps, caller, body);
    return new Answer(201, { ...ok, id, token: secret });
  });
  bind(router, gate, api.revokeEnrolmentToken, async (caller, { params }) => {
    await revokeEnrolmentToken(deps, caller, params.id);
    return ok;
  });
  bind(router, gate, api.createApiKey, async (caller, { body }) => {
    const { id, secret } = await createApiKey(deps, caller, body);
    return new Answer(201, { ...ok, id, key: secret });
  });
  bind(router, gate, api.revokeApiKey, async (caller, { params }) => {
    await revokeApiKey(deps, caller, params.id);
    return ok;
  });
}
