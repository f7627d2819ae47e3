import type { SimSlot } from "../../documents/remsim.ts";
import type { CardSource } from "./cardSource.ts";
import type { KiPool } from "./policy.ts";

/** How many profiles a pool can really give: the least of its own limit, the numbers left to profiles, and what its working cards carry. */
export function poolCapacity(
  pool: Pick<KiPool, "maxProfiles" | "profilesPerSlot">,
  cards: number,
  numbers: number,
): number {
  return Math.min(pool.maxProfiles, numbers, cards * pool.profilesPerSlot);
}

/** Whether its cards could carry more than the pool's limit, so that its profiles must be counted before another is given. */
export function limitMatters(pool: KiPool): boolean {
  return (pool.lastSlot - pool.firstSlot + 1) * pool.profilesPerSlot > pool.maxProfiles;
}

/** Whether a pool's own limit lets it have a profile more. Counts them only where its cards could carry more than that. */
export async function hasProfilesLeft(
  source: Pick<CardSource<{ data: SimSlot }>, "profiles">,
  pool: KiPool,
): Promise<boolean> {
  return !limitMatters(pool) || (await source.profiles(pool)) < pool.maxProfiles;
}
