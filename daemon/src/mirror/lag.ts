/** A heartbeat comes each 30 s; longer silence is an interruption. */
const SILENCE_MS = 45_000;

/** How far behind the cloud the mirror is. */
export class Lag {
  private readonly now: () => number;
  private lastMs = 0;
  private heardAt: number;

  constructor(now: () => number) {
    this.now = now;
    this.heardAt = now();
  }

  /** A change arrived this long after it was made. The two clocks may differ: never below zero. */
  arrived(ms: number): void {
    this.lastMs = Math.max(0, ms);
    this.heardAt = this.now();
  }

  /** ms since anything came from the cloud. */
  silence(): number {
    return this.now() - this.heardAt;
  }

  isHeard(): boolean {
    return this.silence() <= SILENCE_MS;
  }

  seconds(): number {
    return (!this.isHeard() ? this.silence() : this.lastMs) / 1000;
  }
}
