import { AppError, type api, paths, type Tenant } from "@wisptools/core";
import { type Changes, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";

type Input = typeof api.updateTenant.body._zod.output;

/** Changes a tenant's settings. EPCs take network defaults over with their next settings change or redeployment. */
export async function updateTenant(deps: Deps, caller: MemberCaller, input: Input): Promise<void> {
  if (input.allow_shell !== undefined && caller.role !== "owner") {
    throw new AppError("permission-denied", "allow_shell: only an owner may switch this", { field: "allow_shell" });
  }
  await untilUncontended(async () => {
    const stored = await deps.store.tenants.need("tenant", caller.tenantId);
    const write = deps.store.write();
    write.update(stored, { ...changesOf(stored.data, input), updatedAt: deps.now() });
    audit(deps, write, caller.tenantId, caller, {
      action: "tenant.update",
      target: caller.tenantId,
      summary: `changed ${Object.keys(input).join(", ")}`,
    });
    if (input.name !== undefined) await renameInUsers(deps, caller.tenantId, input.name, write);
    await write.commit();
  });
  if (input.report_interval_seconds !== undefined) await tellEpcs(deps, caller.tenantId, input.report_interval_seconds);
}

/** EPCs hear of a new interval in the reply to their next report. */
async function tellEpcs(deps: Deps, tenantId: Tenant["id"], reportIntervalSeconds: number): Promise<void> {
  let after: string | undefined;
  do {
    const page = await deps.store.epcs.page(tenantId, 200, after);
    const write = deps.store.write();
    for (const epc of page.items) write.patch(paths.epc(tenantId, epc.id), { reportIntervalSeconds });
    if (page.items.length > 0) await write.commit();
    after = page.next;
  } while (after);
}

function changesOf(tenant: Tenant, input: Input): Changes<Tenant> {
  const changes: Changes<Tenant> = {};
  if (input.name !== undefined) changes.name = input.name;
  if (input.enrolment_policy !== undefined) changes.enrolmentPolicy = input.enrolment_policy;
  if (input.plmns !== undefined) changes.plmns = input.plmns;
  if (input.tac_ranges !== undefined) changes.tacRanges = input.tac_ranges;
  if (input.apns !== undefined) changes.apns = input.apns;
  if (input.dns !== undefined) changes.dns = input.dns;
  if (input.core_source !== undefined) changes.coreSource = input.core_source;
  changes.settings = {
    ...tenant.settings,
    ...(input.time_zone === undefined ? {} : { timeZone: input.time_zone }),
    allowShell: input.allow_shell ?? tenant.settings.allowShell,
    reportIntervalSeconds: input.report_interval_seconds ?? tenant.settings.reportIntervalSeconds,
  };
  return changes;
}

/** The tenant switcher reads names from each person's own document. */
async function renameInUsers(
  deps: Deps,
  tenantId: Tenant["id"],
  name: string,
  write: ReturnType<Deps["store"]["write"]>,
): Promise<void> {
  for (const member of await deps.store.members.all(tenantId)) {
    write.merge(paths.user(member.data.uid), { tenants: { [tenantId]: { name, role: member.data.role } } });
  }
}
