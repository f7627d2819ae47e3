import { describe, expect, test } from "vitest";
import { ENTRIES, LastTicks } from "./lastTicks.ts";
import { seededBytes } from "./seededBytes.fixture.ts";

describe("LastTicks", () => {
  test("tells IMSIs apart, also by the zeros they begin with", () => {
    const ticks = new LastTicks();
    const imsis = ["0", "00", "1", "10", "01", "000000000000000", "999999999999999", "001010000000001"];
    imsis.forEach((imsi, n) => {
      ticks.set(imsi, n);
    });
    expect(imsis.map((imsi) => ticks.get(imsi))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(ticks.size).toBe(imsis.length);
    expect(ticks.get("001010000000002")).toBeUndefined();
  });

  test("does what a Map does, whatever is set, forgotten and asked for", () => {
    const random = seededBytes(7);
    const ticks = new LastTicks();
    const map = new Map<string, number>();
    for (let n = 0; n < 100_000; n++) {
      const imsi = `00101${random(2).readUInt16BE()}`;
      const tick = n + (random(1)[0] as number);
      expect(ticks.get(imsi)).toBe(map.get(imsi));
      ticks.set(imsi, tick);
      map.set(imsi, tick);
      if (n % 10_000 !== 9_999) continue;
      ticks.forgetBelow(n - 5_000);
      for (const [each, last] of map) if (last < n - 5_000) map.delete(each);
      expect(ticks.size).toBe(map.size);
    }
    for (const [imsi, tick] of map) expect(ticks.get(imsi)).toBe(tick);
    ticks.clear();
    expect(ticks.size).toBe(0);
    for (const imsi of map.keys()) expect(ticks.get(imsi)).toBeUndefined();
  });

  test("holds so many and no more, and those all the same", () => {
    const ticks = new LastTicks();
    for (let n = 0; n < ENTRIES; n++) ticks.set(`${n}`, n);
    expect(() => ticks.set("001010000000001", 1)).toThrow(RangeError);
    for (let n = 0; n < ENTRIES; n++) expect(ticks.get(`${n}`)).toBe(n);
    ticks.set("7", 8);
    expect(ticks.get("7")).toBe(8);
  });

  test.each(["", "12a", "1234567890123456", "-1"])("takes no %j for an IMSI", (imsi) => {
    expect(() => new LastTicks().get(imsi)).toThrow("an IMSI has 1 to 15 digits");
    expect(() => new LastTicks().set(imsi, 1)).toThrow(RangeError);
  });
});
