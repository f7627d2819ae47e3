import type { Clock } from "./clock.ts";

/** A rate with bursts of one second's worth. Time is asked for only when the bucket is empty. */
export class TokenBucket {
  private readonly perSecond: number;
  private readonly clock: Clock;
  private tokens: number;
  private filled: number;

  constructor(perSecond: number, clock: Clock) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.tokens = Math.max(1, perSecond);
    this.filled = clock.now();
  }

  /** @returns false if the rate is exceeded. */
  take(): boolean {
    if (this.tokens < 1) this.fill();
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private fill(): void {
    const now = this.clock.now();
    const due = ((now - this.filled) * this.perSecond) / 1000;
    this.tokens = Math.min(Math.max(1, this.perSecond), this.tokens + due);
    this.filled = now;
  }
}
