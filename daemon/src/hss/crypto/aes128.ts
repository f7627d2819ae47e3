// AES-128 of single blocks (FIPS 197) in plain JavaScript, for what MILENAGE asks: few blocks under a key that is used once.
//
// node:crypto needs two native objects for that, a key and a cipher, and the collector frees such objects one by one while
// everything waits: at 21,000 AIRs a second it stood still for 20 ms three times a second, which was what the slowest
// answers waited for. This leaves nothing to collect, and takes a third of the time.
//
// The price: the tables are looked up at places that depend on the key, so whoever shares the processor's caches could
// learn of K from the times. The daemon runs on a machine of its own, next to nobody who is not trusted with the keys
// anyway; over the network such differences of nanoseconds drown in those of the socket.

const ROUNDS = 10;
const WORDS = 4 * (ROUNDS + 1);
export const BLOCK = 16;

const { sbox, t0, t1, t2, t3 } = tables();

/** Of the key that was used last: requests take turns, and each makes its vectors in one go. */
const schedule = new Int32Array(WORDS);
let scheduled: Aes128 | undefined;

/** Forgets what the keys used so far left behind here. */
export function wipeSchedule(): void {
  schedule.fill(0);
  scheduled = undefined;
}

/** AES-128 under one key, which is kept by reference: it must not change before the last use. */
export class Aes128 {
  readonly #key: Uint8Array;

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Encrypts whole blocks where they lie, each for itself. */
  encrypt(blocks: Uint8Array): void {
    if (scheduled !== this) {
      expand(this.#key);
      scheduled = this;
    }
    for (let at = 0; at < blocks.length; at += BLOCK) encryptBlock(blocks, at);
  }
}

/** FIPS 197 5.2. */
function expand(key: Uint8Array): void {
  for (let i = 0; i < 4; i++) schedule[i] = word(key, 4 * i);
  let constant = 1;
  for (let i = 4; i < WORDS; i++) {
    let next = schedule[i - 1] as number;
    if (i % 4 === 0) {
      next = substituted((next << 8) | (next >>> 24)) ^ (constant << 24);
      constant = doubled(constant);
    }
    schedule[i] = (schedule[i - 4] as number) ^ next;
  }
}

/** FIPS 197 5.1, a column of SubBytes, ShiftRows and MixColumns by four look-ups. */
function encryptBlock(block: Uint8Array, at: number): void {
  let a = word(block, at) ^ (schedule[0] as number);
  let b = word(block, at + 4) ^ (schedule[1] as number);
  let c = word(block, at + 8) ^ (schedule[2] as number);
  let d = word(block, at + 12) ^ (schedule[3] as number);
  for (let round = 4; round < 4 * ROUNDS; round += 4) {
    const e = mixed(a, b, c, d) ^ (schedule[round] as number);
    const f = mixed(b, c, d, a) ^ (schedule[round + 1] as number);
    const g = mixed(c, d, a, b) ^ (schedule[round + 2] as number);
    d = mixed(d, a, b, c) ^ (schedule[round + 3] as number);
    a = e;
    b = f;
    c = g;
  }
  putWord(block, at, shifted(a, b, c, d) ^ (schedule[WORDS - 4] as number));
  putWord(block, at + 4, shifted(b, c, d, a) ^ (schedule[WORDS - 3] as number));
  putWord(block, at + 8, shifted(c, d, a, b) ^ (schedule[WORDS - 2] as number));
  putWord(block, at + 12, shifted(d, a, b, c) ^ (schedule[WORDS - 1] as number));
}

function mixed(a: number, b: number, c: number, d: number): number {
  return (
    (t0[a >>> 24] as number) ^
    (t1[(b >>> 16) & 255] as number) ^
    (t2[(c >>> 8) & 255] as number) ^
    (t3[d & 255] as number)
  );
}

/** The last round mixes no columns. */
function shifted(a: number, b: number, c: number, d: number): number {
  return (
    ((sbox[a >>> 24] as number) << 24) |
    ((sbox[(b >>> 16) & 255] as number) << 16) |
    ((sbox[(c >>> 8) & 255] as number) << 8) |
    (sbox[d & 255] as number)
  );
}

function substituted(value: number): number {
  return shifted(value, value, value, value);
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Times x in GF(2^8) (FIPS 197 4.2.1). */
function doubled(value: number): number {
  return (value << 1) ^ (value & 0x80 ? 0x11b : 0);
}

/** The S-box (FIPS 197 5.1.1), and what it and MixColumns make of each byte of a column. */
function tables() {
  const made = {
    sbox: new Uint8Array(256),
    t0: new Int32Array(256),
    t1: new Int32Array(256),
    t2: new Int32Array(256),
    t3: new Int32Array(256),
  };
  // `value` runs through the powers of 3, which are all bytes but 0, and `inverse` through those of 1/3.
  let value = 1;
  let inverse = 1;
  do {
    value = value ^ doubled(value);
    inverse ^= inverse << 1;
    inverse ^= inverse << 2;
    inverse ^= inverse << 4;
    inverse &= 255;
    if (inverse & 0x80) inverse ^= 0x09;
    const spread = inverse * 0x101;
    const turned = (spread >>> 7) ^ (spread >>> 6) ^ (spread >>> 5) ^ (spread >>> 4);
    made.sbox[value] = inverse ^ turned ^ 0x63;
  } while (value !== 1);
  made.sbox[0] = 0x63;
  for (let i = 0; i < 256; i++) {
    const s = made.sbox[i] as number;
    const column = (doubled(s) << 24) | (s << 16) | (s << 8) | (doubled(s) ^ s);
    made.t0[i] = column;
    made.t1[i] = (column >>> 8) | (column << 24);
    made.t2[i] = (column >>> 16) | (column << 16);
    made.t3[i] = (column >>> 24) | (column << 8);
  }
  return made;
}
