import { AppError, type Epc, type PolicyApn, pcrfPolicy, sitePolicy, type Tenant } from "@wisptools/core";
import type { Deps } from "../deps.ts";
import { TenantCatalogue } from "./hss/tenantCatalogue.ts";
import { DEFAULT_PLAN } from "./hss/tenantDefaults.ts";

/**
 * The policy of an EPC's own PCRF, from the tenant's default plan and APN profiles of this moment; undefined where it has none.
 * Throws `failed-precondition` with the field when there is no such plan, or Open5GS could not start with it.
 */
export async function readSitePolicy(
  deps: Deps,
  tenant: Tenant,
  { settings }: Pick<Epc, "settings">,
): Promise<PolicyApn[] | undefined> {
  if (!settings.localPcrf) return undefined;
  const [plan, profiles] = await Promise.all([
    new TenantCatalogue(deps, tenant.id).plan(DEFAULT_PLAN),
    deps.store.apnProfiles.all(tenant.id),
  ]);
  if (!plan) throw fault(`there is no plan ${DEFAULT_PLAN}, which it would grant`);
  const policy = sitePolicy(settings.apns ?? tenant.apns, plan, profiles);
  try {
    pcrfPolicy(policy);
  } catch (error) {
    if (error instanceof RangeError) throw fault(error.message);
    throw error;
  }
  return policy;
}

function fault(message: string): AppError {
  const field = "settings.localPcrf";
  return new AppError("failed-precondition", `${field}: ${message}`, { field });
}
