import { createCipheriv, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { GcmKey } from "./gcmKey.ts";

function sealed(key: Buffer, iv: Buffer, bound: Buffer, text: Buffer): { bytes: Buffer; tag: Buffer } {
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(bound);
  const bytes = Buffer.concat([cipher.update(text), cipher.final()]);
  return { bytes, tag: cipher.getAuthTag() };
}

const hex = (text: string) => Buffer.from(text, "hex");

describe("GcmKey", () => {
  it("opens the published case 16 of the specification of GCM", () => {
    const key = new GcmKey(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
    const text = key.open(
      hex("cafebabefacedbaddecaf888"),
      hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
      hex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
      ),
      hex("76fc6ece0f4e1768cddf8853bb2d551b"),
    );
    expect(text.toString("hex")).toBe(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
  });

  it("opens what node:crypto sealed, of any length, under any key", () => {
    for (let length = 0; length < 130; length++) {
      const bytes = randomBytes(32);
      const key = new GcmKey(bytes);
      for (const bound of [0, 1, 16, length, 45]) {
        const [iv, aad, text] = [randomBytes(12), randomBytes(bound), randomBytes(length)];
        const { bytes: box, tag } = sealed(bytes, iv, aad, text);
        expect(key.open(iv, aad, box, tag).equals(text), `${length} and ${bound} bytes`).toBe(true);
      }
    }
  });

  it("opens nothing of which a single bit was altered, and the true one after that", () => {
    const bytes = randomBytes(32);
    const key = new GcmKey(bytes);
    const [iv, bound, text] = [randomBytes(12), randomBytes(20), randomBytes(40)];
    const { bytes: box, tag } = sealed(bytes, iv, bound, text);
    for (const part of [iv, bound, box, tag]) {
      for (let bit = 0; bit < part.length * 8; bit++) {
        const at = bit >> 3;
        part[at] = (part[at] as number) ^ (1 << (bit & 7));
        expect(() => key.open(iv, bound, box, tag)).toThrow("cannot be opened");
        part[at] = (part[at] as number) ^ (1 << (bit & 7));
      }
    }
    expect(key.open(iv, bound, box, tag)).toEqual(text);
  });

  it("takes no key, IV or tag of another length", () => {
    expect(() => new GcmKey(randomBytes(16))).toThrow(RangeError);
    const key = new GcmKey(randomBytes(32));
    expect(() => key.open(randomBytes(16), randomBytes(0), randomBytes(4), randomBytes(16))).toThrow(RangeError);
    expect(() => key.open(randomBytes(12), randomBytes(0), randomBytes(4), randomBytes(12))).toThrow(RangeError);
  });
});
