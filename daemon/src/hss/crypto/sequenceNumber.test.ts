import { describe, expect, test } from "vitest";
import { acceptableAfter, indOf, MAX_JUMP, MAX_SEQ, seqOf, sqnOf } from "./sequenceNumber.ts";

describe("SQN", () => {
  test.each([
    [0, 0, "000000000000"],
    [1, 0, "000000000020"],
    [0, 31, "00000000001f"],
    [2 ** 32, 5, "002000000005"],
    [MAX_SEQ, 31, "ffffffffffff"],
  ])("holds SEQ %d and IND %d as %s", (seq, ind, hex) => {
    const sqn = sqnOf(seq, ind);
    expect(sqn.toString("hex")).toBe(hex);
    expect([seqOf(sqn), indOf(sqn)]).toEqual([seq, ind]);
  });

  test("is read from within a larger buffer", () => {
    const around = Buffer.concat([Buffer.alloc(3, 0xff), sqnOf(77, 7), Buffer.alloc(3, 0xff)]);
    expect([seqOf(around.subarray(3, 9)), indOf(around.subarray(3, 9))]).toEqual([77, 7]);
    expect(() => seqOf(around)).toThrow(/^SQN /);
  });

  test("is acceptable only above SEQ_MS, within the jump and within 43 bits", () => {
    expect(acceptableAfter(5, 5)).toBe(false);
    expect(acceptableAfter(5, 6)).toBe(true);
    expect(acceptableAfter(5, 5 + MAX_JUMP)).toBe(true);
    expect(acceptableAfter(5, 6 + MAX_JUMP)).toBe(false);
    expect(acceptableAfter(MAX_SEQ - 1, MAX_SEQ)).toBe(true);
    expect(acceptableAfter(MAX_SEQ, MAX_SEQ + 1)).toBe(false);
  });
});
