import { describe, expect, it } from "vitest";
import type { BankSlot } from "./ids.ts";
import { type DesiredMap, type MapSituation, pairKey, planSlotMaps, type ServerMap } from "./reconcile.ts";

const slot = (bankId: number, slotId: number): BankSlot => ({ bankId, slotId });
const desired = (client: string, bank: string, mappedAt = 1): DesiredMap => ({
  ...{ client: parsed(client), bank: parsed(bank) },
  mappedAt,
});
const actual = (client: string, bank: string, state: ServerMap["state"] = "ACTIVE"): ServerMap => ({
  ...{ client: parsed(client), bank: parsed(bank) },
  state,
});
function parsed(text: string): BankSlot {
  const [bankId = 0, slotId = 0] = text.split(":").map(Number);
  return slot(bankId, slotId);
}
function plan(changes: Partial<MapSituation<DesiredMap>>) {
  const result = planSlotMaps({
    ...{ desired: [], actual: [], ownedBanks: new Set([1, 2]), connectedBanks: new Set([1, 2]) },
    ...{ pendingMs: () => 0, patienceMs: 5000, isCurrent: true },
    ...changes,
  });
  const words = (maps: { bank: BankSlot; client: BankSlot }[]) => maps.map(pairKey);
  return {
    posts: words(result.posts),
    deletes: words(result.deletes),
    waits: words(result.waits),
    obstacles: result.obstacles.map(({ map, why }) => `${pairKey(map)} ${why}`),
    settled: result.settled,
  };
}
const nothing = { posts: [], deletes: [], waits: [], obstacles: [], settled: true };

describe("planSlotMaps", () => {
  it("does nothing when every map is active", () => {
    expect(plan({ desired: [desired("1:1", "1:7")], actual: [actual("1:1", "1:7")] })).toEqual(nothing);
  });

  it("adds what is missing, and all of it after the server forgot", () => {
    const maps = [desired("1:1", "1:7"), desired("1:2", "2:7")];
    expect(plan({ desired: maps, actual: [actual("1:1", "1:7")] })).toMatchObject({ posts: ["2:7>1:2"], deletes: [] });
    expect(plan({ desired: maps }).posts.sort()).toEqual(["1:7>1:1", "2:7>1:2"]);
  });

  it.each(["NEW", "UNACKNOWLEDGED"] as const)("leaves a desired map that is %s alone, unsettled", (state) => {
    const situation = { desired: [desired("1:1", "1:7")], actual: [actual("1:1", "1:7", state)] };
    expect(plan({ ...situation, pendingMs: () => 60_000 })).toEqual({ ...nothing, settled: false });
  });

  it("removes strays of our banks, and never touches a foreign bank's maps", () => {
    const result = plan({ actual: [actual("9:9", "1:7"), actual("8:8", "3:1"), actual("0:1", "3:0")] });
    expect(result).toEqual({ ...nothing, deletes: ["1:7>9:9"], settled: false });
  });

  it("counts the bank of a desired map as ours before the list of banks says so", () => {
    const result = plan({ desired: [desired("4:1", "4:7")], actual: [actual("4:1", "4:8")], ownedBanks: new Set() });
    expect(result).toMatchObject({ deletes: ["4:8>4:1"], posts: [] });
  });

  it("removes a client's old map first, and adds the new one with the next plan", () => {
    const wanted = [desired("1:1", "2:7")];
    expect(plan({ desired: wanted, actual: [actual("1:1", "1:7")] })).toMatchObject({
      ...{ deletes: ["1:7>1:1"], posts: [], settled: false },
    });
    expect(plan({ desired: wanted })).toMatchObject({ posts: ["2:7>1:1"], deletes: [] });
  });

  it("lets two clients change places", () => {
    const wanted = [desired("1:1", "1:8"), desired("1:2", "1:7")];
    const result = plan({ desired: wanted, actual: [actual("1:1", "1:7"), actual("1:2", "1:8")] });
    expect(result).toMatchObject({ deletes: ["1:7>1:1", "1:8>1:2"], posts: [] });
  });

  it.each([
    ["UNACKNOWLEDGED", true, 0, "waits"],
    ["UNACKNOWLEDGED", true, 5000, "deletes"],
    ["UNACKNOWLEDGED", false, 0, "waits"],
    ["NEW", true, 0, "waits"],
    ["NEW", true, 5000, "deletes"],
    ["NEW", false, 0, "deletes"],
    ["ACTIVE", true, 0, "deletes"],
  ] as const)("with a stray that is %s (bankd there: %s) for %i ms: %s", (state, isThere, ms, what) => {
    const result = plan({
      desired: [desired("1:1", "2:7")],
      actual: [actual("1:1", "1:7", state)],
      connectedBanks: new Set(isThere ? [1] : []),
      pendingMs: () => ms,
    });
    expect(result).toEqual({ ...nothing, [what]: ["1:7>1:1"], settled: false });
  });

  it.each(["DELETE_REQ", "DELETING"] as const)("waits for a map that is %s to go by itself", (state) => {
    const situation = { desired: [desired("1:1", "1:7")], actual: [actual("1:2", "1:7", state)] };
    expect(plan({ ...situation, pendingMs: () => 60_000 })).toEqual({ ...nothing, settled: false });
  });

  it("says so when a foreign bank's map has our client", () => {
    const result = plan({ desired: [desired("1:1", "1:7")], actual: [actual("1:1", "3:7")] });
    expect(result).toEqual({ ...nothing, obstacles: ["1:7>1:1 foreign"], settled: false });
  });

  it("of two that want one bank slot, serves the later, in whatever order they come", () => {
    const maps = [desired("1:1", "1:7", 5), desired("1:2", "1:7", 9)];
    for (const each of [maps, [...maps].reverse()]) {
      expect(plan({ desired: each })).toMatchObject({ posts: ["1:7>1:2"], obstacles: ["1:7>1:1 overtaken"] });
    }
  });

  it("with wishes that may be out of date, refills a server that lost everything and changes no other", () => {
    const wanted = [desired("1:1", "1:7"), desired("1:2", "1:8")];
    expect(plan({ desired: wanted, isCurrent: false }).posts).toHaveLength(2);
    const half = { desired: wanted, actual: [actual("1:1", "1:7"), actual("1:9", "1:9")], isCurrent: false };
    expect(plan(half)).toMatchObject({ posts: [], deletes: [], waits: [] });
  });
});

