import { beforeEach, expect, it } from "vitest";
import { FakeClock } from "./fakeClock.ts";
import { Watchdog } from "./watchdog.ts";

let clock: FakeClock;
let timeouts: number[];
let watchdog: Watchdog;

beforeEach(() => {
  clock = new FakeClock();
  timeouts = [];
  watchdog = new Watchdog(clock, 30_000, () => timeouts.push(clock.now()));
});

it("barks when nothing was heard for a period", () => {
  watchdog.watch();
  clock.advance(29_999);
  expect(timeouts).toEqual([]);
  clock.advance(1);
  expect(timeouts).toEqual([30_000]);
  expect(clock.waiting).toBe(0);
});

it("counts from what was heard last", () => {
  watchdog.watch();
  clock.advance(20_000);
  watchdog.heard();
  clock.advance(29_999);
  expect(timeouts).toEqual([]);
  clock.advance(1);
  expect(timeouts).toEqual([50_000]);
});

it.each([
  [0, 28_000],
  [0.999_999, 31_999.996],
])("jitters by up to two seconds (chance %d)", (chance, due) => {
  clock.chance = chance;
  watchdog.watch();
  clock.advance(60_000);
  expect(timeouts).toEqual([expect.closeTo(due, 3)]);
});

it("keeps a time limit whatever is heard", () => {
  watchdog.limit(5_000);
  clock.advance(4_999);
  watchdog.heard();
  clock.advance(1);
  expect(timeouts).toEqual([5_000]);
});

it("is silent once stopped", () => {
  watchdog.watch();
  watchdog.stop();
  clock.advance(100_000);
  expect(timeouts).toEqual([]);
});
