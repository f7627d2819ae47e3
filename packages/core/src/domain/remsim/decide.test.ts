import { describe, expect, it } from "vitest";
import type { SimSlot } from "../../documents/remsim.ts";
import type { CardQuestion, CardSeeker } from "./cardQuestion.ts";
import { bank, type Card, keyOf, NOW, policy, policyIdOf, pool, poolIdOf, slot, sourceOf } from "./cards.table.ts";
import { decideCard } from "./decide.ts";
import { bankSlotId, type KiPoolId } from "./ids.ts";

const seeker = (changes: Partial<CardSeeker> = {}): CardSeeker => ({
  key: keyOf(1),
  clientId: "vm-slot0",
  mode: "ONE_TO_ONE_SWSIM",
  mccMnc: "",
  region: null,
  lastSlot: null,
  ...changes,
});

async function decided(slots: SimSlot[], changes: Partial<CardQuestion<Card>> = {}) {
  const source = sourceOf(slots);
  const decision = await decideCard({
    source,
    seeker: seeker(),
    policies: [],
    pools: [],
    banks: [bank(1), bank(2)],
    now: NOW,
    attempt: 0,
    random: () => 0,
    explain: false,
    ...changes,
  });
  const { chosen, steps } = decision;
  return { place: chosen && bankSlotId(chosen.card.data), chosen, steps, asked: source.asked };
}

const held = { state: "assigned" as const, client: { key: keyOf(9), clientId: "other" }, profiles: 1 };

describe("order", () => {
  const slots = [slot(1, 1), slot(2, 1)];
  const first = policy({ id: policyIdOf(1), name: "first", choose: { banks: [2] } });
  const second = policy({ id: policyIdOf(2), name: "second", choose: { banks: [1] }, remap: false });

  it("the first policy that fits and has a card decides", async () => {
    const { place, chosen, steps } = await decided(slots, { policies: [first, second] });
    expect([place, chosen?.policyId, steps.length]).toEqual(["2-1", first.id, 1]);
  });

  it("one that does not fit is passed by, without a question", async () => {
    const only = { ...first, match: { regions: ["eu"] } };
    const { place, chosen, steps, asked } = await decided(slots, { policies: [only, second] });
    expect([place, chosen?.policyId, chosen?.remap]).toEqual(["1-1", second.id, false]);
    expect(steps.map(({ matches }) => matches)).toEqual([false, true]);
    expect(asked).toEqual({ free: 1 });
  });

  it("one that has no card is passed by", async () => {
    const { place, chosen } = await decided([slot(1, 1), slot(2, 1, held)], { policies: [first, second] });
    expect([place, chosen?.policyId]).toEqual(["1-1", second.id]);
  });

  it("the built-in policy is the end of the list", async () => {
    const { place, chosen, steps } = await decided([slot(1, 1)], { policies: [first] });
    expect([place, chosen?.policyId, chosen?.remap]).toEqual(["1-1", null, true]);
    expect(steps.at(-1)).toMatchObject({ policy: "built-in", matches: true });
  });

  it("banks of a policy are tried in their order", async () => {
    const both = policy({ choose: { banks: [2, 1] } });
    expect((await decided(slots, { policies: [both] })).place).toBe("2-1");
    expect((await decided([slot(1, 1)], { policies: [both] })).place).toBe("1-1");
  });

  it("the network asked for comes before its country, whatever the bank", async () => {
    const both = policy({ choose: { banks: [1, 2] } });
    const slots = [slot(1, 1, { mccMnc: "310260" }), slot(2, 1), slot(2, 2, { mccMnc: "26201" })];
    const asks = { seeker: seeker({ mccMnc: "310410" }), policies: [both] };
    expect((await decided(slots, asks)).place).toBe("2-1");
    expect((await decided(slots.slice(0, 1), asks)).place).toBe("1-1");
    expect((await decided(slots.slice(2), asks)).place).toBeUndefined();
  });
});

