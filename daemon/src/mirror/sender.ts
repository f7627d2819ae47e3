import { Imsi, paths, TenantId } from "@wisptools/core";
import type { Store } from "@wisptools/store";
import type { MirrorInside } from "./openMirror.ts";
import type { Queue, Queued } from "./outbox.ts";
import { addReport, COMMAND_MS, liveFields, type WriteContext } from "./reportWrites.ts";

const QUEUES: readonly Queue[] = ["state", "session", "activity"];
const BATCH = 100;
/** Lets an authentication and the registration that follows become one write. */
const GATHER_MS = 150;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The client's own retries may take minutes after the network is back. */
const WRITE_DEADLINE_MS = 20_000;
/** A registration that waited for longer may have been overtaken by another daemon's. */
const LATE_MS = 15_000;
/** gRPC codes that say nothing about the report: try again later. */
const UNAVAILABLE = new Set([1, 4, 7, 8, 10, 14, 16]);
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const ABORTED = 10;
/** Failures of one report, by codes that may or may not be its own fault, before it is set aside. */
const ATTEMPTS = 5;

/** Writes the outbox to Firestore whenever it answers. */
export class Sender {
  private readonly inside: MirrorInside;
  private readonly store: Pick<Store, "write" | "subscribers">;
  private readonly context: WriteContext;
  private readonly attempts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private stopped = false;

  constructor(inside: MirrorInside, store: Pick<Store, "write" | "subscribers">, context: WriteContext) {
    this.inside = inside;
    this.store = store;
    this.context = context;
  }

  start(): void {
    this.inside.outbox.onAdded(() => this.after(GATHER_MS));
    this.after(0);
  }

  /** Stops after what is being written. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.inside.outbox.onAdded(() => {});
    clearTimeout(this.timer);
    await this.sending;
  }

  private after(ms: number): void {
    if (this.timer || this.sending || this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.sending = this.sendAll().finally(() => {
        this.sending = undefined;
        const { queued } = this.inside.outbox.stats();
        if (queued > 0) this.after(this.pauseMs);
      });
    }, ms);
  }

  private async sendAll(): Promise<void> {
    try {
      for (const queue of QUEUES) {
        while (!this.stopped) {
          const batch = this.inside.outbox.head(queue, BATCH);
          if (batch.length === 0) break;
          await this.send(batch);
        }
      }
      this.pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      const { queued } = this.inside.outbox.stats();
      this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
      this.inside.log.outboxBlocked({ queued, retryInMs: this.pauseMs }, error);
    }
  }

  /** All at once; where that is refused, one by one. @throws when the cloud doesn't answer. */
  private async send(batch: Queued[]): Promise<void> {
    if (!batch.some((queued) => this.isLate(queued))) {
      try {
        await this.write(batch);
        for (const queued of batch) this.finish(queued);
        return;
      } catch (error) {
        if (isUnavailable(error)) throw error;
      }
    }
    for (const queued of batch) {
      if (this.stopped) return;
      await this.sendOne(queued);
    }
  }

  private async sendOne(queued: Queued): Promise<void> {
    try {
      if (await this.isOvertaken(queued)) this.finish(queued);
      else {
        await this.write([queued]);
        this.finish(queued);
      }
    } catch (error) {
      if (isUnavailable(error)) throw error;
      if (await this.isSettled(queued, error)) this.finish(queued);
      else this.refused(queued, error);
    }
  }

  /** Whether a refusal means that there is nothing left to do: the subscriber is gone, or it was written before. */
  private async isSettled({ report }: Queued, error: unknown): Promise<boolean> {
    const code = codeOf(error);
    if (code === NOT_FOUND) return report.kind === "live" || report.kind === "offset";
    if (code !== ALREADY_EXISTS) return false;
    if (report.kind !== "equipment") return report.kind === "command";
    const path = paths.equipmentSighting(report.tenantId, report.imsi, report.imei);
    const write = this.store.write().patch(path, { lastSeenAt: new Date(report.lastAt) });
    await withDeadline(write.commit());
    return true;
  }

  private refused(queued: Queued, error: unknown): void {
    const count = (this.attempts.get(queued.key) ?? 0) + 1;
    this.attempts.set(queued.key, count);
    // Without a code it never left this process: it cannot be written.
    if (codeOf(error) !== undefined && count < ATTEMPTS) throw error;
    this.attempts.delete(queued.key);
    this.inside.outbox.setAside(queued, error);
  }

  private finish(queued: Queued): void {
    const { report } = queued;
    this.attempts.delete(queued.key);
    this.inside.outbox.done(queued);
    if (report.kind === "offset") {
      this.inside.subscribers.offsetWritten(report.imsi, report.offset, this.inside.now());
    }
  }

  private isLate({ report }: Queued): boolean {
    return (report.kind === "live" || report.kind === "command") && this.inside.now() - report.at > LATE_MS;
  }

  /** After a long wait: whether another daemon has registered the subscriber since. Writes what still holds, only onto what was read. */
  private async isOvertaken(queued: Queued): Promise<boolean> {
    const { report } = queued;
    if (!this.isLate(queued)) return false;
    if (report.kind === "command") return this.inside.now() - report.at > COMMAND_MS;
    if (report.kind !== "live") return false;
    const { registration, gone } = report.change;
    const ours = Math.max(registration?.at ?? 0, gone?.at ?? 0);
    if (ours === 0) return false;
    const key = [TenantId.parse(report.tenantId), Imsi.parse(report.imsi)] as const;
    const stored = await withDeadline(this.store.subscribers.get(...key)).catch((error) => {
      if (codeOf(error) !== undefined) throw error;
      return "unreadable" as const; // It is there, and its live state is written without a look.
    });
    if (stored === "unreadable") return false;
    if (!stored) return true;
    const theirs = stored.data.live?.registeredAt?.getTime() ?? 0;
    if (theirs > ours) return true;
    const fields = liveFields(report, this.context);
    await withDeadline(this.store.write().update(stored, fields).commit());
    return true;
  }

  private write(batch: Queued[]): Promise<void> {
    const write = this.store.write();
    for (const { report } of batch) addReport(write, report, this.context);
    return withDeadline(write.commit());
  }
}

function codeOf(error: unknown): number | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === "number") return code;
  return cause === undefined ? undefined : codeOf(cause);
}

class NoAnswer extends Error {
  readonly code = 14;
}

function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (UNAVAILABLE.has(code) || code === ABORTED);
}

function withDeadline<T>(action: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer("no answer in time")), WRITE_DEADLINE_MS);
  });
  return Promise.race([action, late]).finally(() => clearTimeout(timer));
}
