import type { AkaAlgorithm } from "./akaAlgorithm.ts";
import { requireLength } from "./akaAlgorithm.ts";
import { autsOf } from "./auts.ts";
import { SEPARATION_BIT } from "./epsVector.ts";
import { kasme } from "./kasme.ts";
import { algorithmOf, type SubscriberKeys } from "./keys.ts";
import { macEquals } from "./macEquals.ts";
import { indOf, MAX_IND, MAX_JUMP, seqOf, sqnOf } from "./sequenceNumber.ts";

export type UsimAnswer =
  | { outcome: "accepted"; res: Buffer; ck: Buffer; ik: Buffer }
  | { outcome: "macFailure" }
  /** AUTS, 14 bytes. */
  | { outcome: "syncFailure"; auts: Buffer };

export type EpsAnswer =
  | { outcome: "accepted"; res: Buffer; kasme: Buffer }
  | { outcome: "macFailure" }
  | { outcome: "syncFailure"; auts: Buffer }
  /** The separation bit is not set: EMM cause 26 (TS 24.301 5.4.2.6). */
  | { outcome: "nonEpsAuthenticationUnacceptable" };

/** KASME on the UE's side (TS 33.401 A.2): SQN xor AK is taken from AUTN as it came. */
export function kasmeOf(
  keys: { ck: Uint8Array; ik: Uint8Array },
  autn: Uint8Array,
  servingNetwork: Uint8Array,
): Buffer {
  return kasme(keys.ck, keys.ik, servingNetwork, autn.subarray(0, 6));
}

/** The card of a simulated UE: TS 33.102 6.3.3 with the array scheme of C.2, 32 SEQ by IND, Δ 2^28, no age limit. */
export class Usim {
  readonly #algorithm: AkaAlgorithm;
  readonly #seq = new Array<number>(MAX_IND + 1).fill(0);

  /**
   * @param sqnMs the highest SQN accepted so far, 6 bytes; 0 for a new card
   * @throws RangeError naming the field of `keys` that is wrong.
   */
  constructor(keys: SubscriberKeys, sqnMs: Uint8Array = sqnOf(0, 0)) {
    this.#algorithm = algorithmOf(keys);
    this.#seq[indOf(sqnMs)] = seqOf(sqnMs);
  }

  /** The highest SQN accepted, 6 bytes. */
  get sqnMs(): Buffer {
    const highest = Math.max(...this.#seq);
    return sqnOf(highest, this.#seq.indexOf(highest));
  }

  /**
   * Answers a challenge (TS 33.102 6.3.3) and moves SQN_MS when it accepts.
   * @throws RangeError naming RAND or AUTN when its length is not 16 bytes.
   */
  authenticate(rand: Uint8Array, autn: Uint8Array): UsimAnswer {
    requireLength("RAND", rand, 16);
    requireLength("AUTN", autn, 16);
    const amf = ((autn[6] as number) << 8) | (autn[7] as number);
    const sqn = Buffer.from(autn.subarray(0, 6));
    const { ak } = this.#algorithm.vector(rand, sqn, amf);
    for (let i = 0; i < 6; i++) sqn[i] = (sqn[i] as number) ^ (ak[i] as number);
    const { macA, res, ck, ik } = this.#algorithm.vector(rand, sqn, amf);
    if (!macEquals(macA, autn.subarray(8))) return { outcome: "macFailure" };
    if (!this.#isFresh(sqn)) return { outcome: "syncFailure", auts: autsOf(this.#algorithm, rand, this.sqnMs) };
    this.#seq[indOf(sqn)] = seqOf(sqn);
    return { outcome: "accepted", res, ck, ik };
  }

  /** Like `authenticate`, for E-UTRAN: the ME looks at the separation bit first (TS 33.401 6.1.1) and derives KASME. */
  authenticateEps(rand: Uint8Array, autn: Uint8Array, servingNetwork: Uint8Array): EpsAnswer {
    requireLength("AUTN", autn, 16);
    if (!((autn[6] as number) & (SEPARATION_BIT >> 8))) return { outcome: "nonEpsAuthenticationUnacceptable" };
    const answer = this.authenticate(rand, autn);
    if (answer.outcome !== "accepted") return answer;
    return { outcome: "accepted", res: answer.res, kasme: kasmeOf(answer, autn, servingNetwork) };
  }

  /** TS 33.102 C.2.1 and C.2.2. */
  #isFresh(sqn: Uint8Array): boolean {
    const seq = seqOf(sqn);
    return seq > (this.#seq[indOf(sqn)] as number) && seq - Math.max(...this.#seq) <= MAX_JUMP;
  }
}
