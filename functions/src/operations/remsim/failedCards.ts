import { retryAt, type SimSlot } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { audit, SYSTEM } from "../audit.ts";
import { commits } from "../commits.ts";
import { eachSafely } from "./eachSafely.ts";
import { failOver, isDone, outcomeOf } from "./failOver.ts";
import { orLater } from "./orLater.ts";

/** Slots that one run looks at, longest due first. */
const LIMIT = 200;
const PARALLEL = 4;

/** Moves the clients away from cards that are marked faulty; whoever finds no other is tried again, less and less often. */
export async function failOverCards(deps: Deps): Promise<number> {
  const due = await deps.store.simSlots.due(deps.now(), LIMIT);
  const done = await eachSafely(due, (stored) => orLater(deps, stored, () => cardFailed(deps, stored)), PARALLEL);
  return done.filter(Boolean).length;
}

/** @returns whether there is news of it */
async function cardFailed(deps: Deps, stored: Stored<SimSlot>): Promise<boolean> {
  const { tenantId, bankId, slotId, iccid, state, profiles, failedOverAt } = stored.data;
  if (state !== "faulty" || profiles === 0) {
    await commits(deps.store.write().update(stored, { sweepAt: undefined }));
    return false;
  }
  const now = deps.now();
  const place = `${bankId}:${slotId}`;
  const outcome = await failOver(deps, tenantId, { bankId, slotId }, `the card in ${place} is faulty`);
  const first = failedOverAt ?? now;
  const sweepAt = isDone(outcome) ? undefined : retryAt(first, now);
  // Each client that moved changed the slot. A word of a person that came meanwhile still stands: the next look goes by it.
  const write = deps.store.write().patch(stored.path, { failedOverAt: first, sweepAt });
  const isNews = failedOverAt === undefined || outcome.moved > 0;
  if (isNews) {
    audit(deps, write, tenantId, SYSTEM, {
      action: "remsim.card.failover",
      target: place,
      summary: `Card ${iccid} in ${place} is faulty: ${outcomeOf(outcome)}`,
    });
  }
  await write.commit();
  return isNews;
}
