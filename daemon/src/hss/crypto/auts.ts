import { type AkaAlgorithm, requireLength } from "./akaAlgorithm.ts";
import { macEquals } from "./macEquals.ts";

/** Bytes of AUTS = (SQN_MS xor AK*) || MAC-S (TS 33.102 6.3.3). Re-Synchronization-Info holds RAND before it. */
export const AUTS_LENGTH = 14;

/**
 * SQN_MS (6 bytes) from AUTS when its MAC-S is right for the RAND it answers, else undefined (TS 33.102 6.3.5).
 * @throws RangeError naming RAND or AUTS when its length is wrong.
 */
export function verifyAuts(algorithm: AkaAlgorithm, rand: Uint8Array, auts: Uint8Array): Buffer | undefined {
  requireLength("RAND", rand, 16);
  requireLength("AUTS", auts, AUTS_LENGTH);
  const sqnMs = algorithm.resync(rand);
  for (let i = 0; i < 6; i++) sqnMs[i] = (sqnMs[i] as number) ^ (auts[i] as number);
  return macEquals(algorithm.macS(rand, sqnMs), auts.subarray(6)) ? sqnMs : undefined;
}

/** AUTS as a USIM makes it, 14 bytes. */
export function autsOf(algorithm: AkaAlgorithm, rand: Uint8Array, sqnMs: Uint8Array): Buffer {
  const auts = Buffer.allocUnsafe(AUTS_LENGTH);
  const akStar = algorithm.resync(rand);
  for (let i = 0; i < 6; i++) auts[i] = (sqnMs[i] as number) ^ (akStar[i] as number);
  auts.set(algorithm.macS(rand, sqnMs), 6);
  return auts;
}
