const KEPT = 1_000;
const WAIT_MS = 5_000;

interface Waiter {
  readonly matches: (name: string, imsi: string) => boolean;
  readonly take: (what: unknown) => void;
}

/**
 * Events that a test can wait for, whether they have come already or not: each is kept until somebody takes it, the last
 * thousand at most.
 */
export class Mailbox<Events extends Record<string, unknown>> {
  private readonly kept: { name: string; imsi: string; what: unknown }[] = [];
  private readonly waiting = new Set<Waiter>();
  private readonly listeners = new Map<string, ((imsi: string, what: unknown) => void)[]>();

  /** Calls `listener` for each from now on; the event stays to be taken by `next`. */
  on<Name extends keyof Events & string>(name: Name, listener: (imsi: string, what: Events[Name]) => void): void {
    const all = this.listeners.get(name) ?? [];
    this.listeners.set(name, [...all, listener as (imsi: string, what: unknown) => void]);
  }

  /**
   * Takes the oldest event of that name and IMSI, or waits for it.
   * @throws Error if there is none within `limitMs`, default 5,000.
   */
  next<Name extends keyof Events & string>(name: Name, imsi: string, limitMs = WAIT_MS): Promise<Events[Name]> {
    const at = this.kept.findIndex((each) => each.name === name && each.imsi === imsi);
    if (at >= 0) return Promise.resolve(this.kept.splice(at, 1)[0]?.what as Events[Name]);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        matches: (otherName, otherImsi) => otherName === name && otherImsi === imsi,
        take: (what) => {
          clearTimeout(timer);
          resolve(what as Events[Name]);
        },
      };
      const timer = setTimeout(() => {
        this.waiting.delete(waiter);
        reject(new Error(`no ${name} for ${imsi} within ${limitMs} ms`));
      }, limitMs);
      this.waiting.add(waiter);
    });
  }

  /** How many events of that name and IMSI nobody has taken. */
  left<Name extends keyof Events & string>(name: Name, imsi: string): number {
    return this.kept.filter((each) => each.name === name && each.imsi === imsi).length;
  }

  put<Name extends keyof Events & string>(name: Name, imsi: string, what: Events[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(imsi, what);
    for (const waiter of this.waiting) {
      if (!waiter.matches(name, imsi)) continue;
      this.waiting.delete(waiter);
      waiter.take(what);
      return;
    }
    this.kept.push({ name, imsi, what });
    if (this.kept.length > KEPT) this.kept.shift();
  }
}
