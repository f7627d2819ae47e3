import { expect, it } from "vitest";
import { additions, countOf, type Move, moved, totals } from "./counts.ts";
import { rollout } from "./rollout.table.ts";

const move = (changes: Partial<Move>): Move => ({
  group: 0,
  from: "pending",
  to: "pending",
  underWay: 0,
  restored: 0,
  ...changes,
});

it("additions name each field once and leave out what comes to nothing", () => {
  const moves = [
    move({ underWay: 1 }),
    move({ to: "downloading" }),
    move({ group: 1, to: "failed", underWay: -1 }),
    move({ from: "committed", to: "rolled_back", restored: 1 }),
  ];
  expect(Object.fromEntries(additions(moves))).toEqual({
    "counts.0.pending": -1,
    "counts.0.downloading": 1,
    "counts.1.pending": -1,
    "counts.1.failed": 1,
    "counts.0.committed": -1,
    "counts.0.rolled_back": 1,
    restored: 1,
  });
});

it("moved adds the same to the figures, and keeps those it was given", () => {
  const before = rollout();
  const after = moved(before, [move({ to: "downloading", underWay: 1 }), move({ group: 2, to: "failed" })]);
  expect(after).toMatchObject({
    counts: { "0": { pending: 1, downloading: 1 }, "1": { pending: 18 }, "2": { pending: -1, failed: 1 } },
    underWay: 1,
  });
  expect(before.counts["0"]).toEqual({ pending: 2 });
});

it("countOf and totals add up groups and states", () => {
  const one = rollout({ counts: { "0": { committed: 1, failed: 1 }, "1": { committed: 3, pending: 0 } } });
  expect(countOf(one, ["committed"])).toBe(4);
  expect(countOf(one, ["committed", "failed"], 0)).toBe(2);
  expect(countOf(one, ["committed"], 5)).toBe(0);
  expect(totals(one)).toEqual({ committed: 4, failed: 1 });
});
