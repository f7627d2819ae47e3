import { SlotPolicy } from "@wisptools/core/domain/remsim/policy";
import { describe, expect, it } from "vitest";
import { draftOf, freshPolicy, moved, policyOf } from "./draft.ts";

const full = SlotPolicy.parse({
  id: "sp_0011223344556677",
  name: "Night shift",
  enabled: true,
  match: {
    modes: ["KI_PROXY_SWSIM"],
    carriers: ["310410", "262"],
    regions: ["north"],
    clientPrefix: "van-",
    window: { days: [1, 5], start: "22:00", end: "04:00", timeZone: "Europe/Vienna" },
  },
  choose: { banks: [2, 1], regions: ["lab"], carriers: ["310"], poolId: "kp_0011223344556677" },
  strategy: "round-robin",
  remap: false,
});

describe("a policy and its form", () => {
  it("hold the same", () => {
    expect(policyOf(draftOf(full))).toEqual(full);
  });

  it("leave out what nobody typed", () => {
    const sent = policyOf(freshPolicy("k", " Everybody "));
    expect(sent).toEqual({ name: "Everybody", enabled: true, match: {}, choose: {}, strategy: "sticky", remap: true });
  });

  it("take networks and regions as people write them", () => {
    const sent = policyOf({ ...freshPolicy("k", "x"), carriers: "310/410; 310", regions: " north  south,north" });
    expect(sent.match).toEqual({ carriers: ["310410", "310"], regions: ["north", "south"] });
  });
});

describe("moved", () => {
  it("moves one up or down", () => {
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  });

  it("leaves the list alone at its ends", () => {
    const list = ["a", "b"];
    expect(moved(list, 0, -1)).toBe(list);
    expect(moved(list, 1, 2)).toBe(list);
    expect(moved(list, 1, 1)).toBe(list);
  });
});
