import { RSPRO_MAX } from "./ids.ts";
import type { KiPool } from "./policy.ts";

/** What bounds a pool. */
export interface PoolCapacity {
  /** How many profiles it can really give: the least of the other three. */
  profiles: number;
  /** Its own limit. */
  limit: number;
  /** Bank slot numbers above the bank's slots: each profile takes one. Pools of one bank share them. */
  numbers: number;
  /** What its working cards carry. */
  cards: number;
}

/** `bankSlots`: the slots of its bank; `workingCards`: its cards that are neither switched off nor faulty. */
export function poolCapacity(
  { maxProfiles, profilesPerSlot }: Pick<KiPool, "maxProfiles" | "profilesPerSlot">,
  bankSlots: number,
  workingCards: number,
): PoolCapacity {
  const bounds = { limit: maxProfiles, numbers: RSPRO_MAX - bankSlots, cards: workingCards * profilesPerSlot };
  return { profiles: Math.min(bounds.limit, bounds.numbers, bounds.cards), ...bounds };
}

/** Whether its cards could carry more than the pool's limit, so that its profiles must be counted before another is given. */
export function limitMatters(pool: KiPool): boolean {
  return (pool.lastSlot - pool.firstSlot + 1) * pool.profilesPerSlot > pool.maxProfiles;
}
