// Cards, banks and policies for the tests of decisions, and the store's answers about them without a store.
import type { SimSlot } from "../../documents/remsim.ts";
import { TenantId } from "../ids.ts";
import { type CardFilter, cardFits } from "./cardFilter.ts";
import type { CardSource } from "./cardSource.ts";
import { ClientKey, KiPoolId, RemsimServerId, SlotPolicyId } from "./ids.ts";
import type { PlanBank } from "./plan.ts";
import type { KiPool, SlotPolicy } from "./policy.ts";

export const NOW = new Date("2026-06-10T12:00:00Z");
export const SERVER = RemsimServerId.parse("site");
const TENANT = TenantId.parse("tenant_test");

export const keyOf = (n: number) => ClientKey.parse(`rc_${n.toString(16).padStart(24, "0")}`);
export const poolIdOf = (n: number) => KiPoolId.parse(`kp_${n.toString(16).padStart(16, "0")}`);
export const policyIdOf = (n: number) => SlotPolicyId.parse(`sp_${n.toString(16).padStart(16, "0")}`);

export function policy(changes: Partial<SlotPolicy> = {}): SlotPolicy {
  return {
    id: policyIdOf(1),
    name: "policy",
    enabled: true,
    match: {},
    choose: {},
    strategy: "round-robin",
    remap: true,
    ...changes,
  };
}

export function bank(bankId: number, changes: Partial<PlanBank> = {}): PlanBank {
  return { bankId, enabled: true, regions: [], serverId: SERVER, ...changes };
}

export function pool(bankId: number, changes: Partial<KiPool> = {}): KiPool {
  return {
    id: poolIdOf(bankId),
    name: `pool ${bankId}`,
    enabled: true,
    bankId,
    firstSlot: 1,
    lastSlot: 100,
    profilesPerSlot: 2,
    maxProfiles: 200,
    ...changes,
  };
}

export function slot(bankId: number, slotId: number, changes: Partial<SimSlot> = {}): SimSlot {
  const mccMnc = changes.mccMnc ?? "310410";
  return {
    schemaVersion: 1,
    id: `${bankId}-${slotId}`,
    tenantId: TENANT,
    bankId,
    slotId,
    iccid: "8988211000000000015",
    imsi: `${mccMnc}000000001`,
    mccMnc,
    mcc: mccMnc.slice(0, 3),
    carrier: "",
    state: "available",
    poolId: null,
    client: null,
    profiles: 0,
    availableAt: new Date(NOW.getTime() - 1000 * slotId),
    updatedAt: NOW,
    ...changes,
  };
}

export interface Card {
  data: SimSlot;
}

/** Answers as the store does. `asked` counts its questions. */
export function sourceOf(slots: readonly SimSlot[], now = NOW): CardSource<Card> & { asked: Record<string, number> } {
  const asked: Record<string, number> = {};
  const of = (name: string, fits: (data: SimSlot) => boolean): Card[] => {
    asked[name] = (asked[name] ?? 0) + 1;
    return slots.filter(fits).map((data) => ({ data }));
  };
  const whole = (bankId: number, filter: CardFilter) => (data: SimSlot) =>
    data.bankId === bankId && data.poolId === null && cardFits(filter, data);
  const free = (name: string, bankId: number, filter: CardFilter) =>
    of(name, (data) => whole(bankId, filter)(data) && data.state === "available" && data.availableAt <= now);
  return {
    asked,
    at: async ({ bankId, slotId }) => of("at", (data) => data.bankId === bankId && data.slotId === slotId)[0],
    free: async (bankId, filter, limit) =>
      free("free", bankId, filter)
        .toSorted((a, b) => a.data.availableAt.getTime() - b.data.availableAt.getTime())
        .slice(0, limit),
    countFree: async (bankId, filter) => free("countFree", bankId, filter).length,
    withRoom: async ({ id }, filter, limit) =>
      of("withRoom", (data) => data.poolId === id && cardFits(filter, data) && data.state === "available")
        .toSorted((a, b) => a.data.profiles - b.data.profiles)
        .slice(0, limit),
    profiles: async ({ id }) =>
      of("profiles", (data) => data.poolId === id).reduce((sum, one) => sum + one.data.profiles, 0),
    tally: async (bankId, filter) => {
      const cards = of("tally", whole(bankId, filter)).map(({ data }) => data);
      const inState = (...states: string[]) => cards.filter(({ state }) => states.includes(state)).length;
      const available = cards.filter(({ state }) => state === "available");
      const cool = available.filter(({ availableAt }) => availableAt > now).length;
      return {
        held: inState("assigned"),
        coolingDown: cool,
        out: inState("disabled", "faulty"),
        free: available.length - cool,
      };
    },
    poolTally: async (one, filter) => {
      const cards = of("poolTally", (data) => data.poolId === one.id && cardFits(filter, data));
      const profiles = cards.reduce((sum, { data }) => sum + data.profiles, 0);
      return { cards: cards.length, profiles, bankSlots: 100 };
    },
  };
}

/** Numbers from 0 to 1 that come again with the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
