import { AppError, type api, type Tenant, TenantId } from "@wisptools/core";
import { type Changes, serverTime, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";

type Input = typeof api.updateHssSettings.body._zod.output;

/** Changes what the EIR answers for unknown equipment, and whose EPCs may serve this tenant's subscribers. */
export async function updateHssSettings(deps: Deps, caller: MemberCaller, input: Input): Promise<void> {
  const changes: Changes<Tenant> = {};
  if (input.unknown_equipment !== undefined) changes.unknownEquipment = input.unknown_equipment;
  if (input.roaming_partners !== undefined) changes.roamingPartners = partnersOf(caller, input.roaming_partners);
  if (Object.keys(changes).length === 0) return;
  await untilUncontended(async () => {
    const stored = await deps.store.tenants.need("tenant", caller.tenantId);
    const write = deps.store.write().update(stored, { ...changes, updatedAt: serverTime() });
    audit(deps, write, caller.tenantId, caller, {
      action: "hss.settings",
      target: caller.tenantId,
      summary: `changed ${Object.keys(input).join(", ")}`,
    });
    await write.commit();
  });
}

/** Only their shape is checked: an answer that a tenant does not exist would tell strangers which do. */
function partnersOf(caller: MemberCaller, partners: readonly string[]): TenantId[] {
  return partners.map((partner, index) => {
    const field = `roaming_partners.${index}`;
    const parsed = TenantId.safeParse(partner);
    if (!parsed.success) throw new AppError("invalid-argument", `${field}: must be a tenant's id`, { field });
    if (parsed.data === caller.tenantId) {
      throw new AppError("invalid-argument", `${field}: your own EPCs serve your subscribers anyway`, { field });
    }
    if (partners.indexOf(partner) !== index) {
      throw new AppError("invalid-argument", `${field}: is there twice`, { field });
    }
    return parsed.data;
  });
}
