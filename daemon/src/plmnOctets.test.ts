import { expect, test } from "vitest";
import { plmnOctets, plmnOf } from "./plmnOctets.ts";

test.each([
  [{ mcc: "001", mnc: "01" }, "00f110"],
  [{ mcc: "999", mnc: "70" }, "99f907"],
  [{ mcc: "310", mnc: "410" }, "130014"],
])("writes %j as %s, and reads it", (plmn, octets) => {
  expect(plmnOctets(plmn).toString("hex")).toBe(octets);
  expect(plmnOf(Buffer.from(octets, "hex"))).toEqual(plmn);
});

test.each(["ffffff", "00", "", "00f11000", "0af110", "00e110"])("reads no network from %s", (octets) => {
  expect(plmnOf(Buffer.from(octets, "hex"))).toBeUndefined();
});

test("writes none that is no network", () => {
  expect(() => plmnOctets({ mcc: "1", mnc: "01" })).toThrow(RangeError);
});
