import type { SimCard, SimSlot } from "../../documents/remsim.ts";
import type { ErrorCode } from "../../errors.ts";
import type { WantedCard } from "./cardRows.ts";
import { bankSlotId, sameBankSlot } from "./ids.ts";
import { slotHolder } from "./slotState.ts";

/** What is already there of a wanted card. */
export interface CardSituation {
  /** The card of this ICCID. */
  card: SimCard | undefined;
  /** The ICCID of the tenant's card that has the wanted IMSI. */
  imsiHolder: string | undefined;
  /** The slot it is in. */
  from: SimSlot | undefined;
  /** The slot it is wanted in, if that is another. */
  to: SimSlot | undefined;
}

export type CardVerdict =
  | { action: "create" | "update" | "unchanged" }
  | { action: "refuse"; code: ErrorCode; field: string; message: string };

/** Whether a card may be as it is wanted. Neither an IMSI nor a slot has two cards, and nobody's card changes while it is held. */
export function judgeCard(wanted: WantedCard, { card, imsiHolder, from, to }: CardSituation): CardVerdict {
  const { imsi, mccMnc, iccid } = wanted;
  if (!imsi.startsWith(mccMnc)) return refuse("invalid-argument", "mcc_mnc", `is not how IMSI ${imsi} begins`);
  if (imsiHolder !== undefined && imsiHolder !== iccid) {
    return refuse("already-exists", "imsi", `is that of card ${imsiHolder}`);
  }
  const holder = from && slotHolder(from);
  if (card && holder && (card.imsi !== imsi || card.mccMnc !== mccMnc)) {
    return refuse("failed-precondition", card.imsi === imsi ? "mcc_mnc" : "imsi", `stays while ${holder}`);
  }
  if (moves(wanted, card)) {
    if (holder) return refuse("failed-precondition", "slot_id", `stays ${placeOf(from)} while ${holder}`);
    const fault = wanted.slot ? targetFault(wanted.slot, to) : undefined;
    if (fault) return fault;
  }
  if (!card) return { action: "create" };
  return { action: changes(wanted, card) ? "update" : "unchanged" };
}

/** Whether the card leaves its slot or gets one. */
export function moves({ slot }: WantedCard, card: SimCard | undefined): boolean {
  if (slot === undefined) return false;
  if (slot === null) return card?.slot !== undefined;
  return card?.slot === undefined || !sameBankSlot(card.slot, slot);
}

function targetFault(slot: NonNullable<WantedCard["slot"]>, to: SimSlot | undefined): CardVerdict | undefined {
  if (!to) return refuse("not-found", "slot_id", `there is no slot ${bankSlotId(slot)}`);
  if (to.iccid !== "") return refuse("already-exists", "slot_id", `slot ${bankSlotId(slot)} has card ${to.iccid}`);
  return undefined;
}

function changes(wanted: WantedCard, card: SimCard): boolean {
  return (
    moves(wanted, card) ||
    wanted.imsi !== card.imsi ||
    wanted.mccMnc !== card.mccMnc ||
    (wanted.carrier ?? card.carrier) !== card.carrier ||
    (wanted.label ?? card.label) !== card.label
  );
}

function placeOf(slot: SimSlot | undefined): string {
  return slot ? `in slot ${bankSlotId(slot)}` : "where it is";
}

function refuse(code: ErrorCode, field: string, message: string): CardVerdict {
  return { action: "refuse", code, field, message };
}
