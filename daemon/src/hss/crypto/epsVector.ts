import type { AkaAlgorithm } from "./akaAlgorithm.ts";
import { kasme } from "./kasme.ts";

/** Bit 0 of AMF, set in every vector for E-UTRAN (TS 33.401 6.1.2, TS 33.102 annex H). */
export const SEPARATION_BIT = 0x8000;

/** What one E-UTRAN-Vector of an AIA holds (TS 29.272 7.3.18). */
export type EpsVector = {
  /** 16 bytes. */
  rand: Uint8Array;
  /** 8 bytes with MILENAGE. */
  xres: Buffer;
  /** (SQN xor AK) || AMF || MAC-A, 16 bytes. */
  autn: Buffer;
  /** 32 bytes. */
  kasme: Buffer;
};

/**
 * One EPS authentication vector (TS 33.401 6.1.2).
 * @param rand 16 unpredictable bytes
 * @param sqn 6 bytes, never used before for this subscriber
 * @param amf 16 bit; sent with the separation bit set, whatever it has
 * @param visitedPlmn the serving network, 3 bytes as in Visited-PLMN-Id
 * @throws RangeError naming the field of a wrong length.
 */
export function epsVector(
  algorithm: AkaAlgorithm,
  rand: Uint8Array,
  sqn: Uint8Array,
  amf: number,
  visitedPlmn: Uint8Array,
): EpsVector {
  const sent = amf | SEPARATION_BIT;
  const { macA, res, ck, ik, ak } = algorithm.vector(rand, sqn, sent);
  const autn = Buffer.allocUnsafe(16);
  for (let i = 0; i < 6; i++) autn[i] = (sqn[i] as number) ^ (ak[i] as number);
  autn.writeUInt16BE(sent, 6);
  autn.set(macA, 8);
  const key = kasme(ck, ik, visitedPlmn, autn.subarray(0, 6));
  // EPS hands out KASME only; CK and IK stay here.
  ck.fill(0);
  ik.fill(0);
  return { rand, xres: res, autn, kasme: key };
}
