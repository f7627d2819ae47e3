import { describe, expect, it } from "vitest";
import { freeTacs, poolSize, Tac, TacRange } from "./tac.ts";

describe("freeTacs", () => {
  it("gives the lowest free codes, across ranges in any order, each once", () => {
    expect(
      freeTacs(
        [
          { from: 10, to: 12 },
          { from: 1, to: 2 },
          { from: 2, to: 3 },
        ],
        new Set([1, 11]),
        10,
      ),
    ).toEqual([2, 3, 10, 12]);
  });
  it("never gives the reserved 0xFFFE", () => {
    expect(freeTacs([{ from: 0xfffd, to: 0xffff }], new Set(), 10)).toEqual([0xfffd, 0xffff]);
  });
  it("gives nothing of a full pool", () => {
    expect(freeTacs([{ from: 5, to: 6 }], new Set([5, 6]), 10)).toEqual([]);
  });
  it("stops at the limit", () => {
    expect(freeTacs([{ from: 1, to: 65535 }], new Set(), 3)).toEqual([1, 2, 3]);
  });
});

describe("poolSize", () => {
  it("counts overlaps once and leaves the reserved code out", () => {
    expect(
      poolSize([
        { from: 1, to: 10 },
        { from: 5, to: 12 },
        { from: 0xfffe, to: 0xfffe },
      ]),
    ).toBe(12);
  });
});

describe("Tac and TacRange", () => {
  it.each([0, 0xfffe, 65536, -1, 1.5])("refuses %s", (tac) => expect(Tac.safeParse(tac).success).toBe(false));
  it("refuses a range that ends before it begins", () => {
    expect(TacRange.safeParse({ from: 9, to: 3 }).success).toBe(false);
  });
});
