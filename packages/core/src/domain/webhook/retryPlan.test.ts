import { describe, expect, it } from "vitest";
import { WEBHOOK_ATTEMPTS, waitAfter } from "./retryPlan.ts";

const waits = (random: number) =>
  Array.from({ length: WEBHOOK_ATTEMPTS }, (_, n) => waitAfter(n + 1, random)).filter((wait) => wait !== undefined);

describe("waitAfter", () => {
  it("grows threefold from 30 s to 8 h, and gives up after the tenth attempt", () => {
    expect(waits(0.5).map((wait) => wait / 1000)).toEqual([30, 90, 270, 810, 2430, 7290, 21870, 28800, 28800]);
    expect(waitAfter(WEBHOOK_ATTEMPTS, 0.5)).toBeUndefined();
    expect(waitAfter(WEBHOOK_ATTEMPTS + 5, 0.5)).toBeUndefined();
  });

  it("takes about a day, whatever chance does", () => {
    const hours = (random: number) => waits(random).reduce((sum, wait) => sum + wait, 0) / 3_600_000;
    expect(hours(0)).toBeGreaterThan(20);
    expect(hours(0.5)).toBeCloseTo(25.1, 1);
    expect(hours(1)).toBeLessThan(31);
  });

  it("is moved by chance a fifth either way", () => {
    expect([waitAfter(1, 0), waitAfter(1, 1)]).toEqual([24_000, 36_000]);
  });
});
