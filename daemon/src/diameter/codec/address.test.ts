import { expect, it } from "vitest";
import { addressBytes, addressText } from "./address.ts";

it.each([
  ["10.0.0.1", "00010a000001", "10.0.0.1"],
  ["::ffff:10.0.0.1", "00010a000001", "10.0.0.1"],
  ["::1", "000200000000000000000000000000000001", "::1"],
  ["fe80::1%eth0", "0002fe800000000000000000000000000001", "fe80::1"],
  ["1:2:3:4:5:6:7:8", "000200010002000300040005000600070008", "1:2:3:4:5:6:7:8"],
  ["1:0:0:4:0:0:0:8", "000200010000000000040000000000000008", "1:0:0:4::8"],
  ["10:0:0:40::80", "000200100000000000400000000000000080", "10:0:0:40::80"],
  ["64:ff9b::192.0.2.33", "00020064ff9b0000000000000000c0000221", "64:ff9b::c000:221"],
  ["2001:DB8::", "000220010db8000000000000000000000000", "2001:db8::"],
])("%s", (text, hex, back) => {
  expect(addressBytes(text).toString("hex")).toBe(hex);
  expect(addressText(Buffer.from(hex, "hex"))).toBe(back);
});

it("reads an E.164 address as its digits", () => {
  expect(addressText(Buffer.from("000831363137", "hex"))).toBe("1617");
});

it.each(["", "0001", "00010a0000", "00020a000001", "ffff0a000001"])("reads no address from %s", (hex) => {
  expect(addressText(Buffer.from(hex, "hex"))).toBeUndefined();
});

it.each(["", "10.0.0", "host.example", "1::2::3"])("refuses to write %s", (text) => {
  expect(() => addressBytes(text)).toThrow(RangeError);
});
