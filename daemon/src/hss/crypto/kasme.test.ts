import { describe, expect, test } from "vitest";
import { kasme } from "./kasme.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const ck = bytes("b40ba9a3c58b2a05bbf0d987b21bf8cb");
const ik = bytes("f769bcd751044604127672711c6d3441");
const plmn = bytes("024830");
const sqn = bytes("fd8eef40df7d");
const ak = bytes("aa689c648370");
const sqnXorAk = sqn.map((byte, i) => byte ^ (ak[i] as number));

describe("kasme", () => {
  test("is the published one for the keys of TS 35.208 set 1", () => {
    expect(kasme(ck, ik, plmn, sqnXorAk).toString("hex")).toBe(
      "238e457e0f758badbca8d34bb2612c10428d426757cb5553b2b184fa64bfc549",
    );
  });

  test("differs by serving network and by SQN", () => {
    const first = kasme(ck, ik, plmn, sqnXorAk);
    expect(kasme(ck, ik, bytes("00f110"), sqnXorAk)).not.toEqual(first);
    expect(kasme(ck, ik, plmn, sqn)).not.toEqual(first);
  });

  test.each([
    ["CK", () => kasme(ck.subarray(1), ik, plmn, sqn)],
    ["IK", () => kasme(ck, ik.subarray(1), plmn, sqn)],
    ["PLMN", () => kasme(ck, ik, bytes("00101"), sqn)],
    ["SQN xor AK", () => kasme(ck, ik, plmn, sqn.subarray(1))],
  ])("names a bad %s", (field, act) => {
    expect(act).toThrow(new RegExp(`^${field} `));
  });
});
