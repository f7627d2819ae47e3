import { Aes128, BLOCK } from "./aes128.ts";
import { type AkaAlgorithm, type AkaVector, requireAmf, requireLength } from "./akaAlgorithm.ts";

// TS 35.206 4.1: c1 to c5 differ from zero in their last byte only, and r1 to r5 are whole bytes here.
const C1 = 0x00;
const C2 = 0x01;
const C3 = 0x02;
const C4 = 0x04;
const C5 = 0x08;
const R1 = 8;
const R2 = 0;
const R3 = 4;
const R4 = 8;
const R5 = 12;

/** AES under K, of 16 bytes. */
function kernel(k: Uint8Array): Aes128 {
  requireLength("K", k, BLOCK);
  return new Aes128(k);
}

/** TEMP is not used beyond one call. */
const temp = Buffer.alloc(BLOCK);

function xorEachBlock(blocks: Buffer, mask: Uint8Array): Buffer {
  for (let i = 0; i < blocks.length; i++) blocks[i] = (blocks[i] as number) ^ (mask[i & 15] as number);
  return blocks;
}

function maskOp(aes: Aes128, op: Uint8Array): Buffer {
  requireLength("OP", op, BLOCK);
  const opc = Buffer.from(op);
  aes.encrypt(opc);
  return xorEachBlock(opc, op);
}

/** OPc = OP xor E[OP]K (TS 35.206 4.1), 16 bytes. */
export function opcOf(k: Uint8Array, op: Uint8Array): Buffer {
  return maskOp(kernel(k), op);
}

/** Puts E[RAND xor OPc]K into `temp`. */
function makeTemp(aes: Aes128, opc: Uint8Array, rand: Uint8Array): void {
  requireLength("RAND", rand, BLOCK);
  for (let i = 0; i < BLOCK; i++) temp[i] = (rand[i] as number) ^ (opc[i] as number);
  aes.encrypt(temp);
}

/** Puts TEMP xor rot(IN1 xor OPc, r1) xor c1 at the start of `into`; IN1 = SQN || AMF || SQN || AMF. */
function putIn1(into: Buffer, opc: Uint8Array, sqn: Uint8Array, amf: number): void {
  requireLength("SQN", sqn, 6);
  requireAmf(amf);
  for (let i = 0; i < BLOCK; i++) {
    const from = (i + R1) & 15;
    const at = from & 7;
    const in1 = at < 6 ? (sqn[at] as number) : at === 6 ? amf >> 8 : amf & 0xff;
    into[i] = (temp[i] as number) ^ in1 ^ (opc[from] as number);
  }
  into[15] = (into[15] as number) ^ C1;
}

/** Puts rot(TEMP xor OPc, r) xor c at `at`. */
function putRotated(into: Buffer, at: number, opc: Uint8Array, r: number, c: number): void {
  for (let i = 0; i < BLOCK; i++) {
    const from = (i + r) & 15;
    into[at + i] = (temp[from] as number) ^ (opc[from] as number);
  }
  into[at + 15] = (into[at + 15] as number) ^ c;
}

class Milenage implements AkaAlgorithm {
  readonly #aes: Aes128;
  readonly #opc: Uint8Array;

  constructor(aes: Aes128, opc: Uint8Array) {
    requireLength("OPc", opc, BLOCK);
    this.#aes = aes;
    this.#opc = opc;
  }

  vector(rand: Uint8Array, sqn: Uint8Array, amf: number): AkaVector {
    const opc = this.#opc;
    makeTemp(this.#aes, opc, rand);
    const blocks = Buffer.allocUnsafe(4 * BLOCK);
    putIn1(blocks, opc, sqn, amf);
    putRotated(blocks, 16, opc, R2, C2);
    putRotated(blocks, 32, opc, R3, C3);
    putRotated(blocks, 48, opc, R4, C4);
    const out = this.#out(blocks);
    return {
      macA: out.subarray(0, 8),
      ak: out.subarray(16, 22),
      res: out.subarray(24, 32),
      ck: out.subarray(32, 48),
      ik: out.subarray(48, 64),
    };
  }

  resync(rand: Uint8Array): Buffer {
    makeTemp(this.#aes, this.#opc, rand);
    const block = Buffer.allocUnsafe(BLOCK);
    putRotated(block, 0, this.#opc, R5, C5);
    return this.#out(block).subarray(0, 6);
  }

  macS(rand: Uint8Array, sqn: Uint8Array, amf = 0): Buffer {
    makeTemp(this.#aes, this.#opc, rand);
    const block = Buffer.allocUnsafe(BLOCK);
    putIn1(block, this.#opc, sqn, amf);
    return this.#out(block).subarray(8, 16);
  }

  /** OUTn = E[...]K xor OPc, in place. */
  #out(blocks: Buffer): Buffer {
    this.#aes.encrypt(blocks);
    return xorEachBlock(blocks, this.#opc);
  }
}

/**
 * The MILENAGE functions (TS 35.206) for one subscriber's K and OPc, 16 bytes each. Both are kept by reference: don't
 * wipe them before the last use.
 * @throws RangeError naming the field of a wrong length.
 */
export function milenage(k: Uint8Array, opc: Uint8Array): AkaAlgorithm {
  return new Milenage(kernel(k), opc);
}

/** Like `milenage`, from OP: OPc is derived with the same key schedule. */
export function milenageFromOp(k: Uint8Array, op: Uint8Array): AkaAlgorithm {
  const aes = kernel(k);
  return new Milenage(aes, maskOp(aes, op));
}
