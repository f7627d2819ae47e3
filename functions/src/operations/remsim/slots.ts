import { AppError, type BankSlot, bankSlotId, openSlotState, type SimSlot, type SimSlotState } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { readRemsimSettings } from "./remsimSettings.ts";

/** A page of the slots of a bank, or of all the tenant's, in their order; `next` is the last one's place when there are more. */
export async function listSimSlots(
  deps: Deps,
  caller: MemberCaller,
  filter: { bankId?: number | undefined; state?: SimSlotState | undefined; after?: BankSlot | undefined; size: number },
): Promise<{ slots: SimSlot[]; next: BankSlot | undefined }> {
  const found = await deps.store.simSlots.page(caller.tenantId, { ...filter, size: filter.size + 1 });
  const slots = found.slice(0, filter.size).map(({ data }) => data);
  return { slots, next: found.length > filter.size ? slots.at(-1) : undefined };
}

/**
 * A person's word on a slot. disabled and faulty keep its card from new clients and leave who holds it alone; the failover moves those of a
 * faulty one, and tries at once again when it is called faulty again. available ends both, and the cool-down.
 */
export async function setSimSlotState(
  deps: Deps,
  caller: MemberCaller,
  place: BankSlot,
  status: "available" | "disabled" | "faulty",
): Promise<void> {
  await untilUncontended(async () => {
    const stored = await deps.store.simSlots.need("slot", caller.tenantId, place.bankId, place.slotId);
    const slot = stored.data;
    if (slot.iccid === "") {
      throw new AppError("failed-precondition", `status: slot ${bankSlotId(place)} has no card`, { field: "status" });
    }
    const now = deps.now();
    const open = status === "available";
    const state = open ? openSlotState(slot, await profilesPerSlot(deps, slot)) : status;
    const moves = status === "faulty" && slot.profiles > 0;
    if (state === slot.state && !moves && !(open && slot.availableAt > now)) return;
    const write = deps.store.write();
    const failover = { failedOverAt: undefined, sweepAt: moves ? now : undefined };
    write.update(stored, { state, updatedAt: now, ...failover, ...(open ? { availableAt: now } : {}) });
    audit(deps, write, caller.tenantId, caller, {
      action: "simSlot.state",
      target: bankSlotId(place),
      summary: `set slot ${bankSlotId(place)} to ${status}`,
    });
    await write.commit();
  });
}

async function profilesPerSlot(deps: Deps, { tenantId, poolId }: SimSlot): Promise<number | null> {
  if (poolId === null) return null;
  const { pools } = (await readRemsimSettings(deps, tenantId)).data;
  return pools.find(({ id }) => id === poolId)?.profilesPerSlot ?? null;
}
