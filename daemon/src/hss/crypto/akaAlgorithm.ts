/** What f1 to f5 give for one challenge (TS 33.102 6.3.2). */
export type AkaVector = {
  /** 8 bytes. */
  macA: Buffer;
  /** 8 bytes with MILENAGE; 4, 8, 16 or 32 with TUAK. */
  res: Buffer;
  /** 16 bytes; 32 when TUAK is set up so. */
  ck: Buffer;
  ik: Buffer;
  /** 6 bytes. */
  ak: Buffer;
};

/**
 * The functions f1 to f5, f1* and f5* bound to one subscriber's keys. Making one costs the key schedule, so an AIR for
 * several vectors makes one and uses it for all of them.
 */
export type AkaAlgorithm = {
  /** f1 to f5 for RAND (16 bytes), SQN (6 bytes) and AMF (16 bit). */
  vector(rand: Uint8Array, sqn: Uint8Array, amf: number): AkaVector;
  /** AK* = f5*(RAND), 6 bytes: conceals SQN_MS in AUTS. */
  resync(rand: Uint8Array): Buffer;
  /** MAC-S = f1*(SQN, RAND, AMF), 8 bytes. AMF is 0000 in AUTS (TS 33.102 6.3.3), which is the default. */
  macS(rand: Uint8Array, sqn: Uint8Array, amf?: number): Buffer;
};

/** @throws RangeError naming the field when it hasn't the length the algorithm needs. */
export function requireLength(field: string, value: Uint8Array, ...lengths: number[]): void {
  if (!lengths.includes(value.length)) {
    throw new RangeError(`${field} has ${value.length} bytes, needs ${lengths.join(" or ")}`);
  }
}

/** @throws RangeError unless AMF fits its 16 bits. */
export function requireAmf(amf: number): void {
  if (!Number.isInteger(amf) || amf < 0 || amf > 0xffff) throw new RangeError(`AMF ${amf} is not a 16-bit number`);
}
