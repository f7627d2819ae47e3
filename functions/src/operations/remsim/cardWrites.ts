import {
  AppError,
  type BankSlot,
  bankSlotId,
  type CardSituation,
  type CardVerdict,
  judgeCard,
  moves,
  paths,
  type SimCard,
  type SimImsiHolder,
  type SimSlot,
  type TenantId,
  type WantedCard,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { CARD_GONE } from "./bankSlots.ts";
import { chunks } from "./chunks.ts";

/** What is there of a wanted card, as a write may insist on, and what that means for it. */
export interface JudgedCard {
  wanted: WantedCard;
  card: Stored<SimCard> | undefined;
  from: Stored<SimSlot> | undefined;
  to: Stored<SimSlot> | undefined;
  verdict: CardVerdict;
}

/** Judges wanted cards by what the tenant has now. Reads two documents for each and one for each slot it is or shall be in. */
export async function judgeCards(deps: Deps, tenantId: TenantId, wanted: readonly WantedCard[]): Promise<JudgedCard[]> {
  const judged: JudgedCard[] = [];
  for (const part of chunks(wanted)) judged.push(...(await judgePart(deps, tenantId, part)));
  return judged;
}

async function judgePart(deps: Deps, tenantId: TenantId, wanted: readonly WantedCard[]): Promise<JudgedCard[]> {
  const { simCards, simImsis } = deps.store;
  const [cards, holders] = await Promise.all([
    simCards.getAll(wanted.map(({ iccid }) => [tenantId, iccid])),
    simImsis.getAll(wanted.map(({ imsi }) => [tenantId, imsi])),
  ]);
  const places = wanted.flatMap(({ slot }, index) => [cards[index]?.data.slot ?? [], slot ?? []].flat());
  const slotAt = await slotsAt(deps, tenantId, places);
  return wanted.map((one, index) => {
    const card = cards[index];
    const from = slotAt(card?.data.slot);
    const to = moves(one, card?.data) ? slotAt(one.slot) : undefined;
    const situation: CardSituation = {
      card: card?.data,
      imsiHolder: holders[index]?.data.iccid,
      from: from?.data,
      to: to?.data,
    };
    return { wanted: one, card, from, to, verdict: judgeCard(one, situation) };
  });
}

async function slotsAt(deps: Deps, tenantId: TenantId, places: readonly BankSlot[]) {
  const byId = new Map(places.map((place) => [bankSlotId(place), place]));
  const found = await deps.store.simSlots.getAll(
    [...byId.values()].map(({ bankId, slotId }) => [tenantId, bankId, slotId]),
  );
  const slots = new Map([...byId.keys()].map((id, index) => [id, found[index]]));
  return (place: BankSlot | null | undefined) => (place ? slots.get(bankSlotId(place)) : undefined);
}

/** The refusal of a card as an answer. */
export function refusalOf(verdict: Extract<CardVerdict, { action: "refuse" }>, inSlot: string): AppError {
  const field = verdict.field === "slot_id" ? inSlot : verdict.field;
  return new AppError(verdict.code, `${field}: ${verdict.message}`, { field });
}

/** Adds a card's creation or change to a write: the card, who has its IMSI, and the slots it leaves and gets, all as they were judged. */
export function writeCard(deps: Deps, write: Write, tenantId: TenantId, judged: JudgedCard): void {
  const { wanted, card: stored } = judged;
  const now = deps.now();
  const before = stored?.data;
  const moved = moves(wanted, before);
  const slot = moved ? (wanted.slot ?? undefined) : before?.slot;
  const fields = {
    imsi: wanted.imsi,
    mccMnc: wanted.mccMnc,
    carrier: wanted.carrier ?? before?.carrier ?? "",
    label: wanted.label ?? before?.label ?? "",
    updatedAt: now,
  };
  if (stored) write.update(stored, { ...fields, slot });
  else {
    const card: SimCard = { schemaVersion: 1, iccid: wanted.iccid, tenantId, ...fields, createdAt: now };
    write.create(paths.simCard(tenantId, wanted.iccid), slot ? { ...card, slot } : card);
  }
  if (before?.imsi !== wanted.imsi) {
    if (before) write.delete(paths.simImsi(tenantId, before.imsi));
    const holder: SimImsiHolder = { schemaVersion: 1, tenantId, iccid: wanted.iccid, createdAt: now };
    write.create(paths.simImsi(tenantId, wanted.imsi), holder);
  }
  writeSlots(deps, write, judged, { iccid: wanted.iccid, ...fields }, moved);
}

function writeSlots(
  deps: Deps,
  write: Write,
  { from, to }: JudgedCard,
  { iccid, imsi, mccMnc, carrier }: Pick<SimCard, "iccid" | "imsi" | "mccMnc" | "carrier">,
  moved: boolean,
): void {
  const now = deps.now();
  const copy = { iccid, imsi, mccMnc, mcc: mccMnc.slice(0, 3), carrier };
  if (moved && from) write.update(from, { ...CARD_GONE, updatedAt: now });
  if (moved && to) write.update(to, { ...copy, state: "available", availableAt: now, updatedAt: now });
  if (!moved && from && Object.entries(copy).some(([name, value]) => from.data[name as keyof typeof copy] !== value)) {
    write.update(from, { ...copy, updatedAt: now });
  }
}
