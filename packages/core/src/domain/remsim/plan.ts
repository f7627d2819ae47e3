import type { SimBank } from "../../documents/remsim.ts";
import { type CardFilter, filtersOf, type NetworkWish } from "./cardFilter.ts";
import type { KiPool, SlotPolicy } from "./policy.ts";

export type PlanBank = Pick<SimBank, "bankId" | "enabled" | "connected" | "regions" | "serverId">;

/**
 * Where a policy looks for a card: filters in order, in each the groups in order, in each group whichever the strategy picks.
 * `excluded` says in words what was left out, and why.
 */
export interface SlotPlan<Place> {
  filters: CardFilter[];
  groups: Place[][];
  excluded: string[];
}

/** Says why a bank gives no card under a policy; undefined: it may. */
export function bankFault(bank: PlanBank, choose: SlotPolicy["choose"]): string | undefined {
  if (choose.banks && !choose.banks.includes(bank.bankId)) return "is not one of the policy's banks";
  if (choose.regions && !choose.regions.some((region) => bank.regions.includes(region))) {
    return `is in none of the regions ${choose.regions.join(", ")}`;
  }
  if (!bank.enabled) return "is switched off";
  if (bank.connected === false) return "is not connected";
  return undefined;
}

/** Whole cards: by bank. */
export function bankPlan(
  choose: SlotPolicy["choose"],
  banks: readonly PlanBank[],
  wish: NetworkWish,
): SlotPlan<number> {
  const fit = banks.filter((bank) => bankFault(bank, choose) === undefined).map(({ bankId }) => bankId);
  return {
    filters: filtersOf(choose.carriers, wish),
    groups: grouped(fit, choose.banks, (bankId) => bankId),
    excluded: [...missing(choose, banks), ...faulty(choose, banks)],
  };
}

/** Profiles of pools: by pool. */
export function poolPlan(
  choose: SlotPolicy["choose"],
  banks: readonly PlanBank[],
  pools: readonly KiPool[],
  wish: NetworkWish,
): SlotPlan<KiPool> {
  const asked = pools.filter(({ id }) => choose.poolId === undefined || id === choose.poolId);
  const faults = asked.map((pool) => ({ pool, fault: poolFault(pool, banks, choose) }));
  const fit = faults.filter(({ fault }) => fault === undefined).map(({ pool }) => pool);
  const none = choose.poolId === undefined ? "there is no KI pool" : `its pool ${choose.poolId} is unknown`;
  return {
    filters: filtersOf(choose.carriers, wish),
    groups: grouped(fit, choose.banks, ({ bankId }) => bankId),
    excluded: [
      ...(asked.length === 0 ? [none] : []),
      ...faults.flatMap(({ pool, fault }) => (fault ? [`pool ${pool.name} ${fault}`] : [])),
    ],
  };
}

function poolFault(pool: KiPool, banks: readonly PlanBank[], choose: SlotPolicy["choose"]): string | undefined {
  if (!pool.enabled) return "is switched off";
  const bank = banks.find(({ bankId }) => bankId === pool.bankId);
  const fault = bank ? bankFault(bank, choose) : "does not exist";
  return fault === undefined ? undefined : `is on bank ${pool.bankId}, which ${fault}`;
}

/** A list of banks is an order of preference: a group each. Without one all are alike. */
function grouped<P>(places: P[], banks: readonly number[] | undefined, bankOf: (place: P) => number): P[][] {
  const groups = banks ? banks.map((bank) => places.filter((place) => bankOf(place) === bank)) : [places];
  return groups.filter((group) => group.length > 0);
}

function faulty(choose: SlotPolicy["choose"], banks: readonly PlanBank[]): string[] {
  return banks.flatMap((bank) => {
    const fault = bankFault(bank, choose);
    return fault ? [`bank ${bank.bankId} ${fault}`] : [];
  });
}

function missing({ banks: wanted }: SlotPolicy["choose"], banks: readonly PlanBank[]): string[] {
  if (banks.length === 0) return ["there is no bank"];
  const known = banks.map(({ bankId }) => bankId);
  return (wanted ?? []).filter((bank) => !known.includes(bank)).map((bank) => `bank ${bank} does not exist`);
}
