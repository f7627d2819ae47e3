const REMEMBERED = 10_000;

/** Lets the first of many equal events through, then one per period, with the number of those between. */
export class Seldom {
  private readonly periodMs: number;
  private readonly now: () => number;
  private readonly seen = new Map<string, { until: number; held: number }>();

  constructor(periodMs: number, now: () => number) {
    this.periodMs = periodMs;
    this.now = now;
  }

  /** @returns how many were held back since the last that passed, or undefined if this one is to be held back too. */
  pass(key: string): number | undefined {
    const now = this.now();
    const last = this.seen.get(key);
    if (last && now < last.until) {
      last.held += 1;
      return undefined;
    }
    this.seen.delete(key);
    this.seen.set(key, { until: now + this.periodMs, held: 0 });
    for (const oldest of this.seen.keys()) {
      if (this.seen.size <= REMEMBERED) break;
      this.seen.delete(oldest);
    }
    return last?.held ?? 0;
  }

  /** The next of these events is a first one again. */
  forget(key: string): void {
    this.seen.delete(key);
  }
}
