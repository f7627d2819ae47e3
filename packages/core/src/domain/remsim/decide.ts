import type { SimSlot } from "../../documents/remsim.ts";
import type { CardFilter } from "./cardFilter.ts";
import { inWords } from "./cardFilter.ts";
import type { CardSource } from "./cardSource.ts";
import type { BankSlot, ClientKey, KiPoolId, SlotPolicyId } from "./ids.ts";
import type { Random } from "./pick.ts";
import { bankPlan, type PlanBank, poolPlan } from "./plan.ts";
import type { KiPool, SlotPolicy } from "./policy.ts";
import { type Asking, mismatches } from "./policyMatch.ts";
import { searchBanks, searchPools } from "./search.ts";

/** Who asks for a card, and what it has or had. */
export interface CardSeeker extends Asking {
  key: ClientKey;
  /** What it held last: sticky policies give it back. */
  lastSlot: BankSlot | null;
  /** What it holds now and may keep, as it registers anew with other wishes. */
  own?: BankSlot | undefined;
  /** What it shall be moved away from. */
  not?: BankSlot | undefined;
  /** The network to stay with, when it asked for none. */
  like?: string | undefined;
}

/** What a decision is made of, and how. */
export interface CardQuestion<C extends { data: SimSlot }> {
  source: CardSource<C>;
  seeker: CardSeeker;
  policies: readonly SlotPolicy[];
  pools: readonly KiPool[];
  banks: readonly PlanBank[];
  now: Date;
  /** How often others were quicker: from 1 on more cards are looked at, so that clients spread. */
  attempt: number;
  random: Random;
  /** Count why policies have no card, at the price of reads. */
  explain: boolean;
}

/** One policy's part in a decision. */
export interface DecisionStep {
  /** Null: the built-in policy. */
  policyId: SlotPolicyId | null;
  policy: string;
  matches: boolean;
  /** Why it does not match; why it has no card (counted only when asked for); or where its card was found. */
  reasons: string[];
  slot: BankSlot | null;
}

export interface ChosenCard<C> {
  card: C;
  policyId: SlotPolicyId | null;
  remap: boolean;
  poolId: KiPoolId | null;
}

export interface CardDecision<C> {
  chosen: ChosenCard<C> | undefined;
  steps: DecisionStep[];
}

type Deciders = Omit<SlotPolicy, "id"> & { id: SlotPolicyId | null };

/** The end of every list: any client, any bank, sticky. */
const BUILT_IN: Deciders = {
  id: null,
  name: "built-in",
  enabled: true,
  match: {},
  choose: {},
  strategy: "sticky",
  remap: true,
};

/** What a search through the plan of one policy came to. */
export interface Found<C> {
  card: C | undefined;
  poolId: KiPoolId | null;
  filter: CardFilter | undefined;
  reasons: string[];
}

/** The first policy that fits the client and has a card for it decides. Writes nothing: another may take the card first. */
export async function decideCard<C extends { data: SimSlot }>(question: CardQuestion<C>): Promise<CardDecision<C>> {
  const steps: DecisionStep[] = [];
  for (const policy of [...question.policies, BUILT_IN]) {
    const faults = mismatches(policy, question.seeker, question.now);
    const found = faults.length > 0 ? undefined : await search(question, policy);
    const card = found?.card;
    steps.push({
      policyId: policy.id,
      policy: policy.name,
      matches: found !== undefined,
      reasons: found ? reasonsOf(found, policy) : faults,
      slot: card ? { bankId: card.data.bankId, slotId: card.data.slotId } : null,
    });
    if (found && card) {
      return { chosen: { card, policyId: policy.id, remap: policy.remap, poolId: found.poolId }, steps };
    }
  }
  return { chosen: undefined, steps };
}

function search<C extends { data: SimSlot }>(question: CardQuestion<C>, policy: Deciders): Promise<Found<C>> {
  const { seeker, banks, pools } = question;
  return seeker.mode === "KI_PROXY_SWSIM"
    ? searchPools(question, policy.strategy, poolPlan(policy.choose, banks, pools, seeker))
    : searchBanks(question, policy.strategy, bankPlan(policy.choose, banks, seeker));
}

function reasonsOf<C extends { data: SimSlot }>({ card, filter, reasons }: Found<C>, policy: Deciders): string[] {
  if (!card || !filter) return reasons;
  return [`a card ${inWords(filter)} is free in bank ${card.data.bankId} (${policy.strategy})`];
}
