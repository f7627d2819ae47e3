import { describe, expect, it } from "vitest";
import { byHour, hourId, hourStart, hoursBetween } from "./telemetry.ts";

const at = Date.UTC(2026, 1, 28, 23, 59, 30);

describe("hour buckets", () => {
  it("names an hour in UTC and finds its start again", () => {
    expect(hourId(at)).toBe("2026022823");
    expect(hourStart("2026022823")).toBe(Date.UTC(2026, 1, 28, 23));
  });
  it("splits samples at the hour, each under its second", () => {
    const hours = byHour([
      { at, cpu: 1 },
      { at: at + 60_000, cpu: 2 },
    ]);
    expect([...hours]).toEqual([
      ["2026022823", { "3570": { at, cpu: 1 } }],
      ["2026030100", { "30": { at: at + 60_000, cpu: 2 } }],
    ]);
  });
  it("reads a day's chart in at most 25 documents", () => {
    expect(hoursBetween(at - 24 * 3_600_000, at)).toHaveLength(25);
    expect(hoursBetween(at, at)).toEqual(["2026022823"]);
  });
});
