import type { Clock } from "../diameter/peer/clock.ts";
import { TokenBucket } from "../diameter/peer/tokenBucket.ts";

/** `again`: the MME did not answer; it is asked once more, later. */
export type PushResult = "done" | "again";

export interface PushQueueOptions {
  readonly clock: Clock;
  /** Requests a second. */
  readonly perSecond: number;
  /** Whether there is something to tell: cheap, as it is asked of every registration of the MME. */
  readonly isDue: (imsi: string) => boolean;
  readonly push: (imsi: string) => Promise<PushResult>;
  /** Every subscriber of the MME. */
  readonly everybody: () => Iterable<string>;
  /** Nothing is left to do. */
  readonly idle: () => void;
}

const IN_FLIGHT = 32;
/** How long others wait for the processor at most, and how often that is looked at. */
const SLICE_MS = 4;
const LOOK_EVERY = 64;
const ATTEMPTS = 3;
const RETRY_MS = 5_000;

/**
 * What one MME has to be told. It holds names, not messages: what is sent is what holds when its turn comes. One push is
 * under way per subscriber; a change meanwhile makes another. A change to everybody is a walk through the MME's
 * registrations in slices, so that a million of them block nobody and fill no memory.
 */
export class PushQueue {
  private readonly options: PushQueueOptions;
  private readonly bucket: TokenBucket;
  private readonly waiting = new Set<string>();
  private readonly underWay = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly attempts = new Map<string, number>();
  private readonly retries = new Set<() => void>();
  private walk: Iterator<string> | undefined;
  private walkAgain = false;
  private cancelTimer: (() => void) | undefined;
  private slice: NodeJS.Immediate | undefined;
  private stopped = false;

  constructor(options: PushQueueOptions) {
    this.options = options;
    this.bucket = new TokenBucket(options.perSecond, options.clock);
  }

  /** Subscribers that are waiting or under way; those of a walk are not counted. */
  get size(): number {
    return this.waiting.size + this.underWay.size;
  }

  add(imsi: string): void {
    if (this.underWay.has(imsi)) this.changed.add(imsi);
    else this.waiting.add(imsi);
    this.schedule();
  }

  addEverybody(): void {
    if (this.walk) this.walkAgain = true;
    else this.walk = this.options.everybody()[Symbol.iterator]();
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer?.();
    for (const cancel of this.retries) cancel();
    clearImmediate(this.slice);
    this.walk?.return?.();
  }

  private schedule(): void {
    if (this.stopped || this.slice !== undefined || this.cancelTimer !== undefined) return;
    this.slice = setImmediate(() => {
      this.slice = undefined;
      this.work();
    });
  }

  private work(): void {
    const { clock, isDue } = this.options;
    const until = clock.now() + SLICE_MS;
    for (let looked = 1; this.underWay.size < IN_FLIGHT; looked++) {
      if (looked % LOOK_EVERY === 0 && clock.now() > until) {
        this.schedule();
        return;
      }
      const imsi = this.next();
      if (imsi === undefined) {
        this.rest();
        return;
      }
      if (this.underWay.has(imsi)) {
        this.changed.add(imsi);
        continue;
      }
      if (!isDue(imsi)) continue;
      if (!this.bucket.take()) {
        this.waiting.add(imsi);
        this.pause();
        return;
      }
      this.start(imsi);
    }
  }

  private next(): string | undefined {
    for (const imsi of this.waiting) {
      this.waiting.delete(imsi);
      return imsi;
    }
    while (this.walk) {
      const { done, value } = this.walk.next();
      if (!done) return value;
      this.walk = this.walkAgain ? this.options.everybody()[Symbol.iterator]() : undefined;
      this.walkAgain = false;
    }
    return undefined;
  }

  private rest(): void {
    if (this.underWay.size === 0 && this.attempts.size === 0) this.options.idle();
  }

  private pause(): void {
    this.cancelTimer ??= this.options.clock.after(Math.ceil(1000 / this.options.perSecond), () => {
      this.cancelTimer = undefined;
      this.schedule();
    });
  }

  private start(imsi: string): void {
    this.underWay.add(imsi);
    void this.options.push(imsi).then((result) => this.over(imsi, result));
  }

  private over(imsi: string, result: PushResult): void {
    if (this.stopped) return;
    this.underWay.delete(imsi);
    if (this.changed.delete(imsi)) {
      this.attempts.delete(imsi);
      this.waiting.add(imsi);
    } else if (result === "again") this.retry(imsi);
    else this.attempts.delete(imsi);
    this.schedule();
  }

  /** After the last attempt it is left to the next change, or to the MME's next connection. */
  private retry(imsi: string): void {
    const attempt = (this.attempts.get(imsi) ?? 0) + 1;
    if (attempt >= ATTEMPTS) {
      this.attempts.delete(imsi);
      return;
    }
    this.attempts.set(imsi, attempt);
    const cancel = this.options.clock.after(RETRY_MS * attempt, () => {
      this.retries.delete(cancel);
      this.add(imsi);
    });
    this.retries.add(cancel);
  }
}
