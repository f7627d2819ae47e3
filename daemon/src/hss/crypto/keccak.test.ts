import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { keccakF1600 } from "./keccak.ts";
import { seededBytes } from "./seededBytes.fixture.ts";

const RATE = 136;

/** SHA3-256 (FIPS 202 6.1) on our permutation, to be held against Node's own. */
function sha3(message: Uint8Array): string {
  const state = new Int32Array(50);
  const bytes = Buffer.from(state.buffer);
  const padded = Buffer.alloc(Math.ceil((message.length + 1) / RATE) * RATE);
  padded.set(message);
  padded[message.length] = 0x06;
  padded[padded.length - 1] = (padded[padded.length - 1] as number) | 0x80;
  for (let at = 0; at < padded.length; at += RATE) {
    for (let i = 0; i < RATE; i++) bytes[i] = (bytes[i] as number) ^ (padded[at + i] as number);
    keccakF1600(state);
  }
  return bytes.subarray(0, 32).toString("hex");
}

describe("keccakF1600", () => {
  test("makes SHA3-256 as Node does for messages of every length up to three blocks", () => {
    const random = seededBytes(1);
    for (let length = 0; length <= 3 * RATE; length++) {
      const message = random(length);
      expect(sha3(message)).toBe(createHash("sha3-256").update(message).digest("hex"));
    }
  });

  test("permutes the zero state to the published lanes", () => {
    const state = new Int32Array(50);
    keccakF1600(state);
    expect(Buffer.from(state.buffer).subarray(0, 16).toString("hex")).toBe("e7dde140798f25f18a47c033f9ccd584");
  });
});
