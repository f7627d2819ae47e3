import { type Cipheriv, createCipheriv, timingSafeEqual } from "node:crypto";

const BLOCK = 16;
const IV = 12;
/** x^128 + x^7 + x^2 + x + 1 with its bits in GCM's order (SP 800-38D 6.3). */
const POLYNOMIAL = 0xe1000000;

/** What four bits that leave an element, multiplied by x^4, bring back into its first word. */
const RETURNED = Int32Array.from({ length: 16 }, (_, bits) => {
  const element = new Int32Array([0, 0, 0, bits]);
  for (let n = 0; n < 4; n++) timesX(element);
  return element[0] as number;
});

/**
 * Opens what AES-256-GCM sealed under one key (SP 800-38D), over and over. Node can only do it with an object per text, and the
 * collector frees such objects one by one while everything waits; here one cipher stays and makes the blocks, and the rest
 * is plain arithmetic. Its look-ups depend on the key's hash, but only who shares the processor's caches could see them.
 */
export class GcmKey {
  readonly #cipher: Cipheriv;
  /** H times each element of four bits (SP 800-38D 6.3), four words each. */
  readonly #products = new Int32Array(64);
  /** GHASH so far. */
  readonly #hash = new Int32Array(4);
  readonly #block = Buffer.alloc(BLOCK);

  /** @param key 32 bytes; @throws RangeError for another length. */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv("aes-256-ecb", key, null);
    const h = this.#cipher.update(Buffer.alloc(BLOCK));
    const power = new Int32Array([h.readInt32BE(0), h.readInt32BE(4), h.readInt32BE(8), h.readInt32BE(12)]);
    for (let bit = 8; bit > 0; bit >>= 1) {
      for (let n = 0; n < 16; n++) if (n & bit) for (let i = 0; i < 4; i++) this.#add(n, i, power[i] as number);
      timesX(power);
    }
  }

  /**
   * @param iv 12 bytes
   * @param tag 16 bytes
   * @returns the text: the caller wipes it.
   * @throws Error unless exactly this was sealed under the key.
   */
  open(iv: Uint8Array, bound: Uint8Array, sealed: Uint8Array, tag: Uint8Array): Buffer {
    if (iv.length !== IV || tag.length !== BLOCK) throw new RangeError("an IV has 12 bytes, and a tag 16");
    const stream = this.#cipher.update(counters(iv, 1 + Math.ceil(sealed.length / BLOCK)));
    this.#hash.fill(0);
    this.#take(bound);
    this.#take(sealed);
    this.#takeLengths(bound.length, sealed.length);
    const expected = this.#block;
    for (let i = 0; i < 4; i++) expected.writeInt32BE((this.#hash[i] as number) ^ stream.readInt32BE(4 * i), 4 * i);
    if (!timingSafeEqual(expected, tag)) throw new Error("what was sealed cannot be opened: another key, or altered");
    const text = stream.subarray(BLOCK, BLOCK + sealed.length);
    for (let i = 0; i < text.length; i++) text[i] = (text[i] as number) ^ (sealed[i] as number);
    return text;
  }

  #add(product: number, i: number, word: number): void {
    const at = 4 * product + i;
    this.#products[at] = (this.#products[at] as number) ^ word;
  }

  /** Bytes, filled up with zeros to whole blocks. */
  #take(bytes: Uint8Array): void {
    const block = this.#block;
    for (let at = 0; at < bytes.length; at += BLOCK) {
      for (let i = 0; i < BLOCK; i++) block[i] = at + i < bytes.length ? (bytes[at + i] as number) : 0;
      this.#takeBlock();
    }
  }

  #takeLengths(bound: number, sealed: number): void {
    this.#block.fill(0);
    this.#block.writeUInt32BE(bound * 8, 4);
    this.#block.writeUInt32BE(sealed * 8, 12);
    this.#takeBlock();
  }

  /** (hash + block) times H, four bits at a time from the end. */
  #takeBlock(): void {
    const hash = this.#hash;
    const block = this.#block;
    const products = this.#products;
    for (let i = 0; i < 4; i++) hash[i] = (hash[i] as number) ^ block.readInt32BE(4 * i);
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let nibble = 31; nibble >= 0; nibble--) {
      const bits = ((hash[nibble >> 3] as number) >>> (28 - 4 * (nibble & 7))) & 15;
      const returned = RETURNED[d & 15] as number;
      d = ((d >>> 4) | (c << 28)) ^ (products[4 * bits + 3] as number);
      c = ((c >>> 4) | (b << 28)) ^ (products[4 * bits + 2] as number);
      b = ((b >>> 4) | (a << 28)) ^ (products[4 * bits + 1] as number);
      a = (a >>> 4) ^ returned ^ (products[4 * bits] as number);
    }
    hash[0] = a;
    hash[1] = b;
    hash[2] = c;
    hash[3] = d;
  }
}

/** IV and a count from 1 on: the first block is for the tag, the others for the text. */
function counters(iv: Uint8Array, count: number): Buffer {
  const blocks = Buffer.allocUnsafe(count * BLOCK);
  for (let n = 0; n < count; n++) {
    blocks.set(iv, n * BLOCK);
    blocks.writeUInt32BE(n + 1, n * BLOCK + IV);
  }
  return blocks;
}

/** Times x, which is a shift to the right in GCM's order of bits, and the polynomial for a bit that leaves. */
function timesX(element: Int32Array): void {
  const leaves = (element[3] as number) & 1;
  for (let i = 3; i > 0; i--) element[i] = ((element[i] as number) >>> 1) | ((element[i - 1] as number) << 31);
  element[0] = ((element[0] as number) >>> 1) ^ (leaves ? POLYNOMIAL : 0);
}
