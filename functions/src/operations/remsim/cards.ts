import { type api, type BankSlot, bankSlotId, paths, type WantedCard } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { CARD_GONE, checkFree } from "./bankSlots.ts";
import { judgeCards, refusalOf, writeCard } from "./cardWrites.ts";

type Input = typeof api.putSimCard.body._zod.output;
type Move = typeof api.moveSimCard.body._zod.output;

/** Makes a card or changes the one of this ICCID. Without `slot` it stays where it is. */
export async function putSimCard(deps: Deps, caller: MemberCaller, input: Input): Promise<void> {
  const { mcc_mnc: mccMnc, ...fields } = input;
  await untilUncontended(() => apply(deps, caller, { ...fields, mccMnc }, "simCard.put"));
}

/** Puts a card into another slot, or into none, or gives it other words. Refused while somebody holds it. */
export async function moveSimCard(deps: Deps, caller: MemberCaller, iccid: string, input: Move): Promise<void> {
  await untilUncontended(async () => {
    const { data: card } = await deps.store.simCards.need("card", caller.tenantId, iccid);
    const { imsi, mccMnc } = card;
    await apply(deps, caller, { iccid, imsi, mccMnc, ...input } as WantedCard, "simCard.move");
  });
}

async function apply(deps: Deps, caller: MemberCaller, wanted: WantedCard, action: string): Promise<void> {
  const [judged] = await judgeCards(deps, caller.tenantId, [wanted]);
  if (!judged || judged.verdict.action === "unchanged") return;
  if (judged.verdict.action === "refuse") throw refusalOf(judged.verdict, "slot");
  const write = deps.store.write();
  writeCard(deps, write, caller.tenantId, judged);
  const verb = judged.verdict.action === "create" ? "entered" : "changed";
  audit(deps, write, caller.tenantId, caller, {
    action,
    target: wanted.iccid,
    summary: `${verb} card ${wanted.iccid}${placeOf(wanted.slot)}`,
  });
  await write.commit();
}

function placeOf(slot: BankSlot | null | undefined): string {
  if (slot === undefined) return "";
  return slot === null ? ", in no slot" : `, in slot ${bankSlotId(slot)}`;
}

/** Forgets a card that nobody holds; its slot is empty then. */
export async function deleteSimCard(deps: Deps, caller: MemberCaller, iccid: string): Promise<void> {
  const { tenantId } = caller;
  await untilUncontended(async () => {
    const stored = await deps.store.simCards.need("card", tenantId, iccid);
    const { slot: place, imsi } = stored.data;
    const slot = place && (await deps.store.simSlots.get(tenantId, place.bankId, place.slotId));
    const write = deps.store.write().remove(stored).delete(paths.simImsi(tenantId, imsi));
    if (slot) {
      checkFree(slot.data);
      write.update(slot, { ...CARD_GONE, updatedAt: deps.now() });
    }
    audit(deps, write, tenantId, caller, {
      action: "simCard.delete",
      target: iccid,
      summary: `deleted card ${iccid}`,
    });
    await write.commit();
  });
}
