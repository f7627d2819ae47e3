import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Aes128, wipeSchedule } from "./aes128.ts";
import { seededBytes } from "./seededBytes.fixture.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");

function encrypted(aes: Aes128, blocks: Uint8Array): Buffer {
  const copy = Buffer.from(blocks);
  aes.encrypt(copy);
  return copy;
}

function nodes(key: Uint8Array, blocks: Uint8Array): Buffer {
  return createCipheriv("aes-128-ecb", key, null).update(blocks);
}

describe("Aes128", () => {
  test.each([
    [
      "FIPS 197 B",
      "2b7e151628aed2a6abf7158809cf4f3c",
      "3243f6a8885a308d313198a2e0370734",
      "3925841d02dc09fbdc118597196a0b32",
    ],
    [
      "FIPS 197 C.1",
      "000102030405060708090a0b0c0d0e0f",
      "00112233445566778899aabbccddeeff",
      "69c4e0d86a7b0430d8cdb78070b4c55a",
    ],
  ])("makes what is published in %s", (_, key, plain, cipher) => {
    expect(encrypted(new Aes128(bytes(key)), bytes(plain)).toString("hex")).toBe(cipher);
  });

  test("agrees with node:crypto on any key and any number of blocks", () => {
    const random = seededBytes(1);
    for (let n = 0; n < 2000; n++) {
      const key = random(16);
      const blocks = random(16 * (1 + (n % 5)));
      expect(encrypted(new Aes128(key), blocks).equals(nodes(key, blocks))).toBe(true);
    }
  });

  test("agrees on keys and blocks of equal bytes", () => {
    for (let n = 0; n < 256; n++) {
      const key = Buffer.alloc(16, n);
      const block = Buffer.alloc(16, 255 - n);
      expect(encrypted(new Aes128(key), block)).toEqual(nodes(key, block));
    }
  });

  test("keeps two that are used in turn apart, and works on after its schedule was wiped", () => {
    const random = seededBytes(2);
    const [first, second, block] = [random(16), random(16), random(16)];
    const a = new Aes128(first);
    const b = new Aes128(second);
    for (let n = 0; n < 3; n++) {
      expect(encrypted(a, block)).toEqual(nodes(first, block));
      expect(encrypted(b, block)).toEqual(nodes(second, block));
      wipeSchedule();
    }
    expect(encrypted(b, block)).toEqual(nodes(second, block));
  });

  test("leaves what lies around its blocks alone", () => {
    const around = Buffer.alloc(48, 7);
    new Aes128(Buffer.alloc(16, 1)).encrypt(around.subarray(16, 32));
    expect(around.subarray(0, 16)).toEqual(Buffer.alloc(16, 7));
    expect(around.subarray(16, 32)).toEqual(nodes(Buffer.alloc(16, 1), Buffer.alloc(16, 7)));
    expect(around.subarray(32)).toEqual(Buffer.alloc(16, 7));
  });
});
