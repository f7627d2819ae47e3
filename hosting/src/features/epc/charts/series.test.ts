import { describe, expect, it } from "vitest";
import { aligned, hasAny } from "./series.ts";

describe("aligned", () => {
  it("draws a late report through and a missed one as a gap", () => {
    const samples = [
      { at: 0, cpu: 1 },
      { at: 60_000, cpu: 2 },
      { at: 200_000, cpu: 3 },
      { at: 400_000, cpu: 4 },
    ];
    expect(aligned(samples, ["cpu"], 60)).toEqual([
      [0, 60, 200, 201, 400],
      [1, 2, 3, null, 4],
    ]);
  });

  it("leaves a hole where a figure was not measured", () => {
    expect(
      aligned(
        [
          { at: 0, down: 5 },
          { at: 1000, up: 0 },
        ],
        ["down", "up"],
        60,
      ),
    ).toEqual([
      [0, 1],
      [5, null],
      [null, 0],
    ]);
  });

  it("knows a chart of nothing", () => {
    expect(hasAny([{ at: 0, cpu: 0 }], ["cpu"])).toBe(true);
    expect(hasAny([{ at: 0, cpu: 0 }], ["down", "up"])).toBe(false);
  });
});
