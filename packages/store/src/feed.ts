import { type DocumentData, type QueryDocumentSnapshot, type QuerySnapshot, Timestamp } from "firebase-admin/firestore";
import type { Meter } from "./documents.ts";
import { FeedLoop, type FeedRun } from "./feedLoop.ts";
import type { Platform } from "./firebase.ts";

/** A document that changed. */
export interface FeedDocument {
  path: string;
  id: string;
  data: DocumentData;
  /** Server time of the change, µs since 1970. */
  at: number;
}

/** What a feed follows: all documents of a collection (`group`: of every tenant's) by the server time in `field`. */
export interface FeedSource {
  collection: string;
  group: boolean;
  field: string;
}

export interface FeedSink {
  /** Applies changes and keeps the cursor, durably and together, before it resolves. `isLive`: they just happened, so that their age is the lag. */
  apply(documents: FeedDocument[], cursor: number, isLive: boolean): Promise<void>;
  /** Everything up to now has been applied; again after each interruption. */
  synced(): Promise<void>;
  /** Interrupted; goes on from the cursor by itself. */
  failed(error: unknown, retryInMs: number): void;
}

const PAGE = 1000;
/** Commits whose times lie this much before the cursor may still become visible. */
const OVERLAP_US = 5_000_000;
/** Documents a listener may gather before it starts again from the cursor: it reads them all again after a long interruption. */
const REGROWN = 1000;

/**
 * Follows a collection by a cursor: in pages up to now, then by a listener. The same change may come again; `at` tells. Deletions are seen as
 * tombstones alone: what leaves the result set otherwise is ignored.
 */
export class Feed {
  private readonly db: Platform["db"];
  private readonly meter: Meter;
  private readonly source: FeedSource;
  private readonly sink: FeedSink;
  private readonly loop: FeedLoop;
  private cursor: number | undefined;
  private root = 0;

  /** `cursor`: µs since 1970 of the last change that was applied; undefined: from the beginning. */
  constructor(
    { db, meter }: { db: Platform["db"]; meter: Meter },
    source: FeedSource,
    cursor: number | undefined,
    sink: FeedSink,
  ) {
    this.db = db;
    this.meter = meter;
    this.source = source;
    this.sink = sink;
    this.cursor = cursor;
    this.loop = new FeedLoop((run) => this.follow(run), sink.failed.bind(sink));
  }

  start(): void {
    this.loop.start();
  }

  /** Starts again from the cursor, for a connection that has gone silent. */
  restart(): void {
    this.loop.restart();
  }

  /** Resolves when nothing is applied any more. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async follow(run: FeedRun): Promise<void> {
    await this.readPages(run);
    if (run.isOver()) return;
    this.listen(run, true);
  }

  private async readPages(run: FeedRun): Promise<void> {
    let last: QueryDocumentSnapshot | undefined;
    for (;;) {
      const query = last ? this.query().startAfter(last) : this.query();
      const page = await withDeadline(query.limit(PAGE).get());
      if (run.isOver()) return;
      this.meter.reads += Math.max(1, page.size);
      const isLast = page.size < PAGE;
      await this.apply(page.docs, false, isLast ? microsecondsOf(page.readTime) : 0);
      if (isLast) return;
      last = page.docs.at(-1);
    }
  }

  private listen(run: FeedRun, isFirst: boolean): void {
    let isInitial = true;
    this.root = this.cursor ?? 0;
    const unsubscribe = this.query().onSnapshot(
      (snapshot) => {
        const initial = isInitial;
        isInitial = false;
        run.next(async () => {
          await this.take(snapshot, initial);
          if (initial && isFirst) {
            await this.sink.synced();
            run.succeeded();
          }
          if (!this.hasRegrown(snapshot)) return;
          unsubscribe();
          this.listen(run, false);
        });
      },
      (error) => run.fail(error),
    );
    run.onEnd(unsubscribe);
  }

  private async take(snapshot: QuerySnapshot, isInitial: boolean): Promise<void> {
    const changes = snapshot.docChanges().filter(({ type }) => type !== "removed");
    this.meter.reads += changes.length;
    const docs = changes.map(({ doc }) => doc);
    await this.apply(docs, !isInitial, microsecondsOf(snapshot.readTime));
  }

  /** `readTime`: everything that was committed before it has been seen, µs since 1970. */
  private async apply(docs: QueryDocumentSnapshot[], isLive: boolean, readTime: number): Promise<void> {
    const documents = docs.map((doc) => this.document(doc)).filter((document) => document !== undefined);
    const latest = Math.max(this.cursor ?? 0, readTime);
    const cursor = documents.reduce((most, { at }) => Math.max(most, at), latest);
    await this.sink.apply(documents, cursor, isLive);
    this.cursor = cursor;
  }

  private hasRegrown(snapshot: QuerySnapshot): boolean {
    return snapshot.size >= REGROWN && (this.cursor ?? 0) - this.root > 4 * OVERLAP_US;
  }

  private query() {
    const { collection, group, field } = this.source;
    const all = group ? this.db.collectionGroup(collection) : this.db.collection(collection);
    const since = Math.max(0, (this.cursor ?? 0) - OVERLAP_US);
    return since === 0 ? all.orderBy(field) : all.where(field, ">", timestampOf(since)).orderBy(field);
  }

  private document(doc: QueryDocumentSnapshot): FeedDocument | undefined {
    const at: unknown = doc.get(this.source.field);
    if (!(at instanceof Timestamp)) return undefined;
    return { path: doc.ref.path, id: doc.id, data: doc.data(), at: microsecondsOf(at) };
  }
}

/** The client keeps retrying reads for minutes; a connection that comes back is noticed sooner by asking anew. */
const READ_DEADLINE_MS = 60_000;

function withDeadline<T>(read: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer within a minute")), READ_DEADLINE_MS);
  });
  return Promise.race([read, late]).finally(() => clearTimeout(timer));
}

/** µs since 1970: exact in a number until the year 2255. */
export function microsecondsOf(timestamp: Timestamp): number {
  return timestamp.seconds * 1e6 + Math.floor(timestamp.nanoseconds / 1000);
}

function timestampOf(microseconds: number): Timestamp {
  const seconds = Math.floor(microseconds / 1e6);
  return new Timestamp(seconds, (microseconds - seconds * 1e6) * 1000);
}
