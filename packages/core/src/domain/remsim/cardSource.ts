import type { SimSlot } from "../../documents/remsim.ts";
import type { CardFilter } from "./cardFilter.ts";
import type { BankSlot } from "./ids.ts";
import type { KiPool } from "./policy.ts";

/** Whole cards of a bank by what keeps them from a client. */
export interface BankTally {
  held: number;
  coolingDown: number;
  /** Switched off by a person, or faulty. */
  out: number;
  free: number;
}

/** What a pool has, and what it could have. */
export interface PoolTally {
  /** Cards that work and fit. */
  cards: number;
  /** Profiles of all its cards. */
  profiles: number;
  /** Slots of its bank. */
  bankSlots: number;
}

/** What a decision may ask of the tenant's cards, as they are at its moment. */
export interface CardSource<C extends { data: SimSlot }> {
  at(slot: BankSlot): Promise<C | undefined>;
  /** Free whole cards of a bank, longest free first. */
  free(bankId: number, filter: CardFilter, limit: number): Promise<C[]>;
  countFree(bankId: number, filter: CardFilter): Promise<number>;
  /** Cards of a pool that are not full, fewest profiles first. */
  withRoom(pool: KiPool, filter: CardFilter, limit: number): Promise<C[]>;
  /** Profiles of all cards of a pool. */
  profiles(pool: KiPool): Promise<number>;
  tally(bankId: number, filter: CardFilter): Promise<BankTally>;
  poolTally(pool: KiPool, filter: CardFilter): Promise<PoolTally>;
}
