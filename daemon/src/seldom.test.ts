import { expect, test } from "vitest";
import { Seldom } from "./seldom.ts";

test("the first passes, then one per period with the number of those held back", () => {
  let now = 0;
  const seldom = new Seldom(1000, () => now);
  expect([seldom.pass("a"), seldom.pass("a"), seldom.pass("b"), seldom.pass("a")]).toEqual([
    0,
    undefined,
    0,
    undefined,
  ]);
  now = 999;
  expect(seldom.pass("a")).toBeUndefined();
  now = 1000;
  expect([seldom.pass("a"), seldom.pass("a")]).toEqual([3, undefined]);
});

test("of ever new names the oldest are forgotten", () => {
  const seldom = new Seldom(1000, () => 0);
  for (let n = 0; n <= 10_000; n++) seldom.pass(`${n}`);
  expect(seldom.pass("10000")).toBeUndefined();
  expect(seldom.pass("0")).toBe(0);
});
