import { describe, expect, it } from "vitest";
import type { SimSlot } from "../../documents/remsim.ts";
import { cardFits, filtersOf } from "./cardFilter.ts";
import type { CardSeeker } from "./cardQuestion.ts";
import { bank, keyOf, NOW, policy, policyIdOf, pool, poolIdOf, randomOf, slot, sourceOf } from "./cards.table.ts";
import { decideCard } from "./decide.ts";
import type { PlanBank } from "./plan.ts";
import type { KiPool, SlotPolicy, SlotStrategy } from "./policy.ts";
import { mismatches } from "./policyMatch.ts";

// Random tenants with random policies, clients that come, go and change their wishes in random order, and now and then two that decide on
// the same cards at once. After each act the rules are judged by their own words, not by the code that decides.

const NETWORKS = ["310410", "310260", "26201"];
const REGIONS = ["eu", "us"];
const MODES = ["ONE_TO_ONE_SWSIM", "ONE_TO_ONE_VSIM", "KI_PROXY_SWSIM"] as const;
const STRATEGIES: SlotStrategy[] = ["sticky", "least-loaded", "round-robin"];

class Tenant {
  readonly random: () => number;
  readonly banks: PlanBank[];
  readonly pools: KiPool[];
  readonly policies: SlotPolicy[];
  readonly slots: SimSlot[] = [];
  /** By client. */
  readonly seekers = new Map<number, CardSeeker>();
  readonly holds = new Map<number, SimSlot>();

  constructor(seed: number) {
    this.random = randomOf(seed);
    this.banks = [1, 2, 3].map((id) =>
      bank(id, { regions: this.some(REGIONS), ...(this.rarely() ? { enabled: false } : {}) }),
    );
    this.pools = [pool(3, { profilesPerSlot: 2, maxProfiles: 5 })];
    this.policies = Array.from({ length: this.upTo(4) }, (_, n) => this.policy(n));
    for (const { bankId } of this.banks) {
      for (let slotId = 1; slotId <= 1 + this.upTo(4); slotId++) {
        const state = this.rarely() ? ("faulty" as const) : ("available" as const);
        const poolId = bankId === 3 ? poolIdOf(3) : null;
        this.slots.push(slot(bankId, slotId, { mccMnc: this.one(NETWORKS), state, poolId }));
      }
    }
  }

  upTo(n: number): number {
    return Math.floor(this.random() * (n + 1));
  }
  one<T>(of: readonly T[]): T {
    return of[this.upTo(of.length - 1)] as T;
  }
  some<T>(of: readonly T[]): T[] {
    return of.filter(() => this.random() < 0.5);
  }
  rarely(): boolean {
    return this.random() < 0.15;
  }

  private policy(n: number): SlotPolicy {
    const condition = <K extends string, T>(name: K, values: T[]) =>
      values.length > 0 && this.random() < 0.4 ? ({ [name]: values } as Record<K, T[]>) : {};
    const carriers = [...this.some(NETWORKS), ...this.some(["310", "262"])];
    return policy({
      id: policyIdOf(n + 1),
      name: `policy ${n + 1}`,
      enabled: !this.rarely(),
      strategy: this.one(STRATEGIES),
      match: {
        ...condition("modes", this.some(MODES)),
        ...condition("carriers", carriers),
        ...condition("regions", this.some(REGIONS)),
      },
      choose: {
        ...condition("banks", this.some([1, 2, 3])),
        ...condition("regions", this.some(REGIONS)),
        ...condition("carriers", carriers),
      },
    });
  }

  /** The decision of a client with new wishes, as of now. */
  async decide(client: number) {
    const last = this.seekers.get(client);
    const seeker: CardSeeker = {
      key: keyOf(client),
      clientId: `vm${client}-slot0`,
      mode: this.one(MODES),
      mccMnc: this.one(["", ...NETWORKS]),
      region: this.one([null, ...REGIONS]),
      lastSlot: last?.lastSlot ?? null,
      own: this.holds.get(client),
      ownPool: this.holds.get(client)?.poolId ?? null,
    };
    const { banks, pools, policies, random, slots } = this;
    const how = { banks, pools, policies, random, now: NOW, attempt: this.upTo(1), explain: this.rarely() };
    const decision = await decideCard({ source: sourceOf(structuredClone(slots)), seeker, ...how });
    return { seeker, decision };
  }

