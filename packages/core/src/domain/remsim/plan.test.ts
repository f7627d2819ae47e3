import { describe, expect, it } from "vitest";
import { type CardFilter, filtersOf } from "./cardFilter.ts";
import { bank, pool, poolIdOf } from "./cards.table.ts";
import { bankPlan, poolPlan } from "./plan.ts";

describe("filters", () => {
  const network: CardFilter = { of: "networks", mccMncs: ["310410"] };
  const country: CardFilter = { of: "countries", mccs: ["310"] };
  it.each<[string, string[] | undefined, string, string | undefined, CardFilter[]]>([
    ["the network asked for, then its country", undefined, "310410", undefined, [network, country]],
    ["any network when none was asked for", undefined, "", undefined, [{ of: "any" }]],
    ["the network of the card to replace", undefined, "", "310410", [network, country]],
    ["the network asked for before that of the card", undefined, "310410", "26201", [network, country]],
    ["what the policy lists, whatever was asked for", ["310", "310410"], "26201", "26202", [network, country]],
    ["nothing but what it lists", ["310410"], "", undefined, [network]],
  ])("are %s", (_, carriers, mccMnc, like, filters) => {
    expect(filtersOf(carriers, { mccMnc, like })).toEqual(filters);
  });
});

describe("a plan over banks", () => {
  const wish = { mccMnc: "" };
  const banks = [
    bank(1),
    bank(2, { enabled: false }),
    bank(3, { connected: false }),
    bank(4, { regions: ["eu"] }),
    bank(5, { connected: true }),
  ];

  it("takes all that are on, connected or never looked at, as alike", () => {
    const plan = bankPlan({}, banks, wish);
    expect(plan.groups).toEqual([[1, 4, 5]]);
    expect(plan.excluded).toEqual(["bank 2 is switched off", "bank 3 is not connected"]);
  });

  it("keeps to the banks of the policy in their order", () => {
    const plan = bankPlan({ banks: [5, 2, 9, 1] }, banks, wish);
    expect(plan.groups).toEqual([[5], [1]]);
    expect(plan.excluded).toContain("bank 9 does not exist");
    expect(plan.excluded).toContain("bank 2 is switched off");
    expect(plan.excluded).toContain("bank 4 is not one of the policy's banks");
  });

  it("keeps to the regions of the policy", () => {
    const plan = bankPlan({ regions: ["eu", "us"] }, banks, wish);
    expect(plan.groups).toEqual([[4]]);
    expect(plan.excluded).toContain("bank 1 is in none of the regions eu, us");
  });

  it("has no place without banks", () => {
    expect(bankPlan({}, [], wish)).toEqual({ filters: [{ of: "any" }], groups: [], excluded: ["there is no bank"] });
  });
});

describe("a plan over pools", () => {
  const wish = { mccMnc: "" };
  const banks = [bank(1), bank(2, { connected: false }), bank(3)];
  const [one, two, three] = [pool(1), pool(2), pool(3, { enabled: false })];

  it("takes those that are on, on banks that work", () => {
    const plan = poolPlan({}, banks, [one, two, three, pool(9)], wish);
    expect(plan.groups).toEqual([[one]]);
    expect(plan.excluded).toEqual([
      "pool pool 2 is on bank 2, which is not connected",
      "pool pool 3 is switched off",
      "pool pool 9 is on bank 9, which does not exist",
    ]);
  });

  it("keeps to the policy's pool and to its banks' order", () => {
    const other = pool(3);
    expect(poolPlan({ poolId: one.id }, banks, [one, other], wish).groups).toEqual([[one]]);
    expect(poolPlan({ banks: [3, 1] }, banks, [one, other], wish).groups).toEqual([[other], [one]]);
  });

  it("says when the pool is unknown, or there is none", () => {
    expect(poolPlan({ poolId: poolIdOf(7) }, banks, [one], wish).excluded).toEqual([
      `its pool ${poolIdOf(7)} is unknown`,
    ]);
    expect(poolPlan({}, banks, [], wish).excluded).toEqual(["there is no KI pool"]);
  });
});
