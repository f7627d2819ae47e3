import { AppError, type api, type RemsimSettings, type SlotPolicy, SlotPolicyId } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { randomHex } from "../secrets.ts";
import { readRemsimSettings, type SettingsRead, writeRemsimSettings } from "./remsimSettings.ts";

type Input = typeof api.putSlotPolicies.body._zod.output;

/** Replaces the whole list, if it is still the one that the editor saw. */
export async function putSlotPolicies(deps: Deps, caller: MemberCaller, input: Input): Promise<SlotPolicy[]> {
  return untilUncontended(async () => {
    const read = await readRemsimSettings(deps, caller.tenantId);
    checkSeen(read, input.based_on);
    const policies = named(input.policies, read.data);
    const write = deps.store.write();
    writeRemsimSettings(deps, write, read, { policies });
    audit(deps, write, caller.tenantId, caller, {
      action: "slotPolicies.put",
      target: "current",
      summary: `set the policies: ${policies.map(({ name }) => name).join(", ") || "none"}`.slice(0, 500),
    });
    await write.commit();
    return policies;
  });
}

/** Has a reason of its own: trying again would only overwrite what the other did. */
function checkSeen({ stored }: SettingsRead, basedOn: string | null): void {
  if ((stored?.data.updatedAt.toISOString() ?? null) === basedOn) return;
  throw new AppError("aborted", "based_on: somebody changed the settings since; look at them and try again", {
    field: "based_on",
    reason: "settings_changed",
  });
}

function named(policies: Input["policies"], { policies: before, pools }: RemsimSettings): SlotPolicy[] {
  const known = new Set(before.map(({ id }) => id));
  return policies.map(({ id, ...policy }, index) => {
    const refused = (field: string, message: string) =>
      new AppError("invalid-argument", `policies.${index}.${field}: ${message}`, {
        field: `policies.${index}.${field}`,
      });
    if (id !== undefined && !known.delete(id)) throw refused("id", `${id} is not in the list, or is there twice`);
    const { poolId } = policy.choose;
    if (poolId !== undefined && !pools.some((pool) => pool.id === poolId)) {
      throw refused("choose.poolId", `there is no pool ${poolId}`);
    }
    return { id: id ?? SlotPolicyId.parse(`sp_${randomHex(8)}`), ...policy };
  });
}
