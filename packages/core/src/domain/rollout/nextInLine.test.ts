import { describe, expect, it } from "vitest";
import { EPC_STATES } from "../epcState.ts";
import { isReachable, nextInLine } from "./nextInLine.ts";
import { later, NOW } from "./rollout.table.ts";

/** A letter for each device: o online, x out of reach, p out of reach and passed over already, b passed over and back again. */
const line = (text: string) =>
  [...text].map((kind, n) => ({
    n,
    passedOver: kind === "p" || kind === "b",
    isReachable: kind === "o" || kind === "b",
  }));

describe("nextInLine", () => {
  it.each<[string, string, number, number[], number[]]>([
    ["those at the front, as many as there is room for", "oooo", 2, [0, 1], []],
    ["those that can be reached, before those that cannot", "xxoxo", 2, [2, 4], [0, 1, 3]],
    ["nobody while those out of reach go to the end of the line", "xx", 2, [], [0, 1]],
    ["those that were passed over, when there is nobody else", "ppp", 2, [0, 1], []],
    ["one that is back, without those that are not", "pbp", 2, [1], []],
    ["the reachable alone, though there is room: who is behind them is looked at next", "poo", 3, [1, 2], []],
    ["nobody of those passed over while others were not yet", "px", 2, [], [1]],
    ["nobody of nobody", "", 3, [], []],
  ])("tells %s", (_, text, room, told, passedOver) => {
    const next = nextInLine(line(text), room);
    expect([next.told.map(({ n }) => n), next.passedOver.map(({ n }) => n)]).toEqual([told, passedOver]);
  });

  it("comes to tell all, each passed over once at most", () => {
    let waiting = line("xoxxoobxpxo");
    let passes = 0;
    const order: number[] = [];
    while (waiting.length > 0) {
      const { told, passedOver } = nextInLine(waiting.slice(0, 3), 2);
      expect(told.length + passedOver.length).toBeGreaterThan(0);
      passes += passedOver.length;
      order.push(...told.map(({ n }) => n));
      const rest = waiting.filter((one) => !told.includes(one) && !passedOver.includes(one));
      waiting = [...rest, ...passedOver.map((one) => ({ ...one, passedOver: true }))];
    }
    expect(passes).toBe(5);
    expect(order.slice(0, 5).sort((a, b) => a - b)).toEqual([1, 4, 5, 6, 10]);
    expect(new Set(order).size).toBe(11);
  });
});

it("an EPC can be reached but when it is offline, or never reported since it enrolled", () => {
  const among = (stateSince: Date) => EPC_STATES.filter((state) => !isReachable({ state, stateSince }, NOW));
  expect(among(later(-3600))).toEqual(["offline"]);
  expect(among(later(-3601))).toEqual(["enrolled", "offline"]);
});
