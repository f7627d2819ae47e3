import type { SimSlot } from "../../documents/remsim.ts";
import { type CardFilter, cardFits } from "./cardFilter.ts";
import type { CardQuestion, FoundCard } from "./cardQuestion.ts";
import { bankSlotId, sameBankSlot } from "./ids.ts";
import { byRoom, pickFree, pickShared } from "./pick.ts";
import type { SlotPlan } from "./plan.ts";
import type { KiPool, SlotStrategy } from "./policy.ts";
import { hasProfilesLeft } from "./poolCapacity.ts";
import { bankReasons, poolReasons } from "./reasons.ts";

interface Card {
  data: SimSlot;
}

/** Cards looked at, at first and each time after others were quicker: each is a read, and fewer are wanted by more. */
const LIMITS = [8, 16, 64] as const;

function limitOf(attempt: number): number {
  return LIMITS[Math.min(attempt, LIMITS.length - 1)] as number;
}

/** A whole card by a policy's plan. */
export async function searchBanks<C extends Card>(
  question: CardQuestion<C>,
  strategy: SlotStrategy,
  plan: SlotPlan<number>,
): Promise<FoundCard<C>> {
  const [last, own] = await known(question, strategy);
  const isIn = (card: C, filter: CardFilter, banks: number[]) =>
    banks.includes(card.data.bankId) && card.data.poolId === null && cardFits(filter, card.data);
  for (const filter of plan.filters) {
    for (const banks of plan.groups) {
      const before = [own, last].find((card) => strategy === "sticky" && card && isIn(card, filter, banks));
      const card = before ?? (await pickOfBanks(question, strategy, banks, filter));
      if (card) return { card, poolId: null, filter, reasons: [], pools: [] };
    }
    if (own && isIn(own, filter, plan.groups.flat()))
      return { card: own, poolId: null, filter, reasons: [], pools: [] };
  }
  const reasons = question.explain ? await bankReasons(question.source, plan) : [];
  return { card: undefined, poolId: null, filter: undefined, reasons, pools: [] };
}

async function pickOfBanks<C extends Card>(
  { source, attempt, random, seeker }: CardQuestion<C>,
  strategy: SlotStrategy,
  banks: number[],
  filter: CardFilter,
): Promise<C | undefined> {
  const limit = limitOf(attempt);
  const others = (cards: C[]) => cards.filter(({ data }) => !(seeker.not && sameBankSlot(data, seeker.not)));
  if (strategy === "round-robin") {
    const share = Math.ceil(limit / banks.length);
    const cards = (await Promise.all(banks.map((bank) => source.free(bank, filter, share)))).flat();
    return pickFree(strategy, others(cards), attempt, random);
  }
  for (const bank of await emptiestFirst(source, banks, filter)) {
    const card = pickFree(strategy, others(await source.free(bank, filter, limit)), attempt, random);
    if (card) return card;
  }
  return undefined;
}

/** Counting is only worth its reads where there is a choice. */
async function emptiestFirst<C extends Card>(
  source: CardQuestion<C>["source"],
  banks: number[],
  filter: CardFilter,
): Promise<number[]> {
  if (banks.length < 2) return banks;
  return byRoom(
    await Promise.all(banks.map(async (bankId) => ({ bankId, free: await source.countFree(bankId, filter) }))),
  );
}

/** A card of a pool by a policy's plan. */
export async function searchPools<C extends Card>(
  question: CardQuestion<C>,
  strategy: SlotStrategy,
  plan: SlotPlan<KiPool>,
): Promise<FoundCard<C>> {
  const [last, own] = await known(question, strategy);
  const all = plan.groups.flat();
  const pools = await withinLimit(question, all);
  const poolOf = (card: C, filter: CardFilter, among: KiPool[]) =>
    cardFits(filter, card.data) ? among.find(({ id }) => id === card.data.poolId) : undefined;
  for (const filter of plan.filters) {
    for (const group of plan.groups) {
      const open = group.filter((pool) => pools.has(pool));
      const mine = own && poolOf(own, filter, group);
      if (own && mine) return { card: own, poolId: mine.id, filter, reasons: [], pools: all };
      const before = last && poolOf(last, filter, open);
      if (last && before && hasRoom(last, before))
        return { card: last, poolId: before.id, filter, reasons: [], pools: all };
      const card = await pickOfPools(question, open, filter);
      if (card) return { card, poolId: card.data.poolId, filter, reasons: [], pools: all };
    }
  }
  const reasons = question.explain ? await poolReasons(question.source, plan) : [];
  return { card: undefined, poolId: null, filter: undefined, reasons, pools: all };
}

function hasRoom({ data }: Card, { profilesPerSlot }: KiPool): boolean {
  return data.profiles < profilesPerSlot;
}

async function pickOfPools<C extends Card>(
  { source, attempt, random, seeker, now }: CardQuestion<C>,
  pools: KiPool[],
  filter: CardFilter,
): Promise<C | undefined> {
  const found = await Promise.all(
    pools.map(async (pool) => {
      const cards = await source.withRoom(pool, filter, limitOf(attempt));
      return cards.filter((card) => hasRoom(card, pool) && card.data.availableAt <= now);
    }),
  );
  const others = found.flat().filter(({ data }) => !(seeker.not && sameBankSlot(data, seeker.not)));
  return pickShared(others, attempt, random);
}

/** Pools that may be given another profile, and the one the client has a profile of: moving it within adds none. */
async function withinLimit<C extends Card>({ source, seeker }: CardQuestion<C>, pools: KiPool[]): Promise<Set<KiPool>> {
  const open = await Promise.all(
    pools.map(async (pool) => seeker.ownPool === pool.id || (await hasProfilesLeft(source, pool))),
  );
  return new Set(pools.filter((_, n) => open[n]));
}

/** The card it held last, if a sticky policy may give it back, and the one it holds; each only while it may have it. */
async function known<C extends Card>(
  { source, seeker, now }: CardQuestion<C>,
  strategy: SlotStrategy,
): Promise<[last: C | undefined, own: C | undefined]> {
  const { lastSlot, own, not, key } = seeker;
  const isSought = (slot: typeof lastSlot) => slot && !(not && bankSlotId(not) === bankSlotId(slot));
  const last = strategy === "sticky" && lastSlot && isSought(lastSlot) ? await source.at(lastSlot) : undefined;
  const held = own && isSought(own) ? await source.at(own) : undefined;
  const mayHaveBack = ({ data }: C) =>
    data.state === "available" && (data.availableAt <= now || data.lastClient === key);
  const mayKeep = ({ data }: C) => (data.poolId === null ? data.client?.key === key : true) && works(data);
  return [last && mayHaveBack(last) ? last : undefined, held && mayKeep(held) ? held : undefined];
}

function works({ state }: SimSlot): boolean {
  return state === "available" || state === "assigned";
}
