import type { SimSlot } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { audit, SYSTEM } from "../audit.ts";
import { eachSafely } from "./eachSafely.ts";
import { failOver, outcomeOf } from "./failOver.ts";

/** Slots that one run looks at. */
const LIMIT = 200;
const PARALLEL = 4;

/** Moves the clients away from cards that are marked faulty: once, and anew when something about the slot changed since. */
export async function failOverCards(deps: Deps): Promise<number> {
  const faulty = await deps.store.simSlots.faulty(LIMIT);
  const due = faulty.filter(({ data: { failedOverAt, updatedAt } }) => !failedOverAt || failedOverAt < updatedAt);
  const done = await eachSafely(due, (stored) => cardFailed(deps, stored), PARALLEL);
  return done.filter(Boolean).length;
}

async function cardFailed(deps: Deps, { path, data }: Stored<SimSlot>): Promise<boolean> {
  const { tenantId, bankId, slotId, iccid } = data;
  const place = `${bankId}:${slotId}`;
  const outcome = await failOver(deps, tenantId, { bankId, slotId }, `the card in ${place} is faulty`);
  const write = deps.store.write().patch(path, { failedOverAt: deps.now() });
  audit(deps, write, tenantId, SYSTEM, {
    action: "remsim.card.failover",
    target: place,
    summary: `Card ${iccid} in ${place} is faulty: ${outcomeOf(outcome)}`,
  });
  await write.commit();
  return true;
}
