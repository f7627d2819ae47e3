import type { Environment } from "./environment.ts";
import type { MirrorLog } from "./logs.ts";
import type { Report } from "./report.ts";

/** `state` holds one report for each subscriber, peer and open question, so it is bounded by their number. */
export type Queue = "state" | "session" | "activity";

const LIMITS: Record<Queue, number> = { state: Number.POSITIVE_INFINITY, session: 200_000, activity: 100_000 };

interface Entry {
  queue: Queue;
  order: string;
  /** Grows when a later report was merged in. */
  version: number;
  report: Report;
}

export interface Queued {
  key: string;
  version: number;
  report: Report;
}

/** Reports on disk until the cloud has them: in order, one for each key. */
export class Outbox {
  private readonly entries: Environment["outbox"];
  private readonly order: Environment["outboxOrder"];
  private readonly aside: Environment["aside"];
  private readonly log: MirrorLog;
  private readonly counts: Record<Queue, number> = { state: 0, session: 0, activity: 0 };
  private sequence = 0;
  private dropped = 0;
  private setAsideCount = 0;
  private wake: () => void = () => {};

  constructor(environment: Pick<Environment, "outbox" | "outboxOrder" | "aside">, log: MirrorLog) {
    this.entries = environment.outbox;
    this.order = environment.outboxOrder;
    this.aside = environment.aside;
    this.log = log;
    for (const key of this.order.keys()) {
      const [queue, sequence] = key.split("/");
      this.counts[queue as Queue]++;
      this.sequence = Math.max(this.sequence, Number(sequence));
    }
  }

  /** Queues what `next` makes of the report that waits under the key already; the report keeps its place. */
  add(queue: Queue, key: string, next: (before: Report | undefined) => Report): void {
    const before = this.entries.get(key) as Entry | undefined;
    if (before) {
      this.put(key, { ...before, version: before.version + 1, report: next(before.report) });
    } else {
      const order = `${queue}/${String(++this.sequence).padStart(16, "0")}`;
      this.put(key, { queue, order, version: 0, report: next(undefined) });
      this.order.put(order, key).catch((error) => this.log.writeFailed("outbox", error));
      this.counts[queue]++;
      if (this.counts[queue] > LIMITS[queue]) this.dropOldest(queue);
    }
    this.wake();
  }

  /** The oldest reports of a queue. */
  head(queue: Queue, most: number): Queued[] {
    const found: Queued[] = [];
    for (const order of this.order.keys(`${queue}/`)) {
      const key = this.order.get(order);
      const entry = key === undefined ? undefined : (this.entries.get(key) as Entry | undefined);
      if (key === undefined || entry?.order !== order) void this.order.remove(order);
      else found.push({ key, version: entry.version, report: entry.report });
      if (found.length >= most) break;
    }
    return found;
  }

  /** The cloud has it, or it is not wanted there. What was merged in meanwhile stays. */
  done({ key, version }: Queued): void {
    const entry = this.entries.get(key) as Entry | undefined;
    if (entry?.version === version) this.remove(key, entry);
  }

  /** Keeps what the cloud will never take out of the way of the others. */
  setAside({ key, report }: Queued, error: unknown): void {
    this.log.recordSetAside({ key }, error);
    this.setAsideCount++;
    const entry = this.entries.get(key) as Entry | undefined;
    if (!entry) return;
    if (this.aside.size < 1000) void this.aside.put(entry.order, report);
    this.remove(key, entry);
  }

  isQueued(key: string): boolean {
    return this.entries.get(key) !== undefined;
  }

  /** Called whenever something was added. */
  onAdded(wake: () => void): void {
    this.wake = wake;
  }

  stats(): { queued: number; dropped: number; setAside: number } {
    const { state, session, activity } = this.counts;
    return { queued: state + session + activity, dropped: this.dropped, setAside: this.setAsideCount };
  }

  private put(key: string, entry: Entry): void {
    this.entries.put(key, entry).catch((error) => this.log.writeFailed("outbox", error));
  }

  private remove(key: string, entry: Entry): void {
    void this.entries.remove(key);
    void this.order.remove(entry.order);
    this.counts[entry.queue]--;
  }

  private dropOldest(queue: Queue): void {
    const [oldest] = this.head(queue, 1);
    if (!oldest) return;
    this.done(oldest);
    if (this.dropped++ % 1000 === 0) this.log.recordsDropped({ queue, dropped: this.dropped });
  }
}
