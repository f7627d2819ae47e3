import { describe, expect, it } from "vitest";
import { outside, poolUse } from "./tacPool.ts";

describe("poolUse", () => {
  it("counts what is taken inside the ranges, each code once and the reserved one never", () => {
    expect(
      poolUse(
        [
          { from: 1, to: 10 },
          { from: 8, to: 12 },
        ],
        new Set([1, 2, 99]),
      ),
    ).toEqual({ size: 12, used: 2, free: 10 });
    expect(poolUse([{ from: 65533, to: 65535 }], new Set())).toEqual({ size: 2, used: 0, free: 2 });
  });

  it("says nothing about ranges that are still being typed", () => {
    expect(poolUse([{ from: 10, to: 1 }], new Set())).toBeUndefined();
    expect(poolUse([{ from: Number.NaN, to: 1 }], new Set())).toBeUndefined();
  });
});

it("counts the codes that no range has any more", () => {
  expect(outside([{ from: 1, to: 10 }], new Set([1, 10, 11, 500]))).toBe(2);
});
