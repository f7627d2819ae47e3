import { type ApnProfile, DEFAULT_ARP, type Plan, paths, type TenantId } from "@wisptools/core";
import { serverTime, type Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

export const DEFAULT_PLAN = "default";
export const DEFAULT_APN = "internet";

/** What a tenant's first subscribers need, added to the write that makes the tenant: a key for their keys, a plan, an APN. */
export async function addTenantDefaults(deps: Deps, write: Write, tenantId: TenantId): Promise<void> {
  await deps.store.subscriberKeys.generate(tenantId, write);
  const common = {
    schemaVersion: 1 as const,
    tenantId,
    revision: 1,
    createdAt: deps.now(),
    updatedAt: serverTime(),
    deleted: false,
  };
  const plan: Plan = {
    ...common,
    id: DEFAULT_PLAN,
    name: "Default",
    description: "For subscribers that name no plan",
    rates: { downlink: 50_000_000, uplink: 10_000_000 },
    qci: 9,
    arp: DEFAULT_ARP,
    rules: [],
  };
  const apn: ApnProfile = { ...common, id: DEFAULT_APN, apn: "internet", pdnType: "ipv4" };
  write.create(paths.plan(tenantId, plan.id), plan);
  write.create(paths.apnProfile(tenantId, apn.id), apn);
}