  /** What the write does: only if the card is as it was read. */
  take(client: number, seeker: CardSeeker, read: SimSlot): boolean {
    const card = this.slots.find(({ id }) => id === read.id) as SimSlot;
    const unchanged =
      card.profiles === read.profiles && card.client?.key === read.client?.key && card.state === read.state;
    if (!unchanged) return false;
    if (this.holds.get(client)?.id !== card.id) {
      this.release(client);
      card.profiles++;
      if (card.poolId === null) Object.assign(card, { client: { key: seeker.key, clientId: seeker.clientId } });
      if (card.poolId === null || card.profiles >= 2) card.state = "assigned";
      this.holds.set(client, card);
    }
    this.seekers.set(client, { ...seeker, lastSlot: { bankId: card.bankId, slotId: card.slotId } });
    return true;
  }

  release(client: number): void {
    const card = this.holds.get(client);
    if (!card) return;
    Object.assign(card, { client: null, profiles: card.profiles - 1, state: "available" });
    this.holds.delete(client);
  }
}

/** Whether a policy allows a card for a client, by its words. */
function allows({ choose }: Pick<SlotPolicy, "choose">, seeker: CardSeeker, card: SimSlot, of: PlanBank): boolean {
  const isPool = seeker.mode === "KI_PROXY_SWSIM";
  return (
    of.enabled &&
    (card.poolId !== null) === isPool &&
    (!choose.banks || choose.banks.includes(card.bankId)) &&
    (!choose.regions || choose.regions.some((region) => of.regions.includes(region))) &&
    filtersOf(choose.carriers, seeker).some((filter) => cardFits(filter, card))
  );
}

/** Whether there is a card for the client under a policy, without regard to which. */
function hasCard(tenant: Tenant, one: Pick<SlotPolicy, "choose">, client: number, seeker: CardSeeker): boolean {
  const profiles = tenant.slots.reduce((sum, { poolId, profiles }) => sum + (poolId ? profiles : 0), 0);
  return tenant.slots.some((card) => {
    const own = tenant.holds.get(client)?.id === card.id;
    const limited = card.poolId !== null && !own && profiles >= 5 && tenant.holds.get(client)?.poolId !== card.poolId;
    const of = tenant.banks.find(({ bankId }) => bankId === card.bankId) as PlanBank;
    return (own || card.state === "available") && !limited && allows(one, seeker, card, of);
  });
}

describe("over any story", () => {
  const BUILT_IN = policy({ choose: {} });

  it.each(Array.from({ length: 150 }, (_, seed) => seed))(
    "seed %i: one card a client, by the first policy that has one",
    async (seed) => {
      const tenant = new Tenant(seed);
      for (let act = 0; act < 30; act++) {
        const client = tenant.upTo(7);
        if (tenant.random() < 0.3) {
          tenant.release(client);
          continue;
        }
        const { seeker, decision } = await tenant.decide(client);
        const matching = tenant.policies.filter((one) => mismatches(one, seeker, NOW).length === 0);
        const expected =
          matching.find((one) => hasCard(tenant, one, client, seeker)) ??
          (hasCard(tenant, BUILT_IN, client, seeker) ? BUILT_IN : undefined);
        const { chosen } = decision;
        expect(chosen === undefined).toBe(expected === undefined);
        if (!chosen || !expected) continue;
        expect(chosen.policyId).toBe(expected === BUILT_IN ? null : expected.id);
        const card = chosen.card.data;
        expect(
          allows(expected, seeker, card, tenant.banks.find(({ bankId }) => bankId === card.bankId) as PlanBank),
        ).toBe(true);
        // Another client decides on the same state; whoever writes second must see that the card changed.
        const rival = (client + 1) % 8;
        const other = await tenant.decide(rival);
        expect(tenant.take(client, seeker, card)).toBe(true);
        const wanted = other.decision.chosen?.card.data;
        if (wanted) tenant.take(rival, other.seeker, wanted);
        judge(tenant);
      }
    },
  );
});

/** Never two clients in one slot, never more profiles than a card or a pool may have. */
function judge(tenant: Tenant): void {
  for (const card of tenant.slots) {
    const holders = [...tenant.holds.values()].filter(({ id }) => id === card.id).length;
    expect(holders).toBe(card.profiles);
    expect(holders).toBeLessThanOrEqual(card.poolId === null ? 1 : 2);
  }
}
