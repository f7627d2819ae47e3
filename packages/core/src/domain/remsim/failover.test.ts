import { describe, expect, it } from "vitest";
import { retryAt, shouldMove } from "./failover.ts";
import { at } from "./live.table.ts";

describe("retryAt", () => {
  it.each([
    ["a minute after the first try", 0, 60],
    ["no sooner than a minute after a soon one", 20, 80],
    ["as long again as has gone by", 600, 1200],
    ["an hour later at most", 90_000, 93_600],
  ])("is %s", (_, now, then) => {
    expect(retryAt(at(0), at(now))).toEqual(at(then));
  });

  it("takes a dozen tries in the first half day and one an hour then", () => {
    let now = at(0);
    let tries = 0;
    for (; now < at(43_200); tries++) now = retryAt(at(0), now);
    expect(tries).toBeLessThanOrEqual(19);
    expect(retryAt(at(0), now).getTime() - now.getTime()).toBe(3_600_000);
  });
});

describe("shouldMove", () => {
  const gone = { connected: false, failedOverAt: at(0) };
  it.each([
    ["its bank was given up", true, gone, "assigned", true],
    ["its policy moves no client", false, gone, "faulty", false],
    ["its bank is gone for a moment", true, { connected: false }, "assigned", false],
    ["its bank is back", true, { connected: true, failedOverAt: at(0) }, "assigned", false],
    ["its card is faulty", true, { connected: true }, "faulty", true],
    ["its card is disabled", true, { connected: true }, "disabled", false],
  ] as const)("%s", (_, remap, bank, state, moves) => {
    expect(shouldMove({ remap }, bank, { state })).toBe(moves);
  });
  it("not for what is not known", () => {
    expect(shouldMove({ remap: true }, undefined, undefined)).toBe(false);
  });
});
