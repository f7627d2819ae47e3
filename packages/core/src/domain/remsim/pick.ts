import type { SimSlot } from "../../documents/remsim.ts";
import type { SlotStrategy } from "./policy.ts";

interface Card {
  data: SimSlot;
}

/** Numbers from 0 to less than 1. */
export type Random = () => number;

export function oneOf<T>(all: readonly T[], random: Random): T | undefined {
  return all[Math.floor(random() * all.length)];
}

/**
 * Of free cards. Round-robin takes the one that was free longest, unless others were quicker on the first attempt: then, and with other
 * strategies always, any will do, so that clients that come at once do not all want the same.
 */
export function pickFree<C extends Card>(
  strategy: SlotStrategy,
  cards: readonly C[],
  attempt: number,
  random: Random,
): C | undefined {
  if (strategy !== "round-robin" || attempt > 0) return oneOf(cards, random);
  return leastOf(cards, ({ data }) => data.availableAt.getTime())[0];
}

/** Of a pool's cards with room: one with the fewest profiles; after an attempt that others were quicker in, any. */
export function pickShared<C extends Card>(cards: readonly C[], attempt: number, random: Random): C | undefined {
  return oneOf(attempt > 0 ? cards : leastOf(cards, ({ data }) => data.profiles), random);
}

function leastOf<C>(cards: readonly C[], value: (card: C) => number): C[] {
  const least = Math.min(...cards.map(value));
  return cards.filter((card) => value(card) === least);
}

/** Banks with free cards, the one with most first. */
export function byRoom(counts: readonly { bankId: number; free: number }[]): number[] {
  const some = counts.filter(({ free }) => free > 0);
  return some.toSorted((a, b) => b.free - a.free || a.bankId - b.bankId).map(({ bankId }) => bankId);
}
