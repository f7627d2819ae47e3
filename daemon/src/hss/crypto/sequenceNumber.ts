import { requireLength } from "./akaAlgorithm.ts";

// SQN = SEQ (43 bits) || IND (5 bits), TS 33.102 C.1.1.1 and C.3.2.
const IND_VALUES = 32;

export const MAX_IND = IND_VALUES - 1;
export const MAX_SEQ = 2 ** 43 - 1;
/** Δ: how far a USIM lets SEQ jump (TS 33.102 C.2.1, value of C.3.2). */
export const MAX_JUMP = 2 ** 28;

/** SQN as 6 bytes. All 48 bits fit a number exactly. */
export function sqnOf(seq: number, ind: number): Buffer {
  const sqn = Buffer.allocUnsafe(6);
  sqn.writeUIntBE(seq * IND_VALUES + ind, 0, 6);
  return sqn;
}

function numberOf(sqn: Uint8Array): number {
  requireLength("SQN", sqn, 6);
  return Buffer.from(sqn.buffer, sqn.byteOffset, 6).readUIntBE(0, 6);
}

export function seqOf(sqn: Uint8Array): number {
  return Math.floor(numberOf(sqn) / IND_VALUES);
}

export function indOf(sqn: Uint8Array): number {
  return numberOf(sqn) % IND_VALUES;
}

/** Whether a USIM whose highest accepted SEQ is `seqMs` accepts any SQN with this SEQ (TS 33.102 C.2.1 and C.2.2). */
export function acceptableAfter(seqMs: number, seq: number): boolean {
  return seq > seqMs && seq - seqMs <= MAX_JUMP && seq <= MAX_SEQ;
}
