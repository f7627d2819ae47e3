import type { SimSlot } from "../../documents/remsim.ts";

/** Which networks' cards are looked at together. */
export type CardFilter =
  | { of: "networks"; mccMncs: readonly string[] }
  | { of: "countries"; mccs: readonly string[] }
  | { of: "any" };

/** What a client asked for, as far as it decides which networks will do. */
export interface NetworkWish {
  /** "": it asked for none. */
  mccMnc: string;
  /** The network of the card that is to be replaced, for a client that asked for none: an equivalent one is sought. */
  like?: string | undefined;
}

/** Whole networks before countries (3GPP TS 23.003 2.2: the MCC is an IMSI's first three digits). */
export function filtersOf(carriers: readonly string[] | undefined, wish: NetworkWish): CardFilter[] {
  if (carriers) {
    const mccMncs = carriers.filter((carrier) => carrier.length > 3);
    const mccs = carriers.filter((carrier) => carrier.length === 3);
    return [
      ...(mccMncs.length > 0 ? [{ of: "networks" as const, mccMncs }] : []),
      ...(mccs.length > 0 ? [{ of: "countries" as const, mccs }] : []),
    ];
  }
  const network = wish.mccMnc || wish.like;
  if (!network) return [{ of: "any" }];
  return [
    { of: "networks", mccMncs: [network] },
    { of: "countries", mccs: [network.slice(0, 3)] },
  ];
}

export function cardFits(filter: CardFilter, card: Pick<SimSlot, "mcc" | "mccMnc">): boolean {
  switch (filter.of) {
    case "networks":
      return filter.mccMncs.includes(card.mccMnc);
    case "countries":
      return filter.mccs.includes(card.mcc);
    case "any":
      return true;
  }
}

/** `of 310410`, for people. */
export function inWords(filter: CardFilter): string {
  switch (filter.of) {
    case "networks":
      return `of ${filter.mccMncs.join(", ")}`;
    case "countries":
      return `of MCC ${filter.mccs.join(", ")}`;
    case "any":
      return "of any network";
  }
}
