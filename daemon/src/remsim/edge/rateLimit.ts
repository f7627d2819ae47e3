const REMEMBERED = 20_000;

/** So many requests a minute for each key, in bursts of as many. */
export class RateLimit {
  private readonly perMinute: number;
  private readonly now: () => number;
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perMinute: number, now: () => number) {
    this.perMinute = perMinute;
    this.now = now;
  }

  /** @returns 0 when this one may go on, else the seconds until the next may. */
  take(key: string): number {
    const at = this.now();
    const before = this.buckets.get(key) ?? { tokens: this.perMinute, at };
    const tokens = Math.min(this.perMinute, before.tokens + (Math.max(0, at - before.at) * this.perMinute) / 60_000);
    // The longest unused are first, and forgotten first.
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at });
    for (const oldest of this.buckets.keys()) {
      if (this.buckets.size <= REMEMBERED) break;
      this.buckets.delete(oldest);
    }
    return tokens < 1 ? Math.ceil(((1 - tokens) * 60) / this.perMinute) : 0;
  }
}
