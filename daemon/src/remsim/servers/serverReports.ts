import { AppError, paths, SERVER_SEEN_SECONDS, type SlotMap } from "@wisptools/core";
import type { Store, Stored } from "@wisptools/store";
import type { BankRecord, Desired, ServerRecord } from "../desired.ts";
import type { RemsimLog } from "../logs.ts";
import { BankReports } from "./bankReports.ts";
import { ClientSights } from "./clientSights.ts";
import { type MapReport, MapReports } from "./mapReports.ts";
import type { ServerSight } from "./remsimRest.ts";

/** Two writes a map at most; a commit takes 500. */
const BATCH = 100;
const WRITE_MS = 20_000;
/** What is under way at the end is due again at the next start. */
const LAST_WRITE_MS = 2_000;

export interface ServerReportsOptions {
  server: ServerRecord;
  desired: Desired;
  store: Pick<Store, "write" | "remsimClients" | "remsimSettings">;
  log: RemsimLog;
  now: () => number;
}

/**
 * Tells the cloud what a server looks like, on change alone. Each write insists on the document as it was read: of several daemons one
 * writes, and nothing that was deleted comes back. What is not written now is seen to be due at the next look.
 */
export class ServerReports {
  private readonly options: ServerReportsOptions;
  private readonly maps = new MapReports();
  private readonly banks = new BankReports();
  private readonly sights: ClientSights;
  private reachableSince: number | undefined;
  /** What we said last, so that "unreachable" is said when it begins, not against another daemon that does reach it. */
  private said: boolean | undefined;
  private writing: Promise<void> | undefined;

  constructor(options: ServerReportsOptions) {
    this.options = options;
    this.sights = new ClientSights(options.store, options.now);
  }

  /** @returns whether something may become worth telling soon. */
  reachable(sight: ServerSight, lookedAt: number): boolean {
    const { desired, server } = this.options;
    const now = this.options.now();
    this.reachableSince ??= now;
    const times = { reachableSince: this.reachableSince, lookedAt, now };
    const maps = this.maps.due(desired.mapsOf(server.id), sight, lookedAt, now);
    const banks = this.banks.due(desired.banksOf(server.id), sight, times);
    this.write([
      ...this.reachability(true),
      ...banks.reports.map(({ bank, connected, at, sweepAt, event }) => async () => {
        const write = this.options.store.write().update<BankRecord>(bank, { connected, connectedAt: at, sweepAt });
        if (event) write.create(event.path, event.document);
        await write.commit();
      }),
      ...batches(maps.reports).map((batch) => () => this.writeMaps(batch)),
      ...this.seen(),
    ]);
    return maps.pending || banks.pending;
  }

  unreachable(): void {
    this.reachableSince = undefined;
    this.maps.forget();
    this.banks.forget();
    this.write(this.reachability(false));
  }

  /** Lets what is being written end, but not for long. */
  async stop(): Promise<void> {
    if (this.writing) await Promise.race([this.writing, new Promise((wake) => setTimeout(wake, LAST_WRITE_MS))]);
  }

  private reachability(reachable: boolean): (() => Promise<void>)[] {
    const { desired, store, server, now } = this.options;
    const known = desired.servers.get(paths.remsimServer(server.id));
    const begins = this.said !== reachable;
    if (!known?.version || known.data.reachable === reachable || !(begins || reachable)) return [];
    const stored: Stored<ServerRecord> = { ...known, version: known.version };
    const at = new Date(now());
    return [
      async () => {
        await store
          .write()
          .update(stored, { reachable, reachableAt: at, ...(reachable ? { seenAt: at } : {}) })
          .commit();
        this.said = reachable;
      },
    ];
  }

  /** Now and then, that the server is still seen and what is told of its clients and banks still holds; after what there is to tell of them. */
  private seen(): (() => Promise<void>)[] {
    const { desired, store, server, now } = this.options;
    const known = desired.servers.get(paths.remsimServer(server.id));
    const age = now() - (known?.data.seenAt?.getTime() ?? 0);
    if (!known?.version || !known.data.reachable || age < SERVER_SEEN_SECONDS * 1000) return [];
    const stored: Stored<ServerRecord> = { ...known, version: known.version };
    const seenAt = new Date(now());
    return [() => store.write().update(stored, { seenAt }).commit()];
  }

  /** All at once; where that is refused, one by one. */
  private async writeMaps(batch: readonly MapReport[]): Promise<void> {
    if (batch.length === 1 || !(await this.isTaken(() => this.commit(batch)))) {
      for (const report of batch) await this.isTaken(() => this.commit([report]));
    }
  }

  private async commit(batch: readonly MapReport[]): Promise<void> {
    const write = this.options.store.write();
    for (const { map, actual } of batch) write.update<SlotMap>(map, { actual });
    await this.sights.add(write, batch);
    await write.commit();
  }

  private write(works: readonly (() => Promise<void>)[]): void {
    if (works.length === 0 || this.writing) return;
    const all = async (): Promise<void> => {
      for (const work of works) await this.isTaken(work);
    };
    this.writing = withDeadline(all())
      .catch((error: unknown) => this.options.log.reportFailed({ serverId: this.options.server.id }, error))
      .finally(() => {
        this.writing = undefined;
      });
  }

  /** False: somebody else was first, or it is gone. */
  private async isTaken(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === "aborted") return false;
      throw error;
    }
  }
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));
}

function withDeadline(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer of the cloud within ${WRITE_MS / 1000} s`)), WRITE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
