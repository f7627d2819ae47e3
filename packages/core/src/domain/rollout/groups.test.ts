import { describe, expect, it } from "vitest";
import { assignGroups, orderSeed } from "./groups.ts";

const thirds = [5, 25, 100].map((upToPercent) => ({ upToPercent }));
const ids = (n: number) => Array.from({ length: n }, (_, i) => `epc_${i.toString(16).padStart(16, "0")}`);

function sizes(n: number, groups = thirds, seed = "seed"): number[] {
  const assigned = [...assignGroups(ids(n), seed, groups).values()];
  return groups.map((_, group) => assigned.filter((one) => one === group).length);
}

describe("assignGroups", () => {
  it.each([
    [0, [0, 0, 0]],
    [1, [1, 0, 0]],
    [2, [1, 0, 1]],
    [4, [1, 0, 3]],
    [5, [1, 1, 3]],
    [20, [1, 4, 15]],
    [100, [5, 20, 75]],
    [1000, [50, 200, 750]],
    [1001, [51, 200, 750]],
  ])("of %i devices", (n, expected) => expect(sizes(n)).toEqual(expected));

  it("puts every device in exactly one group, whatever the shares and however many they are", () => {
    for (let n = 0; n < 130; n++) {
      for (const shares of [[100], [1, 100], [1, 2, 3, 100], [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]]) {
        const groups = shares.map((upToPercent) => ({ upToPercent }));
        const assigned = assignGroups(ids(n), "x", groups);
        expect(assigned.size).toBe(n);
        expect([...assigned.values()].every((group) => group >= 0 && group < groups.length)).toBe(true);
        if (n > 0) expect(sizes(n, groups)[0]).toBeGreaterThan(0);
      }
    }
  });

  it("depends on neither the order of its input nor the time", () => {
    const forth = assignGroups(ids(500), "s", thirds);
    const back = assignGroups(ids(500).reverse(), "s", thirds);
    for (const id of ids(500)) expect(back.get(id)).toBe(forth.get(id));
  });

  it("has other devices first with another seed", () => {
    const first = (seed: string) => {
      const assigned = assignGroups(ids(400), seed, thirds);
      return ids(400).filter((id) => assigned.get(id) === 0);
    };
    const [a, b] = [new Set(first("agent=1")), first("agent=2")];
    expect(b.filter((id) => a.has(id)).length).toBeLessThan(b.length / 2);
  });

  it("takes first ones from all over the list of ids", () => {
    const assigned = assignGroups(ids(1000), "spread", thirds);
    const places = ids(1000).flatMap((id, place) => (assigned.get(id) === 0 ? [place] : []));
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    expect(mean).toBeGreaterThan(300);
    expect(mean).toBeLessThan(700);
  });
});

it("orderSeed does not mind the order of packages", () => {
  const [a, b] = [
    { name: "a", version: "1" },
    { name: "b", version: "2" },
  ] as const;
  expect(orderSeed([a, b])).toBe(orderSeed([b, a]));
  expect(orderSeed([a])).not.toBe(orderSeed([{ ...a, version: "2" }]));
});
