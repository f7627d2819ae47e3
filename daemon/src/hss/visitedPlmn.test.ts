import { expect, test } from "vitest";
import { plmnOf } from "../plmnOctets.ts";

test.each([
  ["00f110", { mcc: "001", mnc: "01" }],
  ["024830", { mcc: "208", mnc: "034" }],
  ["130010", { mcc: "310", mnc: "010" }],
  ["00f1", undefined],
  ["00f11000", undefined],
  ["a0f110", undefined],
  ["00e110", undefined],
  ["00f1f0", undefined],
])("PLMN %s", (hex, plmn) => {
  expect(plmnOf(Buffer.from(hex, "hex"))).toEqual(plmn);
});
