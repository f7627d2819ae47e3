import { expect, test } from "vitest";
import { tbcd } from "./tbcd.ts";

test.each([
  ["", ""],
  ["1", "f1"],
  ["12", "21"],
  ["4915112345678", "945111325476f8"],
])("TBCD of %j", (digits, hex) => {
  expect(tbcd(digits).toString("hex")).toBe(hex);
});
