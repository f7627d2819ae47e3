import type { Clock } from "./clock.ts";

/** A clock whose hands a test turns. */
export class FakeClock implements Clock {
  private time = 0;
  private timers: { due: number; then: () => void }[] = [];
  /** What `random` gives; the middle means no jitter. */
  chance = 0.5;

  now(): number {
    return this.time;
  }

  date(): Date {
    return new Date(Date.UTC(2030, 0, 1) + this.time);
  }

  random(): number {
    return this.chance;
  }

  after(milliseconds: number, then: () => void): () => void {
    const timer = { due: this.time + milliseconds, then };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  /** Lets time pass; what falls due is called in its order. */
  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((each) => each !== next);
      this.time = Math.max(this.time, next.due);
      next.then();
    }
    this.time = end;
  }

  get waiting(): number {
    return this.timers.length;
  }
}
