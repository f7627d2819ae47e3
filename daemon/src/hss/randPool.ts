import { randomFillSync } from "node:crypto";

const RAND_LENGTH = 16;
const POOL = 256 * RAND_LENGTH;

let pool = Buffer.alloc(0);

/** 16 unpredictable octets, never given twice; asking the generator for many at once costs a tenth. */
export function nextRand(): Buffer {
  if (pool.length === 0) pool = randomFillSync(Buffer.allocUnsafeSlow(POOL));
  const rand = pool.subarray(0, RAND_LENGTH);
  pool = pool.subarray(RAND_LENGTH);
  return rand;
}
