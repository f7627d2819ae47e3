import { expect, it } from "vitest";
import { differences, optionsOf, valuesOf } from "./configuration.ts";

it("says what a version adds, changes and takes away", () => {
  expect(differences({ apn: "a", atr: "3b", log: "1" }, { apn: "b", log: "1", zone: "x" })).toEqual([
    { name: "apn", from: "a", to: "b" },
    { name: "atr", from: "3b", to: undefined },
    { name: "zone", from: undefined, to: "x" },
  ]);
  expect(differences({ a: "1" }, { a: "1" })).toEqual([]);
});

it("makes values of rows, and rows of values", () => {
  expect(
    valuesOf([
      { name: " apn ", value: "x" },
      { name: "", value: "" },
    ]),
  ).toEqual({ apn: "x" });
  expect(optionsOf({ b: "2", a: "1" })).toEqual([
    { name: "a", value: "1" },
    { name: "b", value: "2" },
  ]);
});

it("refuses a name that is there twice", () => {
  expect(() =>
    valuesOf([
      { name: "apn", value: "x" },
      { name: "apn ", value: "y" },
    ]),
  ).toThrow("apn is there twice.");
});
