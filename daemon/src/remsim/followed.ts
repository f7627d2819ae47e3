import type { Stored, WatchSink } from "@wisptools/store";
import type { Table } from "../mirror/table.ts";
import type { RemsimLog } from "./logs.ts";

/** A document as it is known here; without `version` it was read from disk and has not been seen since the start. */
export interface Known<T> {
  path: string;
  data: T;
  version?: Stored<T>["version"];
}

/** undefined: it is not there. */
export interface Change<T> {
  before: T | undefined;
  after: T | undefined;
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

export interface FollowedOptions<T> {
  name: string;
  schema: Schema<T>;
  table: Table<unknown>;
  log: RemsimLog;
}

/** All documents of one kind: from disk at first, then in step with the cloud. */
export class Followed<T> {
  private readonly options: FollowedOptions<T>;
  private readonly known = new Map<string, Known<T>>();
  private readonly listeners: ((changes: Change<T>[]) => void)[] = [];
  /** Documents that we do not understand. */
  private readonly faulty = new Set<string>();
  private synced = false;

  constructor(options: FollowedOptions<T>) {
    this.options = options;
    for (const path of options.table.keys()) {
      const parsed = options.schema.safeParse(options.table.get(path));
      if (parsed.success) this.known.set(path, { path, data: parsed.data });
    }
  }

  /** Whether the cloud's state has been seen whole since the start. */
  get isSynced(): boolean {
    return this.synced;
  }

  /** Whether every document is known by its newest words. */
  get isWhole(): boolean {
    return this.faulty.size === 0;
  }

  all(): Iterable<Known<T>> {
    return this.known.values();
  }

  get(path: string): Known<T> | undefined {
    return this.known.get(path);
  }

  get size(): number {
    return this.known.size;
  }

  onChange(listener: (changes: Change<T>[]) => void): void {
    this.listeners.push(listener);
  }

  sink(): WatchSink {
    const { name, log } = this.options;
    return {
      apply: async (changed, paths) => {
        const changes = [...this.dropOthers(paths), ...changed.flatMap((stored) => this.take(stored))];
        this.synced = true;
        for (const listener of this.listeners) listener(changes);
      },
      failed: (error, retryInMs) => log.feedFailed({ feed: name, retryInMs }, error),
    };
  }

  private dropOthers(paths: ReadonlySet<string>): Change<T>[] {
    for (const path of this.faulty) if (!paths.has(path)) this.faulty.delete(path);
    const gone = [...this.known.values()].filter(({ path }) => !paths.has(path));
    return gone.map(({ path, data }) => {
      this.known.delete(path);
      void this.options.table.remove(path);
      return { before: data, after: undefined };
    });
  }

  private take({ path, data, version }: Stored<unknown>): Change<T>[] {
    const before = this.known.get(path)?.data;
    const parsed = this.options.schema.safeParse(data);
    if (!parsed.success) {
      // What it said before still stands: a document that a newer release wrote must not take a client's card away.
      this.options.log.documentSkipped(path, parsed.error);
      this.faulty.add(path);
      return [];
    }
    this.faulty.delete(path);
    this.known.set(path, { path, data: parsed.data, version });
    void this.options.table.put(path, parsed.data);
    return [{ before, after: parsed.data }];
  }
}
