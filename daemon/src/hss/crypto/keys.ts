import { wipeSchedule } from "./aes128.ts";
import { type AkaAlgorithm, requireAmf, requireLength } from "./akaAlgorithm.ts";
import { milenage, milenageFromOp } from "./milenage.ts";
import { epsTuakProfile, type TuakProfile, topcOf, tuak } from "./tuak.ts";

/**
 * What a USIM and the HSS share. MILENAGE: K of 16 bytes with OPc, or with OP from which OPc is derived on use.
 * TUAK: K of 16 or 32 bytes with TOPc, or with TOP.
 */
export type SubscriberKeys = {
  algorithm: "milenage" | "tuak";
  k: Buffer;
  opc?: Buffer;
  op?: Buffer;
  topc?: Buffer;
  top?: Buffer;
  /** 16 bit. What is sent has the separation bit set besides (TS 33.401 6.1.2). */
  amf: number;
  /** RES length and number of permutations, when the cards were made with other than RES of 64 bits and one permutation. */
  tuak?: Pick<TuakProfile, "res" | "iterations">;
};

function milenageOf({ k, opc, op }: SubscriberKeys): AkaAlgorithm {
  if (opc) return milenage(k, opc);
  if (op) return milenageFromOp(k, op);
  throw new RangeError("OPc or OP is missing");
}

function tuakOf({ k, topc, top, tuak: own }: SubscriberKeys): AkaAlgorithm {
  const profile = { ...epsTuakProfile, ...own };
  if (topc) return tuak(k, topc, profile);
  if (top) return tuak(k, topcOf(k, top, profile.iterations), profile);
  throw new RangeError("TOPc or TOP is missing");
}

/**
 * The algorithm object of one subscriber. OPc or TOPc goes before OP or TOP where both are given. It refers to the
 * buffers of `keys`: wipe them after the last use of it.
 * @throws RangeError naming the field that is missing or of the wrong length.
 */
export function algorithmOf(keys: SubscriberKeys): AkaAlgorithm {
  requireAmf(keys.amf);
  requireLength("K", keys.k, ...(keys.algorithm === "milenage" ? [16] : [16, 32]));
  switch (keys.algorithm) {
    case "milenage":
      return milenageOf(keys);
    case "tuak":
      return tuakOf(keys);
  }
}

/** Overwrites the secrets, and what was derived from K to use it, with zeros. */
export function wipe(keys: SubscriberKeys): void {
  wipeSchedule();
  for (const secret of [keys.k, keys.opc, keys.op, keys.topc, keys.top]) secret?.fill(0);
}
