const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/** One attempt of following something, until it fails or is ended. */
export class FeedRun {
  private ended = false;
  private readonly ends: (() => void)[] = [];
  private work: Promise<void> = Promise.resolve();
  private readonly onFail: (error: unknown) => void;
  private readonly onSuccess: () => void;

  constructor(onFail: (error: unknown) => void, onSuccess: () => void) {
    this.onFail = onFail;
    this.onSuccess = onSuccess;
  }

  isOver(): boolean {
    return this.ended;
  }

  /** Does things one after the other; the first that fails ends the attempt. */
  next(action: () => Promise<void>): void {
    this.work = this.work.then(() => (this.ended ? undefined : action())).catch((error) => this.fail(error));
  }

  /** Runs when the attempt ends, or at once when it has. */
  onEnd(end: () => void): void {
    if (this.ended) end();
    else this.ends.push(end);
  }

  succeeded(): void {
    if (!this.ended) this.onSuccess();
  }

  fail(error: unknown): void {
    if (this.ended) return;
    this.end();
    this.onFail(error);
  }

  /** Resolves when what was begun is done. */
  end(): Promise<void> {
    this.ended = true;
    for (const end of this.ends.splice(0)) end();
    return this.work;
  }
}

/** Tries again for ever, after longer and longer pauses while it keeps failing. */
export class FeedLoop {
  private readonly follow: (run: FeedRun) => Promise<void>;
  private readonly failed: (error: unknown, retryInMs: number) => void;
  private run: FeedRun | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_RETRY_MS;
  private stopped = false;

  constructor(follow: (run: FeedRun) => Promise<void>, failed: (error: unknown, retryInMs: number) => void) {
    this.follow = follow;
    this.failed = failed;
  }

  start(): void {
    if (this.stopped) return;
    const run = new FeedRun(
      (error) => this.retry(error),
      () => {
        this.pauseMs = FIRST_RETRY_MS;
      },
    );
    this.run = run;
    run.next(() => this.follow(run));
  }

  restart(): void {
    clearTimeout(this.timer);
    const before = this.run?.end() ?? Promise.resolve();
    void before.then(() => this.start());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.run?.end();
  }

  private retry(error: unknown): void {
    if (this.stopped) return;
    const ms = Math.round(this.pauseMs * (0.5 + Math.random() / 2));
    this.pauseMs = Math.min(LONGEST_RETRY_MS, this.pauseMs * 2);
    this.failed(error, ms);
    this.timer = setTimeout(() => this.start(), ms);
  }
}
