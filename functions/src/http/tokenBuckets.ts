import { AppError } from "@wisptools/core";

/** Keys remembered at most; the one unused for longest is forgotten. */
const MAX_KEYS = 20_000;

/** A token bucket per key, in this instance's memory: a flood costs no Firestore operation. */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  private readonly capacity: number;
  private readonly perSecond: number;
  private readonly now: () => number;

  /** `capacity` requests at once, `perSecond` in the long run; `now` in ms. */
  constructor(capacity: number, perSecond: number, now: () => number) {
    this.capacity = capacity;
    this.perSecond = perSecond;
    this.now = now;
  }

  /** Takes one token, or throws `resource-exhausted` with the seconds to wait. */
  take(key: string): void {
    const bucket = this.filled(key);
    if (bucket.tokens < 1) {
      throw new AppError("resource-exhausted", "too many requests; wait and try again", {
        reason: "rate_limited",
        retryAfter: Math.ceil((1 - bucket.tokens) / this.perSecond),
      });
    }
    bucket.tokens -= 1;
  }

  private filled(key: string): { tokens: number; at: number } {
    const now = this.now();
    const known = this.buckets.get(key) ?? { tokens: this.capacity, at: now };
    this.buckets.delete(key); // to the end: the map's order is that of last use
    this.buckets.set(key, known);
    known.tokens = Math.min(this.capacity, known.tokens + (Math.max(0, now - known.at) / 1000) * this.perSecond);
    known.at = now;
    if (this.buckets.size > MAX_KEYS) this.buckets.delete(this.buckets.keys().next().value as string);
    return known;
  }
}
