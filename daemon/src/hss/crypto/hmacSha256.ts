// HMAC-SHA-256 (RFC 2104, FIPS 180-4) of a short text in plain JavaScript. An Hmac of node:crypto leaves two native objects
// to the collector and a one-shot hash a block of memory outside the heap, each of which it frees one by one while all
// requests wait; and for so little text the way there and back takes longer than the work. No look-up here depends on a secret.

const BLOCK = 64;
const DIGEST = 32;
/** What one block has room for beside the padding. */
const LONGEST_TEXT = 55;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** FIPS 180-4 4.2.2 and 5.3.3: of the first primes' cube roots, and square roots, the first 32 bits behind the point. */
const CONSTANTS = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

// One of each for all: nothing here awaits. They are filled with zeros after use.
const schedule = new Int32Array(64);
const state = new Int32Array(8);
const block = new Uint8Array(BLOCK);

/**
 * @param key at most 64 bytes
 * @param text at most 55 bytes
 * @returns 32 bytes
 * @throws RangeError naming what is too long.
 */
export function hmacSha256(key: Uint8Array, text: Uint8Array): Buffer {
  if (key.length > BLOCK) throw new RangeError(`the key has ${key.length} bytes, more than ${BLOCK}`);
  if (text.length > LONGEST_TEXT) throw new RangeError(`the text has ${text.length} bytes, more than ${LONGEST_TEXT}`);
  const mac = Buffer.allocUnsafe(DIGEST);
  hashPadded(key, INNER_PAD, text, mac);
  hashPadded(key, OUTER_PAD, mac, mac);
  schedule.fill(0);
  state.fill(0);
  block.fill(0);
  return mac;
}

/** H((key xor pad) || text). */
function hashPadded(key: Uint8Array, pad: number, text: Uint8Array, into: Buffer): void {
  state.set(START);
  block.fill(pad);
  for (let i = 0; i < key.length; i++) block[i] = (key[i] as number) ^ pad;
  compress();
  block.fill(0);
  block.set(text);
  block[text.length] = 0x80;
  const bits = (BLOCK + text.length) * 8;
  block[BLOCK - 2] = bits >>> 8;
  block[BLOCK - 1] = bits;
  compress();
  for (let i = 0; i < 8; i++) into.writeInt32BE(state[i] as number, 4 * i);
}

/** FIPS 180-4 6.2.2, of `block`. */
function compress(): void {
  expand();
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < 64; t++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const chosen = (e & f) ^ (~e & g);
    const first = (h + sum1 + chosen + (CONSTANTS[t] as number) + (schedule[t] as number)) | 0;
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

function expand(): void {
  for (let t = 0; t < 16; t++) {
    const at = 4 * t;
    schedule[t] =
      ((block[at] as number) << 24) |
      ((block[at + 1] as number) << 16) |
      ((block[at + 2] as number) << 8) |
      (block[at + 3] as number);
  }
  for (let t = 16; t < 64; t++) {
    const x = schedule[t - 15] as number;
    const y = schedule[t - 2] as number;
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[t] = (schedule[t - 16] as number) + low + (schedule[t - 7] as number) + high;
  }
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}
