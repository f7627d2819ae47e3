import { describe, expect, it } from "vitest";
import { octetsText, parseOctets, parseRate, rateText, readRates } from "./units.ts";

describe("rates", () => {
  it.each([
    ["50", 50_000_000],
    ["50 Mbit/s", 50_000_000],
    ["1,5 G", 1_500_000_000],
    ["512k", 512_000],
    ["9600 bit/s", 9600],
    ["1\u202f000 kbps", 1_000_000],
  ])("reads %s", (text, value) => expect(parseRate(text)).toBe(value));
  it.each(["", "fast", "-5", "5 MB", "1.2.3"])("takes %j for no rate", (text) => expect(parseRate(text)).toBeNaN());
  it.each([1000, 64_000, 1_234_567, 50_000_000, 4_294_967_295])("writes %d so that it reads back", (value) =>
    expect(parseRate(rateText(value))).toBe(value),
  );
  it("says which direction is wrong", () => {
    expect(() => readRates("burst.rates", { downlink: "5", uplink: "x" })).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ field: "burst.rates.uplink" })] }),
    );
  });
});

describe("volumes", () => {
  it.each([
    ["50", 50_000_000_000],
    ["800 MB", 800_000_000],
    ["1.5 TB", 1_500_000_000_000],
  ])("reads %s", (text, value) => expect(parseOctets(text)).toBe(value));
  it("writes what it reads", () => expect(parseOctets(octetsText(123_000_000))).toBe(123_000_000));
});
