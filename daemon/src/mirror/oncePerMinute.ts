/** A prime, so that consecutive numbers and those of one range spread over it. */
const SLOTS = 262_139;

/**
 * Lets a subscriber through once a minute, in 3 MB for any number of them: each has one slot, which a few share. Who finds its slot taken by
 * another goes through.
 */
export class OncePerMinute {
  private readonly holders = new Float64Array(SLOTS);
  private readonly minutes = new Uint32Array(SLOTS);

  /** Whether this subscriber (digits) has not been here in the minute of `at` (ms since 1970). */
  isFirst(imsi: string, at: number): boolean {
    const holder = Number(imsi);
    const minute = Math.floor(at / 60_000);
    const slot = holder % SLOTS;
    if (this.holders[slot] === holder && this.minutes[slot] === minute) return false;
    this.holders[slot] = holder;
    this.minutes[slot] = minute;
    return true;
  }
}
