/** Attempts of one delivery before it is given up: the first at once, the others over a day. */
export const WEBHOOK_ATTEMPTS = 10;
/** A webhook that did nothing but fail for so long is switched off, ms. */
export const WEBHOOK_FAILING_LIMIT_MS = 3 * 24 * 3_600_000;

const FIRST_MS = 30_000;
const FACTOR = 3;
const LONGEST_MS = 8 * 3_600_000;
/** Part of a wait that chance adds or takes, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * How long to wait after that many attempts, ms; undefined: give up. 30 s, 90 s, 4.5 min, 13.5 min, 40 min, 2 h, 6 h, 8 h, 8 h, each up
 * to a fifth less or more. `random`: from 0 to 1.
 */
export function waitAfter(attempts: number, random: number): number | undefined {
  if (attempts >= WEBHOOK_ATTEMPTS) return undefined;
  const wait = Math.min(FIRST_MS * FACTOR ** (attempts - 1), LONGEST_MS);
  return Math.round(wait * (1 - JITTER + 2 * JITTER * random));
}