describe("planSlotMaps, followed step by step by two daemons on any server", () => {
  it.each(Array.from({ length: 200 }, (_, seed) => [seed + 1]))(
    "comes to rest at what is desired (seed %i)",
    (seed) => {
      const random = seeded(seed);
      const any = (most: number): number => 1 + Math.floor(random() * most);
      const foreign = [...uniquePairs(any(4), () => [slot(3, any(6)), slot(7, any(6))])];
      const server = [
        ...uniquePairs(any(12), () => [slot(any(2), any(8)), slot(5, any(14))]).map((pair) => ({
          ...pair,
          state: (["NEW", "UNACKNOWLEDGED", "ACTIVE", "DELETING"] as const)[any(4) - 1] ?? "NEW",
        })),
        ...foreign.map((pair) => ({ ...pair, state: "ACTIVE" as const })),
      ] as ServerMap[];
      const wanted = uniquePairs(any(12), () => [slot(any(2), any(8)), slot(5, any(14))]).map((pair) => ({
        ...{ ...pair, mappedAt: any(100) },
      }));
      const connectedBanks = new Set(random() < 0.5 ? [1] : [1, 2]);
      const decide = (age: number) =>
        planSlotMaps({
          ...{ desired: wanted, actual: structuredClone(server), ownedBanks: new Set([1, 2]), connectedBanks },
          ...{ pendingMs: () => age, patienceMs: 3, isCurrent: true },
        });
      for (let round = 0; round < 60; round++) {
        const plans = [decide(round), decide(round)];
        for (const { posts, deletes } of plans) {
          const pick = deletes[Math.floor(random() * deletes.length)];
          if (pick) {
            expect(wanted.map(pairKey)).not.toContain(pairKey(pick));
            remove(server, pick.bank);
          }
          for (const map of posts) post(server, map);
        }
        settle(server, connectedBanks);
      }
      expect(server.filter(({ bank }) => bank.bankId === 3).map(pairKey)).toEqual(foreign.map(pairKey));
      expect(
        server
          .filter(({ bank }) => bank.bankId !== 3)
          .map(pairKey)
          .sort(),
      ).toEqual(wanted.map(pairKey).sort());
      expect(decide(99).deletes).toEqual([]);
      const active = server.filter(({ state }) => state === "ACTIVE").map(pairKey);
      expect(decide(99).settled).toBe(wanted.every((map) => active.includes(pairKey(map))));
    },
  );
});

/** A server that keeps maps 1:1, where DELETE goes by the bank slot. */
function post(server: ServerMap[], { bank, client }: DesiredMap): void {
  const taken = server.some((map) => same(map.bank, bank) || same(map.client, client));
  if (!taken) server.push({ bank, client, state: "NEW" });
}

function remove(server: ServerMap[], bank: BankSlot): void {
  const index = server.findIndex((map) => same(map.bank, bank));
  if (index >= 0) server.splice(index, 1);
}

function settle(server: ServerMap[], connected: ReadonlySet<number>): void {
  for (const map of [...server]) {
    if (map.state === "DELETING") remove(server, map.bank);
    else if (connected.has(map.bank.bankId) && map.state !== "ACTIVE") {
      map.state = map.state === "NEW" ? "UNACKNOWLEDGED" : "ACTIVE";
    }
  }
}

function same(a: BankSlot, b: BankSlot): boolean {
  return a.bankId === b.bankId && a.slotId === b.slotId;
}

function uniquePairs(count: number, make: () => [BankSlot, BankSlot]): { bank: BankSlot; client: BankSlot }[] {
  const pairs: { bank: BankSlot; client: BankSlot }[] = [];
  for (let i = 0; i < count; i++) {
    const [bank, client] = make();
    if (!pairs.some((pair) => same(pair.bank, bank) || same(pair.client, client))) pairs.push({ bank, client });
  }
  return pairs;
}

function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
