// The one timer of a peer: Tw while it is open (RFC 3539 3.4.1), a time limit while it closes.
import type { Clock } from "./clock.ts";

const JITTER_MS = 2_000;

export class Watchdog {
  private readonly clock: Clock;
  private readonly periodMs: number;
  private readonly timeout: () => void;
  private lastHeard: number;
  private cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, periodMs: number, timeout: () => void) {
    this.clock = clock;
    this.periodMs = periodMs;
    this.timeout = timeout;
    this.lastHeard = clock.now();
  }

  /** A message came. Costs a look at the clock: the timer is moved when it is due, not now. */
  heard(): void {
    this.lastHeard = this.clock.now();
  }

  /** Calls `timeout` when nothing was heard for a period, jittered by up to 2 s (a quarter, if the period is short). */
  watch(): void {
    const jitter = Math.min(JITTER_MS, this.periodMs / 4);
    this.arm(this.periodMs + (this.clock.random() * 2 - 1) * jitter, true);
  }

  /** Calls `timeout` after so many milliseconds, whatever is heard. */
  limit(milliseconds: number): void {
    this.arm(milliseconds, false);
  }

  stop(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private arm(period: number, fromLastHeard: boolean): void {
    this.stop();
    const begun = this.clock.now();
    const due = (): void => {
      const quietSince = fromLastHeard ? Math.max(begun, this.lastHeard) : begun;
      const left = period - (this.clock.now() - quietSince);
      if (left > 0) this.cancelTimer = this.clock.after(Math.ceil(left), due);
      else this.timeout();
    };
    this.cancelTimer = this.clock.after(period, due);
  }
}
