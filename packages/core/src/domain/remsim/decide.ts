import type { SimSlot } from "../../documents/remsim.ts";
import { inWords } from "./cardFilter.ts";
import type { CardQuestion, DecidingPolicy, FoundCard } from "./cardQuestion.ts";
import type { BankSlot, KiPoolId, SlotPolicyId } from "./ids.ts";
import { bankPlan, poolPlan } from "./plan.ts";
import type { KiPool } from "./policy.ts";
import { mismatches } from "./policyMatch.ts";
import { searchBanks, searchPools } from "./search.ts";

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
  /** Pools that policies looked into. */
  pools: KiPool[];
}

/** The end of every list: any client, any bank, sticky. */
const BUILT_IN: DecidingPolicy = {
  id: null,
  name: "built-in",
  enabled: true,
  match: {},
  choose: {},
  strategy: "sticky",
  remap: true,
};

/** The first policy that fits the client and has a card for it decides. Writes nothing: another may take the card first. */
export async function decideCard<C extends { data: SimSlot }>(question: CardQuestion<C>): Promise<CardDecision<C>> {
  const steps: DecisionStep[] = [];
  const pools = new Set<KiPool>();
  for (const policy of [...question.policies, BUILT_IN]) {
    const faults = mismatches(policy, question.seeker, question.now);
    const found = faults.length > 0 ? undefined : await search(question, policy);
    const card = found?.card;
    for (const pool of found?.pools ?? []) pools.add(pool);
    steps.push({
      policyId: policy.id,
      policy: policy.name,
      matches: found !== undefined,
      reasons: found ? reasonsOf(found, policy) : faults,
      slot: card ? { bankId: card.data.bankId, slotId: card.data.slotId } : null,
    });
    if (found && card) {
      return {
        chosen: { card, policyId: policy.id, remap: policy.remap, poolId: found.poolId },
        steps,
        pools: [...pools],
      };
    }
  }
  return { chosen: undefined, steps, pools: [...pools] };
}

function search<C extends { data: SimSlot }>(question: CardQuestion<C>, policy: DecidingPolicy): Promise<FoundCard<C>> {
  const { seeker, banks, pools } = question;
  return seeker.mode === "KI_PROXY_SWSIM"
    ? searchPools(question, policy.strategy, poolPlan(policy.choose, banks, pools, seeker))
    : searchBanks(question, policy.strategy, bankPlan(policy.choose, banks, seeker));
}

function reasonsOf<C extends { data: SimSlot }>(
  { card, filter, reasons }: FoundCard<C>,
  policy: DecidingPolicy,
): string[] {
  if (!card || !filter) return reasons;
  return [`a card ${inWords(filter)} is free in bank ${card.data.bankId} (${policy.strategy})`];
}
