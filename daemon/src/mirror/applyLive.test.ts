import { describe, expect, it } from "vitest";
import { plmnOctets, plmnOfOctets } from "./applyLive.ts";
import { maskedImsi, maskedPath } from "./logs.ts";

describe("plmnOctets", () => {
  it.each([
    [{ mcc: "001", mnc: "01" }, "00f110"],
    [{ mcc: "999", mnc: "70" }, "99f907"],
    [{ mcc: "310", mnc: "410" }, "130014"],
  ])("writes %j as %s, and reads it", (plmn, octets) => {
    expect(plmnOctets(plmn)).toBe(octets);
    expect(plmnOfOctets(octets)).toEqual(plmn);
  });
  it("reads no network from other octets", () => {
    expect([plmnOfOctets("ffffff"), plmnOfOctets("00"), plmnOfOctets("")]).toEqual([undefined, undefined, undefined]);
  });
});

describe("maskedImsi", () => {
  it("leaves the network and the last two digits", () => {
    expect(["001010000000042", "001010", "12345678"].map(maskedImsi)).toEqual([
      "00101********42",
      "******",
      "12345*78",
    ]);
    expect(maskedPath("tenants/tenant_a/subscribers/001010000000042/equipment/352000010000001")).toBe(
      "tenants/tenant_a/subscribers/00101********42/equipment/35200********01",
    );
  });
});
