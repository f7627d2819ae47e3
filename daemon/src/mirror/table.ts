import type { Database } from "lmdb";
import type { Batches } from "./batches.ts";

/**
 * A database of LMDB whose writes are readable at once: LMDB commits in the background, so what is not yet committed is held in memory.
 * A promise of `put` or `remove` resolves when the write survives a crash of the process.
 */
export class Table<V> {
  readonly db: Database<V, string>;
  private readonly pending = new Map<string, { value: V | undefined }>();

  private readonly batches: Batches;

  constructor(db: Database<V, string>, batches: Batches) {
    this.db = db;
    this.batches = batches;
  }

  get(key: string): V | undefined {
    if (this.pending.size > 0) {
      const held = this.pending.get(key);
      if (held) return held.value;
    }
    return this.committed(key);
  }

  protected committed(key: string): V | undefined {
    return this.db.get(key);
  }

  put(key: string, value: V): Promise<void> {
    return this.hold(key, value, this.db.put(key, value));
  }

  remove(key: string): Promise<void> {
    return this.hold(key, undefined, this.db.remove(key));
  }

  /** Committed entries; with those under way it can be one off for a moment. */
  get size(): number {
    return (this.db.getStats() as { entryCount: number }).entryCount;
  }

  /** All keys from `start` on that begin with `prefix`, in order, page by page: no snapshot stays open while the caller works. */
  *keys(prefix = ""): Generator<string> {
    const uncommitted = [...this.pending.keys()].filter((key) => key.startsWith(prefix)).sort();
    const seen = new Set<string>();
    let start = prefix;
    for (;;) {
      const page = [...this.db.getKeys({ start, end: `${prefix}\u{10ffff}`, limit: 500 })].filter(
        (key) => key !== start || start === prefix,
      );
      for (const key of page) {
        if (uncommitted.length > 0) seen.add(key);
        if (this.get(key) !== undefined) yield key;
      }
      const last = page.at(-1);
      if (last === undefined) break;
      start = last;
    }
    for (const key of uncommitted) if (!seen.has(key) && this.get(key) !== undefined) yield key;
  }

  private hold(key: string, value: V | undefined, written: Promise<boolean>): Promise<void> {
    const held = { value };
    this.pending.set(key, held);
    const forget = (): void => {
      if (this.pending.get(key) === held) this.pending.delete(key);
    };
    // A read transaction may be open from before the commit until the end of this turn.
    const done = (this.batches.current ?? written).finally(() => setImmediate(forget)).then(() => {});
    // Whoever does not wait for one write of a batch waits for the batch.
    done.catch(() => {});
    return done;
  }
}

/**
 * A table of bytes. Those that `get` gives lie in Node's pool for small buffers: LMDB's own copy is a block of memory outside
 * the heap for each read, and the collector, which frees them one by one, had all requests wait for that.
 */
export class BytesTable extends Table<Buffer> {
  protected override committed(key: string): Buffer | undefined {
    // Good until the next read, and longer than it says: only its `length` is that of the value.
    const shared = this.db.getBinaryFast(key);
    if (shared === undefined) return undefined;
    const { length } = shared;
    const own = Buffer.allocUnsafe(length);
    shared.copy(own, 0, 0, length);
    return own;
  }
}
