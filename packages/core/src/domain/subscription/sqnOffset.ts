/** SEQ counts seconds from here. */
const EPOCH = Date.UTC(2026, 0, 1);
/** Seconds the clock of a daemon may be behind ours. */
const MARGIN = 64;

/**
 * What to add to the seconds since 2026 so that the first SEQ (3GPP TS 33.102 C.1.1.3) is above the last that another HSS used, whose SQN has 5
 * bits of IND; 0 where the seconds alone are.
 */
export function initialSqnOffset(lastSqn: bigint | undefined, now: Date): number {
  const seq = Number((lastSqn ?? 0n) >> 5n);
  const seconds = Math.floor((now.getTime() - EPOCH) / 1000);
  return seq < seconds - MARGIN ? 0 : seq - seconds + MARGIN;
}
