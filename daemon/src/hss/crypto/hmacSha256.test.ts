import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hmacSha256 } from "./hmacSha256.ts";
import { seededBytes } from "./seededBytes.fixture.ts";

describe("hmacSha256", () => {
  test.each([
    [
      "1",
      "0b".repeat(20),
      Buffer.from("Hi There").toString("hex"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "2",
      Buffer.from("Jefe").toString("hex"),
      Buffer.from("what do ya want for nothing?").toString("hex"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    ["3", "aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
  ])("makes what RFC 4231 publishes, case %s", (_, key, text, mac) => {
    expect(hmacSha256(Buffer.from(key, "hex"), Buffer.from(text, "hex")).toString("hex")).toBe(mac);
  });

  test("agrees with node:crypto on keys and texts of any length it takes", () => {
    const random = seededBytes(3);
    for (let keyLength = 0; keyLength <= 64; keyLength++) {
      for (let textLength = 0; textLength <= 55; textLength++) {
        const key = random(keyLength);
        const text = random(textLength);
        const theirs = createHmac("sha256", key).update(text).digest();
        expect(hmacSha256(key, text).equals(theirs), `${keyLength} and ${textLength} bytes`).toBe(true);
      }
    }
  });

  test("says what is too long", () => {
    expect(() => hmacSha256(Buffer.alloc(65), Buffer.alloc(0))).toThrow(
      new RangeError("the key has 65 bytes, more than 64"),
    );
    expect(() => hmacSha256(Buffer.alloc(32), Buffer.alloc(56))).toThrow(/^the text has 56 bytes/);
  });
});
