import type { SimSlot } from "../../documents/remsim.ts";
import { type CardFilter, inWords } from "./cardFilter.ts";
import type { BankTally, CardSource } from "./cardSource.ts";
import { RSPRO_MAX } from "./ids.ts";
import type { SlotPlan } from "./plan.ts";
import type { KiPool } from "./policy.ts";
import { poolCapacity } from "./poolCapacity.ts";

/** Places whose cards are counted for a reason: the words and the reads have an end. */
const COUNTED = 5;

type Source = CardSource<{ data: SimSlot }>;

/** Why a plan over banks came to nothing: what was left out, then how many cards each filter left and what keeps them. */
export async function bankReasons(source: Source, plan: SlotPlan<number>): Promise<string[]> {
  const banks = plan.groups.flat();
  return reasons(plan, banks, async (bank, filter) => {
    return `bank ${bank} has ${cardsInWords(await source.tally(bank, filter), filter)}`;
  });
}

/** The same over pools. */
export async function poolReasons(source: Source, plan: SlotPlan<KiPool>): Promise<string[]> {
  const pools = plan.groups.flat();
  return reasons(plan, pools, async (pool, filter) => {
    const { cards, profiles, bankSlots } = await source.poolTally(pool, filter);
    const numbers = RSPRO_MAX - bankSlots;
    return (
      `pool ${pool.name} has ${profiles} of ${poolCapacity(pool, cards, numbers)} profiles: its limit is ${pool.maxProfiles}, ` +
      `${counted(cards, "working card")} ${inWords(filter)} with ${pool.profilesPerSlot} each, ${counted(numbers, "number")}`
    );
  });
}

async function reasons<P>(
  plan: SlotPlan<P>,
  places: P[],
  inPlace: (place: P, filter: CardFilter) => Promise<string>,
): Promise<string[]> {
  const found = [...plan.excluded];
  for (const filter of plan.filters) {
    found.push(...(await Promise.all(places.slice(0, COUNTED).map((place) => inPlace(place, filter)))));
  }
  if (places.length > COUNTED) found.push(`${places.length - COUNTED} more have none either`);
  return found;
}

function cardsInWords({ held, coolingDown, out, free }: BankTally, filter: CardFilter): string {
  const cards = held + coolingDown + out + free;
  if (cards === 0) return `no card ${inWords(filter)}`;
  const parts = [
    held > 0 ? `${held} held` : "",
    coolingDown > 0 ? `${coolingDown} cooling down` : "",
    out > 0 ? `${out} switched off or faulty` : "",
    free > 0 ? `${free} free` : "",
  ];
  return `${counted(cards, "card")} ${inWords(filter)}: ${parts.filter(Boolean).join(", ")}`;
}

function counted(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}
