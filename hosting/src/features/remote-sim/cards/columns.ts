import type { SimCard } from "@wisptools/core/documents/remsim";
import { byNumber, byText, type Column } from "../../../ui/table.ts";

export const COLUMNS: readonly Column<SimCard>[] = [
  { key: "iccid", label: "ICCID", width: 176, order: byText((card) => card.iccid) },
  { key: "imsi", label: "IMSI", width: 140, order: byText((card) => card.imsi) },
  {
    key: "network",
    label: "Network",
    width: 150,
    grow: true,
    order: byText((card) => `${card.carrier} ${card.mccMnc}`),
  },
  {
    key: "place",
    label: "Where",
    width: 132,
    order: byNumber((card) => (card.slot ? card.slot.bankId * 1024 + card.slot.slotId : undefined)),
  },
  { key: "label", label: "Label", width: 110, order: byText((card) => card.label) },
  { key: "updated", label: "Changed", width: 96, order: byNumber((card) => -card.updatedAt.getTime()) },
];

/** The column of buttons, for those who may use them. */
export const ACTS: Column<SimCard> = { key: "acts", label: "", width: 176, align: "end" };

export interface Filter {
  q: string;
  network: string;
  /** A bank's number, or `none` for cards in a drawer. */
  place: string;
}

export function filtered(cards: readonly SimCard[], { q, network, place }: Filter): SimCard[] {
  const wanted = q.trim().toLowerCase();
  return cards.filter((card) => {
    if (network && card.mccMnc !== network) return false;
    if (place && (card.slot ? String(card.slot.bankId) : "none") !== place) return false;
    return (
      !wanted || [card.iccid, card.imsi, card.carrier, card.label].some((text) => text.toLowerCase().includes(wanted))
    );
  });
}