describe("strategies", () => {
  const of = (strategy: "sticky" | "least-loaded" | "round-robin") => ({ policies: [policy({ strategy })] });

  it("round-robin takes the card that was free longest, of all banks", async () => {
    const slots = [slot(1, 1), slot(1, 5), slot(2, 7), slot(2, 3)];
    expect((await decided(slots, of("round-robin"))).place).toBe("2-7");
  });

  it("round-robin spreads once others were quicker", async () => {
    const slots = [slot(1, 9), slot(1, 1)];
    expect((await decided(slots, { ...of("round-robin"), attempt: 1, random: () => 0.99 })).place).toBe("1-1");
  });

  it("least-loaded takes the bank with most free cards", async () => {
    const slots = [slot(1, 1), slot(1, 2, held), slot(1, 3, held), slot(2, 1), slot(2, 2)];
    expect((await decided(slots, of("least-loaded"))).place).toMatch(/^2-/);
  });

  it("least-loaded counts nothing where there is one bank", async () => {
    const { asked } = await decided([slot(1, 1)], { ...of("least-loaded"), banks: [bank(1)] });
    expect(asked).toEqual({ free: 1 });
  });

  it("sticky gives the last card back when it is free and fits", async () => {
    const slots = [slot(1, 1), slot(1, 2), slot(2, 1, { mccMnc: "26201" })];
    const had = (slotId: number, bankId = 1, mccMnc = "") => ({
      ...of("sticky"),
      seeker: seeker({ lastSlot: { bankId, slotId }, mccMnc }),
    });
    expect((await decided(slots, had(2))).place).toBe("1-2");
    expect((await decided([slot(1, 1), slot(1, 2, held)], had(2))).place).toBe("1-1");
    expect((await decided(slots, had(1, 2, "310410"))).place).toMatch(/^1-/);
    expect((await decided(slots, { ...had(1, 2), banks: [bank(1)] })).place).toMatch(/^1-/);
  });

  it("sticky gives it back within its cool-down to whom it was there for, and to no other", async () => {
    const cooling = { availableAt: new Date(NOW.getTime() + 1000), lastClient: keyOf(1) };
    const mine = { ...of("sticky"), seeker: seeker({ lastSlot: { bankId: 1, slotId: 1 } }) };
    const other = { ...mine, seeker: { ...mine.seeker, key: keyOf(2) } };
    expect((await decided([slot(1, 1, cooling)], mine)).place).toBe("1-1");
    expect((await decided([slot(1, 1, cooling)], other)).place).toBeUndefined();
  });
});

describe("whole cards", () => {
  it.each<[string, Partial<SimSlot>]>([
    ["held", held],
    ["empty", { state: "empty" }],
    ["switched off", { state: "disabled" }],
    ["faulty", { state: "faulty" }],
    ["of a pool", { poolId: poolIdOf(1) }],
    ["cooling down", { availableAt: new Date(NOW.getTime() + 1) }],
  ])("that are %s are given to nobody", async (_, changes) => {
    expect((await decided([slot(1, 1, changes)])).place).toBeUndefined();
  });

  it("that the client holds may stay with it, or go when it shall be moved", async () => {
    const mine = slot(1, 1, { ...held, client: { key: keyOf(1), clientId: "vm-slot0" } });
    const own = { bankId: 1, slotId: 1 };
    expect((await decided([mine, slot(1, 2)], { seeker: seeker({ own }) })).place).toBe("1-1");
    expect((await decided([mine, slot(1, 2)], { seeker: seeker({ not: own }) })).place).toBe("1-2");
    expect((await decided([slot(1, 1, held)], { seeker: seeker({ own }) })).place).toBeUndefined();
    const round = { policies: [policy()], seeker: seeker({ own }) };
    expect((await decided([mine, slot(1, 2)], round)).place).toBe("1-2");
    expect((await decided([mine], round)).place).toBe("1-1");
  });
});

