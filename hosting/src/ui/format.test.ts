import { describe, expect, it } from "vitest";
import { age, number, percent, rate, span, stopwatch } from "./format.ts";

describe("figures", () => {
  it.each([
    [0, 0, "0"],
    [1234, 0, "1234"],
    [12345, 0, "12\u202f345"],
    [1234567.89, 1, "1\u202f234\u202f567.9"],
    [-5, 0, "−5"],
    [-0.01, 0, "0"],
  ])("writes %d with %d decimals as %s", (value, decimals, text) => {
    expect(number(value, decimals)).toBe(text);
  });

  it("gives small percentages a decimal and zero none", () => {
    expect([percent(0), percent(3.14), percent(42.4)]).toEqual(["0 %", "3.1 %", "42 %"]);
  });

  it.each([
    [0, "0 bit/s"],
    [999, "999 bit/s"],
    [1500, "1.5 kbit/s"],
    [48_200_000, "48 Mbit/s"],
    [2_340_000_000, "2.3 Gbit/s"],
  ])("writes %d bit/s as %s", (value, text) => {
    expect(rate(value)).toBe(text);
  });
});

describe("time", () => {
  it.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [61_000, "1 min"],
    [7_500_000, "2 h 5 min"],
    [7_200_000, "2 h"],
    [100_800_000, "1 d 4 h"],
    [1_000_000_000, "11 d"],
  ])("a span of %d ms is %s", (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  it("calls a second either way now, and knows the future", () => {
    const at = new Date(100_000);
    expect([age(at, 100_900), age(at, 99_200), age(at, 112_000), age(at, 40_000)]).toEqual([
      "now",
      "now",
      "12 s ago",
      "in 1 min",
    ]);
  });

  it("runs a stopwatch past the hour", () => {
    expect([stopwatch(7000), stopwatch(271_000), stopwatch(3_729_000)]).toEqual(["0:07", "4:31", "1:02:09"]);
  });
});
