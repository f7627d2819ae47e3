import { AppError, bankSlotId, paths, RSPRO_MAX, type SimSlot, slotHolder, type TenantId } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { chunks } from "./chunks.ts";

/**
 * Gives a bank the slots 1 to `count`: makes those it lacks and takes away those above, which must have no card and no pool. Safe to repeat
 * after it broke off, and beside another run of itself.
 */
export async function fitSlots(deps: Deps, tenantId: TenantId, bankId: number, count: number): Promise<void> {
  await untilUncontended(async () => {
    const there = await deps.store.simSlots.range(tenantId, bankId, 1, RSPRO_MAX);
    const surplus = there.filter(({ data }) => data.slotId > count);
    surplus.forEach(checkEmpty);
    const known = new Set(there.map(({ data }) => data.slotId));
    const absent = Array.from({ length: count }, (_, n) => n + 1).filter((slotId) => !known.has(slotId));
    for (const chunk of chunks(absent)) {
      const write = deps.store.write();
      for (const slotId of chunk) {
        write.create(paths.simSlot(tenantId, bankId, slotId), emptySlot(deps, tenantId, bankId, slotId));
      }
      await write.commit();
    }
    for (const chunk of chunks(surplus)) {
      const write = deps.store.write();
      for (const slot of chunk) write.remove(slot);
      await write.commit();
    }
  });
}

function checkEmpty({ data }: Stored<SimSlot>): void {
  const name = `slot ${bankSlotId(data)}`;
  if (data.iccid !== "") {
    throw new AppError("failed-precondition", `slots: ${name} has card ${data.iccid}`, { field: "slots" });
  }
  if (data.poolId !== null) {
    throw new AppError("failed-precondition", `slots: ${name} is in pool ${data.poolId}`, { field: "slots" });
  }
}

/** A slot without a card. */
function emptySlot(deps: Deps, tenantId: TenantId, bankId: number, slotId: number): SimSlot {
  return {
    schemaVersion: 1,
    id: bankSlotId({ bankId, slotId }),
    tenantId,
    bankId,
    slotId,
    ...NO_CARD,
    poolId: null,
    client: null,
    profiles: 0,
    availableAt: deps.now(),
    updatedAt: deps.now(),
  };
}

/** What a slot says of a card it does not have. */
export const NO_CARD = { iccid: "", imsi: "", mccMnc: "", mcc: "", carrier: "", state: "empty" } as const;

/** A slot whose card left: with the card goes who held it last, and that it failed. */
export const CARD_GONE = { ...NO_CARD, lastClient: undefined, failedOverAt: undefined, sweepAt: undefined } as const;

/** Refuses what may not be done to a card or a slot while somebody holds it. */
export function checkFree(slot: SimSlot): void {
  const holder = slotHolder(slot);
  if (!holder) return;
  throw new AppError("failed-precondition", `slot ${bankSlotId(slot)}: ${holder}`, { reason: "slot_held" });
}