describe("cards of pools", () => {
  const mode = "KI_PROXY_SWSIM" as const;
  const pooled = (slotId: number, profiles: number, changes: Partial<SimSlot> = {}) =>
    slot(1, slotId, { poolId: poolIdOf(1), profiles, ...changes });
  const ask = (slots: SimSlot[], changes: Partial<CardQuestion<Card>> = {}) =>
    decided(slots, { seeker: seeker({ mode }), pools: [pool(1)], ...changes });

  it("go by the fewest profiles, up to the pool's limit for a card", async () => {
    expect((await ask([pooled(1, 1), pooled(2, 0)])).place).toBe("1-2");
    expect((await ask([pooled(1, 2)])).place).toBeUndefined();
    expect((await ask([pooled(1, 0, { state: "assigned" })])).place).toBeUndefined();
    expect((await ask([slot(1, 1)])).place).toBeUndefined();
  });

  it("stay with the client that has or had a profile there", async () => {
    const place = { bankId: 1, slotId: 1 };
    const last = seeker({ mode, lastSlot: place });
    expect((await ask([pooled(1, 1), pooled(2, 0)], { seeker: last })).place).toBe("1-1");
    expect((await ask([pooled(1, 2), pooled(2, 0)], { seeker: last })).place).toBe("1-2");
    const own = seeker({ mode, own: place });
    expect((await ask([pooled(1, 2, { state: "assigned" }), pooled(2, 0)], { seeker: own })).place).toBe("1-1");
  });

  it("end with the limit of the pool itself", async () => {
    const pools = [pool(1, { maxProfiles: 3 })];
    expect((await ask([pooled(1, 1), pooled(2, 1)], { pools })).place).toBeDefined();
    expect((await ask([pooled(1, 2, { state: "assigned" }), pooled(2, 1)], { pools })).place).toBeUndefined();
  });

  it("may be changed within a pool at its limit, also when the one it has failed: that adds no profile", async () => {
    const pools = [pool(1, { maxProfiles: 3 })];
    const failed = [pooled(1, 2, { state: "faulty" }), pooled(2, 1)];
    const place = { bankId: 1, slotId: 1 };
    const moved = (ownPool: KiPoolId | null) => seeker({ mode, not: place, ownPool });
    expect((await ask(failed, { pools, seeker: moved(poolIdOf(1)) })).place).toBe("1-2");
    expect((await ask(failed, { pools, seeker: moved(poolIdOf(2)) })).place).toBeUndefined();
    expect((await ask(failed, { pools, seeker: moved(null) })).place).toBeUndefined();
    const again = seeker({ mode, own: place, ownPool: poolIdOf(1) });
    expect((await ask(failed, { pools, seeker: again })).place).toBe("1-2");
  });

  it("say what bounds a pool that has no room", async () => {
    const { steps } = await ask([pooled(1, 2)], { explain: true });
    expect(steps[0]?.reasons).toEqual([
      "pool pool 1 has 2 of 2 profiles: its limit is 200, 1 working card of any network with 2 each, 923 numbers",
    ]);
  });
});

describe("reasons", () => {
  it("are counted only when asked for", async () => {
    expect((await decided([slot(1, 1, held)])).asked.tally).toBeUndefined();
  });

  it("name what was left out and what keeps the cards", async () => {
    const cool = { availableAt: new Date(NOW.getTime() + 1) };
    const slots = [
      slot(1, 1, held),
      slot(1, 2, cool),
      slot(1, 3, { state: "disabled" }),
      slot(1, 4, { mccMnc: "26201" }),
    ];
    const { steps } = await decided(slots, {
      explain: true,
      seeker: seeker({ mccMnc: "310410" }),
      banks: [bank(1), bank(2, { enabled: false })],
    });
    expect(steps[0]?.reasons).toEqual([
      "bank 2 is switched off",
      "bank 1 has 3 cards of 310410: 1 held, 1 cooling down, 1 switched off or faulty",
      "bank 1 has 3 cards of MCC 310: 1 held, 1 cooling down, 1 switched off or faulty",
    ]);
  });

  it("do not count hundreds of banks", async () => {
    const banks = Array.from({ length: 200 }, (_, n) => bank(n + 1));
    const { steps, asked } = await decided([], { banks, explain: true });
    expect(asked.tally).toBe(5);
    expect(steps[0]?.reasons.at(-1)).toBe("195 more have none either");
  });
});
