import { describe, expect, it } from "vitest";
import { nextMark } from "./replay.ts";

const mark = { timestamp: 1000.5, nonces: ["a"] };

describe("nextMark", () => {
  it("moves to a newer timestamp and forgets older nonces", () => {
    expect(nextMark(mark, 1001, "a")).toEqual({ timestamp: 1001, nonces: ["a"] });
  });
  it("accepts another nonce with the same timestamp", () => {
    expect(nextMark(mark, 1000.5, "b")).toEqual({ timestamp: 1000.5, nonces: ["a", "b"] });
  });
  it("refuses the same nonce with the same timestamp", () => expect(nextMark(mark, 1000.5, "a")).toBeUndefined());
  it("refuses anything older", () => expect(nextMark(mark, 1000.4, "z")).toBeUndefined());
  it("bounds the nonces of one timestamp", () => {
    let current = { timestamp: 5, nonces: [] as string[] };
    for (let n = 0; n < 32; n++) current = nextMark(current, 5, `n${n}`) as typeof current;
    expect(nextMark(current, 5, "one more")).toBeUndefined();
  });
});
