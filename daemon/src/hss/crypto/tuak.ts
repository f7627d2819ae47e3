import { type AkaAlgorithm, type AkaVector, requireAmf, requireLength } from "./akaAlgorithm.ts";
import { keccakF1600 } from "./keccak.ts";

/** Lengths in bytes and number of permutations, chosen by the operator (TS 35.231 5.1). */
export type TuakProfile = {
  mac: 8 | 16 | 32;
  res: 4 | 8 | 16 | 32;
  ck: 16 | 32;
  ik: 16 | 32;
  iterations: number;
};

/** What AUTN and S6a have room for: MAC of 64 bits, CK and IK of 128; RES of 64 as with MILENAGE. */
export const epsTuakProfile: TuakProfile = { mac: 8, res: 8, ck: 16, ik: 16, iterations: 1 };

// INSTANCE (TS 35.231 6.1 to 6.5): the function in the two highest bits, a length in the next four, then CK, IK and K.
const F1 = 0x00;
const F1_STAR = 0x80;
const F2345 = 0x40;
const F5_STAR = 0xc0;
const CK_256 = 0x04;
const IK_256 = 0x02;
const K_256 = 0x01;

// Where the inputs lie in the state (TS 35.231 6.1), every one of them with its last byte first.
const INSTANCE_AT = 32;
const NAME_AT = 33;
const RAND_AT = 40;
const AMF_AT = 56;
const SQN_AT = 58;
const KEY_AT = 64;
const PADDING_AT = 96;
const PADDING_END_AT = 135;

const NAME = Buffer.from("TUAK1.0", "latin1");

// One state for all: nothing here awaits. It is filled with zeros after use, as it held K.
const lanes = new Int32Array(50);
const state = Buffer.from(lanes.buffer);

function put(at: number, value: Uint8Array): void {
  const last = at + value.length - 1;
  for (let i = 0; i < value.length; i++) state[last - i] = value[i] as number;
}

function take(at: number, length: number): Buffer {
  const out = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) out[i] = state[at + length - 1 - i] as number;
  return out;
}

function lengthBits(bytes: number): number {
  return bytes === 4 ? 0 : bytes;
}

/** Puts in what every function has: TOP or TOPc, INSTANCE, the name, K and the padding. The rest is zero already. */
function fill(top: Uint8Array, instance: number, k: Uint8Array): void {
  put(0, top);
  state[INSTANCE_AT] = instance | (k.length === 32 ? K_256 : 0);
  put(NAME_AT, NAME);
  put(KEY_AT, k);
  state[PADDING_AT] = 0x1f;
  state[PADDING_END_AT] = 0x80;
}

function permute(iterations: number): void {
  for (let i = 0; i < iterations; i++) keccakF1600(lanes);
}

function requireIterations(iterations: number): void {
  if (!Number.isInteger(iterations) || iterations < 1) {
    throw new RangeError(`iterations ${iterations} is not a positive integer`);
  }
}

/**
 * TOPc from TOP (32 bytes) and K (16 or 32 bytes), TS 35.231 6.1.
 * @throws RangeError naming the field of a wrong length.
 */
export function topcOf(k: Uint8Array, top: Uint8Array, iterations = epsTuakProfile.iterations): Buffer {
  requireLength("K", k, 16, 32);
  requireLength("TOP", top, 32);
  requireIterations(iterations);
  fill(top, 0, k);
  permute(iterations);
  const topc = take(0, 32);
  state.fill(0);
  return topc;
}

class Tuak implements AkaAlgorithm {
  readonly #k: Uint8Array;
  readonly #topc: Uint8Array;
  readonly #profile: TuakProfile;

  constructor(k: Uint8Array, topc: Uint8Array, profile: TuakProfile) {
    this.#k = k;
    this.#topc = topc;
    this.#profile = profile;
  }

  vector(rand: Uint8Array, sqn: Uint8Array, amf: number): AkaVector {
    const { res, ck, ik, iterations } = this.#profile;
    const macA = this.#mac(F1, rand, sqn, amf);
    fill(this.#topc, F2345 | lengthBits(res) | (ck === 32 ? CK_256 : 0) | (ik === 32 ? IK_256 : 0), this.#k);
    put(RAND_AT, rand);
    permute(iterations);
    const vector = { macA, res: take(0, res), ck: take(32, ck), ik: take(64, ik), ak: take(96, 6) };
    state.fill(0);
    return vector;
  }

  resync(rand: Uint8Array): Buffer {
    requireLength("RAND", rand, 16);
    fill(this.#topc, F5_STAR, this.#k);
    put(RAND_AT, rand);
    permute(this.#profile.iterations);
    const akStar = take(96, 6);
    state.fill(0);
    return akStar;
  }

  macS(rand: Uint8Array, sqn: Uint8Array, amf = 0): Buffer {
    return this.#mac(F1_STAR, rand, sqn, amf);
  }

  /** f1 and f1* (TS 35.231 6.2 and 6.3). */
  #mac(instance: number, rand: Uint8Array, sqn: Uint8Array, amf: number): Buffer {
    requireLength("RAND", rand, 16);
    requireLength("SQN", sqn, 6);
    requireAmf(amf);
    const { mac, iterations } = this.#profile;
    fill(this.#topc, instance | lengthBits(mac), this.#k);
    put(RAND_AT, rand);
    state[AMF_AT] = amf & 0xff;
    state[AMF_AT + 1] = amf >> 8;
    put(SQN_AT, sqn);
    permute(iterations);
    const out = take(0, mac);
    state.fill(0);
    return out;
  }
}

/**
 * The TUAK functions (TS 35.231) for one subscriber's K (16 or 32 bytes) and TOPc (32 bytes). Both are kept by
 * reference: don't wipe them before the last use.
 * @throws RangeError naming the field of a wrong length or value.
 */
export function tuak(k: Uint8Array, topc: Uint8Array, profile: TuakProfile = epsTuakProfile): AkaAlgorithm {
  requireLength("K", k, 16, 32);
  requireLength("TOPc", topc, 32);
  requireIterations(profile.iterations);
  return new Tuak(k, topc, profile);
}
