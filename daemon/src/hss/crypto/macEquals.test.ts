import { expect, test } from "vitest";
import { macEquals } from "./macEquals.ts";

test("macEquals compares every byte and the length", () => {
  const mac = Buffer.from("4a9ffac354dfafb3", "hex");
  expect(macEquals(mac, Buffer.from(mac))).toBe(true);
  for (let i = 0; i < mac.length; i++) {
    const other = Buffer.from(mac);
    other[i] = (other[i] as number) ^ 1;
    expect(macEquals(mac, other)).toBe(false);
  }
  expect(macEquals(mac, mac.subarray(0, 7))).toBe(false);
});
