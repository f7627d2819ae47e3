// Which sessions are to be looked at, each by one at a time, and no more than an SMF can take.
import type { Clock } from "../diameter/peer/clock.ts";

export interface PushQueueOptions {
  /** Under way at once; each waits for its RAA, so that this paces a mass change. */
  readonly limit: number;
  readonly retryMs: number;
  readonly tries: number;
}

export const PUSH_QUEUE: PushQueueOptions = { limit: 32, retryMs: 10_000, tries: 3 };

/** `work` looks at a session as it then is, so the newest state wins; it resolves to whether to try again later. */
export class PushQueue {
  private readonly waiting = new Set<string>();
  private readonly underway = new Set<string>();
  private readonly again = new Set<string>();
  private readonly tried = new Map<string, { count: number; cancel: () => void }>();
  private readonly clock: Pick<Clock, "after">;
  private readonly work: (sessionId: string) => Promise<boolean>;
  private readonly failed: (error: unknown) => void;
  private readonly options: PushQueueOptions;
  private idle: (() => void)[] = [];
  private stopped = false;

  constructor(
    clock: Pick<Clock, "after">,
    work: (sessionId: string) => Promise<boolean>,
    failed: (error: unknown) => void,
    options: PushQueueOptions = PUSH_QUEUE,
  ) {
    this.clock = clock;
    this.work = work;
    this.failed = failed;
    this.options = options;
  }

  /** What is under way is looked at again when it is over. A new cause gives a session all its tries back. */
  add(sessionId: string): void {
    this.forget(sessionId);
    this.enqueue(sessionId);
  }

  get size(): number {
    return this.waiting.size + this.underway.size;
  }

  /** Resolves when nothing waits or is under way; what will be tried again later does not count. */
  settled(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  /** Nothing more begins. */
  stop(): void {
    this.stopped = true;
    for (const { cancel } of this.tried.values()) cancel();
    this.tried.clear();
    this.waiting.clear();
    this.again.clear();
    this.rest();
  }

  private enqueue(sessionId: string): void {
    if (this.stopped) return;
    if (this.underway.has(sessionId)) this.again.add(sessionId);
    else this.waiting.add(sessionId);
    this.next();
  }

  private next(): void {
    for (const sessionId of this.waiting) {
      if (this.underway.size >= this.options.limit) return;
      this.waiting.delete(sessionId);
      this.underway.add(sessionId);
      this.work(sessionId).then(
        (retry) => this.over(sessionId, retry),
        (error: unknown) => {
          this.failed(error);
          this.over(sessionId, false);
        },
      );
    }
  }

  private over(sessionId: string, retry: boolean): void {
    this.underway.delete(sessionId);
    if (this.again.delete(sessionId)) this.waiting.add(sessionId);
    else if (retry && !this.stopped) this.later(sessionId);
    else this.forget(sessionId);
    this.next();
    this.rest();
  }

  private later(sessionId: string): void {
    const count = (this.tried.get(sessionId)?.count ?? 0) + 1;
    this.forget(sessionId);
    if (count >= this.options.tries) return;
    const cancel = this.clock.after(this.options.retryMs, () => this.enqueue(sessionId));
    this.tried.set(sessionId, { count, cancel });
  }

  private forget(sessionId: string): void {
    this.tried.get(sessionId)?.cancel();
    this.tried.delete(sessionId);
  }

  private rest(): void {
    if (this.size > 0) return;
    const { idle } = this;
    this.idle = [];
    for (const resolve of idle) resolve();
  }
}
