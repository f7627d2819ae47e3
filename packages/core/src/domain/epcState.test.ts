import { describe, expect, it } from "vitest";
import { ailments, type EpcState, offlineAt, stateAfterReport } from "./epcState.ts";

const well = { components: { mme: { state: "running" as const, restarts: 0 } }, clockOffsetSeconds: 0 };
const ill = { components: { mme: { state: "stopped" as const, restarts: 2 } }, clockOffsetSeconds: 0 };

describe("stateAfterReport", () => {
  it.each<[EpcState, boolean, typeof well | typeof ill, EpcState]>([
    ["enrolled", false, well, "online"],
    ["enrolled", true, well, "deploying"],
    ["deploying", true, ill, "deploying"],
    ["deploying", false, well, "online"],
    ["online", false, ill, "degraded"],
    ["degraded", false, well, "online"],
    ["offline", false, well, "online"],
    ["offline", false, ill, "degraded"],
    ["retired", false, well, "retired"],
  ])("%s (deployment runs: %s) becomes %4$s", (from, running, health, to) => {
    expect(stateAfterReport(from, running, health)).toBe(to);
  });
});

describe("ailments", () => {
  it("names each component that is down and a clock that is off", () => {
    expect(ailments({ ...ill, clockOffsetSeconds: -75 })).toEqual(["mme stopped", "clock off by -75 s"]);
  });
  it("is silent about a small offset", () => expect(ailments({ ...well, clockOffsetSeconds: 59 })).toEqual([]));
});

it("counts three missed intervals as offline", () => expect(offlineAt(1000, 60)).toBe(181_000));
