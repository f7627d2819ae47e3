import { AppError, type EnrolmentToken, type Tenant, TenantId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../deps.ts";
import { sha256 } from "./secrets.ts";

export interface EnrolmentTenant {
  tenant: Tenant;
  token: Stored<EnrolmentToken> | undefined;
}

/**
 * The tenant a box may ask to join. A token decides it; naming another tenant beside it is refused.
 * Without a token the named tenant's policy will say what happens.
 */
export async function findEnrolmentTenant(
  deps: Deps,
  named: { tenantId: string | undefined; token: string | undefined },
): Promise<EnrolmentTenant> {
  const tenantId = parseTenant(named.tenantId);
  const token = named.token === undefined ? undefined : await findToken(deps, named.token, tenantId);
  const id = token?.data.tenantId ?? tenantId;
  if (!id) {
    throw new AppError("invalid-argument", "tenant_id or enrollment_token must say which tenant this box belongs to", {
      field: "tenant_id",
    });
  }
  const tenant = await deps.store.tenants.get(id);
  if (!tenant) throw new AppError("not-found", "tenant_id: no such tenant", { field: "tenant_id" });
  if (tenant.data.status !== "active") {
    throw new AppError("failed-precondition", "this tenant does not take boxes at present", { field: "tenant_id" });
  }
  return { tenant: tenant.data, token };
}

function parseTenant(value: string | undefined): TenantId | undefined {
  if (value === undefined) return undefined;
  const parsed = TenantId.safeParse(value);
  if (!parsed.success) throw new AppError("invalid-argument", "tenant_id is not a tenant's id", { field: "tenant_id" });
  return parsed.data;
}

async function findToken(deps: Deps, token: string, tenantId: TenantId | undefined): Promise<Stored<EnrolmentToken>> {
  const hash = sha256(token);
  const stored = tenantId
    ? await deps.store.enrolmentTokens.get(tenantId, hash)
    : await deps.store.enrolmentTokens.findAnywhere("enrolmentTokens", hash);
  if (!stored) throw badToken("token_unknown", "is not a token of this tenant");
  const { revokedAt, expiresAt } = stored.data;
  if (revokedAt) throw badToken("token_revoked", "was revoked");
  if (expiresAt && expiresAt <= deps.now()) throw badToken("token_expired", "has expired");
  return stored;
}

export function badToken(reason: string, words: string): AppError {
  return new AppError("permission-denied", `enrollment_token ${words}`, { field: "enrollment_token", reason });
}
