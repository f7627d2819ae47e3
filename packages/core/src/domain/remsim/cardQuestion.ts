import type { SimSlot } from "../../documents/remsim.ts";
import type { CardFilter } from "./cardFilter.ts";
import type { CardSource } from "./cardSource.ts";
import type { BankSlot, ClientKey, KiPoolId, SlotPolicyId } from "./ids.ts";
import type { Random } from "./pick.ts";
import type { PlanBank } from "./plan.ts";
import type { KiPool, SlotPolicy } from "./policy.ts";
import type { Asking } from "./policyMatch.ts";

/** Who asks for a card, and what it has or had. */
export interface CardSeeker extends Asking {
  key: ClientKey;
  /** What it held last: sticky policies give it back. */
  lastSlot: BankSlot | null;
  /** What it holds now and may keep, as it registers anew with other wishes. */
  own?: BankSlot | undefined;
  /** The pool in which it has a profile now: another card there adds none to the pool. */
  ownPool?: KiPoolId | null;
  /** What it shall be moved away from. */
  not?: BankSlot | undefined;
  /** The network to stay with, when it asked for none. */
  like?: string | undefined;
}

/** What a decision is made of, and how. */
export interface CardQuestion<C extends { data: SimSlot }> {
  source: CardSource<C>;
  seeker: CardSeeker;
  policies: readonly DecidingPolicy[];
  pools: readonly KiPool[];
  banks: readonly PlanBank[];
  now: Date;
  /** How often others were quicker: from 1 on more cards are looked at, so that clients spread. */
  attempt: number;
  random: Random;
  /** Count why policies have no card, at the price of reads. */
  explain: boolean;
}

/** A policy of the list, or one without an id: the built-in one, or one that an editor tries. */
export type DecidingPolicy = Omit<SlotPolicy, "id"> & { id: SlotPolicyId | null };

/** What a search through the plan of one policy came to. */
export interface FoundCard<C> {
  card: C | undefined;
  poolId: KiPoolId | null;
  filter: CardFilter | undefined;
  reasons: string[];
  /** Looked into. */
  pools: KiPool[];
}
