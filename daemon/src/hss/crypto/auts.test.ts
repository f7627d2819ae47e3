import { describe, expect, test } from "vitest";
import { autsOf, verifyAuts } from "./auts.ts";
import { milenage } from "./milenage.ts";
import { tuak } from "./tuak.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");

describe.each([
  ["MILENAGE", milenage(Buffer.alloc(16, 1), Buffer.alloc(16, 2))],
  ["TUAK", tuak(Buffer.alloc(32, 1), Buffer.alloc(32, 2))],
])("AUTS with %s", (_, algorithm) => {
  const rand = Buffer.alloc(16, 3);
  const sqnMs = bytes("0123456789ab");
  const auts = autsOf(algorithm, rand, sqnMs);

  test("conceals SQN_MS and gives it back", () => {
    expect(auts).toHaveLength(14);
    expect(auts.subarray(0, 6)).not.toEqual(sqnMs);
    expect(verifyAuts(algorithm, rand, auts)).toEqual(sqnMs);
  });

  test("is refused with any bit turned", () => {
    for (let bit = 0; bit < 14 * 8; bit++) {
      const forged = Buffer.from(auts);
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verifyAuts(algorithm, rand, forged)).toBeUndefined();
    }
  });

  test("is refused for another RAND", () => {
    expect(verifyAuts(algorithm, Buffer.alloc(16, 4), auts)).toBeUndefined();
  });

  test("is refused with a MAC-S over another AMF than 0000", () => {
    const forged = Buffer.concat([auts.subarray(0, 6), algorithm.macS(rand, sqnMs, 0x8000)]);
    expect(verifyAuts(algorithm, rand, forged)).toBeUndefined();
  });

  test("of a wrong length is named", () => {
    expect(() => verifyAuts(algorithm, rand, auts.subarray(1))).toThrow(/^AUTS /);
    expect(() => verifyAuts(algorithm, rand.subarray(1), auts)).toThrow(/^RAND /);
  });
});

test("AUTS made with the numbers of TS 35.208 set 1 and AMF 0000 is the one other implementations make", () => {
  const algorithm = milenage(bytes("465b5ce8b199b49faa5f0a2ee238a6bc"), bytes("cd63cb71954a9f4e48a5994e37a02baf"));
  const rand = bytes("23553cbe9637a89d218ae64dae47bf35");
  expect(autsOf(algorithm, rand, bytes("ff9bb4d0b607")).toString("hex")).toBe("ba853f3c123ccf44e93596e355c6");
});
