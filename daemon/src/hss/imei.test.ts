import { expect, test } from "vitest";
import { sameEquipment, withCheckDigit } from "./imei.ts";

test.each([["35693803564380"], ["356938035643800"], ["3569380356438001"]])("the check digit of %s", (imei) => {
  expect(withCheckDigit(imei)).toBe("356938035643809");
  expect(sameEquipment(imei, "356938035643809")).toBe(true);
});
