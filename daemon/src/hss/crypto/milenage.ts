import { createCipheriv, createSecretKey } from "node:crypto";
import { type AkaAlgorithm, type AkaVector, requireAmf, requireLength } from "./akaAlgorithm.ts";

const BLOCK = 16;

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

type Encrypt = (blocks: Uint8Array) => Buffer;

/**
 * AES-128 of whole blocks. Never finished, so that one key schedule serves every block asked for; thus no padding either.
 * The key goes in as a KeyObject: Node takes 10 µs longer for one given as bytes.
 */
function kernel(k: Uint8Array): Encrypt {
  requireLength("K", k, BLOCK);
  const cipher = createCipheriv("aes-128-ecb", createSecretKey(k), null);
  return (blocks) => cipher.update(blocks);
}

function xorEachBlock(blocks: Buffer, mask: Uint8Array): Buffer {
  for (let i = 0; i < blocks.length; i++) blocks[i] = (blocks[i] as number) ^ (mask[i & 15] as number);
  return blocks;
}

function maskOp(encrypt: Encrypt, op: Uint8Array): Buffer {
  requireLength("OP", op, BLOCK);
  return xorEachBlock(encrypt(op), op);
}

/** OPc = OP xor E[OP]K (TS 35.206 4.1), 16 bytes. */
export function opcOf(k: Uint8Array, op: Uint8Array): Buffer {
  return maskOp(kernel(k), op);
}

/** TEMP = E[RAND xor OPc]K. */
function tempOf(encrypt: Encrypt, opc: Uint8Array, rand: Uint8Array): Buffer {
  requireLength("RAND", rand, BLOCK);
  const input = Buffer.allocUnsafe(BLOCK);
  for (let i = 0; i < BLOCK; i++) input[i] = (rand[i] as number) ^ (opc[i] as number);
  return encrypt(input);
}

/** Puts TEMP xor rot(IN1 xor OPc, r1) xor c1 at the start of `into`; IN1 = SQN || AMF || SQN || AMF. */
function putIn1(into: Buffer, temp: Uint8Array, opc: Uint8Array, sqn: Uint8Array, amf: number): void {
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
function putRotated(into: Buffer, at: number, temp: Uint8Array, opc: Uint8Array, r: number, c: number): void {
  for (let i = 0; i < BLOCK; i++) {
    const from = (i + r) & 15;
    into[at + i] = (temp[from] as number) ^ (opc[from] as number);
  }
  into[at + 15] = (into[at + 15] as number) ^ c;
}

class Milenage implements AkaAlgorithm {
  readonly #encrypt: Encrypt;
  readonly #opc: Uint8Array;

  constructor(encrypt: Encrypt, opc: Uint8Array) {
    requireLength("OPc", opc, BLOCK);
    this.#encrypt = encrypt;
    this.#opc = opc;
  }

  vector(rand: Uint8Array, sqn: Uint8Array, amf: number): AkaVector {
    const opc = this.#opc;
    const temp = tempOf(this.#encrypt, opc, rand);
    const blocks = Buffer.allocUnsafe(4 * BLOCK);
    putIn1(blocks, temp, opc, sqn, amf);
    putRotated(blocks, 16, temp, opc, R2, C2);
    putRotated(blocks, 32, temp, opc, R3, C3);
    putRotated(blocks, 48, temp, opc, R4, C4);
    const out = xorEachBlock(this.#encrypt(blocks), opc);
    return {
      macA: out.subarray(0, 8),
      ak: out.subarray(16, 22),
      res: out.subarray(24, 32),
      ck: out.subarray(32, 48),
      ik: out.subarray(48, 64),
    };
  }

  resync(rand: Uint8Array): Buffer {
    const block = Buffer.allocUnsafe(BLOCK);
    putRotated(block, 0, tempOf(this.#encrypt, this.#opc, rand), this.#opc, R5, C5);
    return xorEachBlock(this.#encrypt(block), this.#opc).subarray(0, 6);
  }

  macS(rand: Uint8Array, sqn: Uint8Array, amf = 0): Buffer {
    const block = Buffer.allocUnsafe(BLOCK);
    putIn1(block, tempOf(this.#encrypt, this.#opc, rand), this.#opc, sqn, amf);
    return xorEachBlock(this.#encrypt(block), this.#opc).subarray(8, 16);
  }
}

/**
 * The MILENAGE functions (TS 35.206) for one subscriber's K and OPc, 16 bytes each. OPc is kept by reference: don't
 * wipe it before the last use.
 * @throws RangeError naming the field of a wrong length.
 */
export function milenage(k: Uint8Array, opc: Uint8Array): AkaAlgorithm {
  return new Milenage(kernel(k), opc);
}

/** Like `milenage`, from OP: OPc is derived with the same key schedule. */
export function milenageFromOp(k: Uint8Array, op: Uint8Array): AkaAlgorithm {
  const encrypt = kernel(k);
  return new Milenage(encrypt, maskOp(encrypt, op));
}
