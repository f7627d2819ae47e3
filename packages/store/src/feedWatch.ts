import type { DocumentData, Query } from "firebase-admin/firestore";
import type { Meter, Stored } from "./documents.ts";
import { FeedLoop, type FeedRun } from "./feedLoop.ts";

export interface WatchSink {
  /** `paths`: the whole result set. `isFirst`: the first look, or the first after an interruption, where whatever is not among `paths` is gone. */
  apply(changed: Stored<DocumentData>[], paths: ReadonlySet<string>, isFirst: boolean): Promise<void>;
  failed(error: unknown, retryInMs: number): void;
}

/** Follows the whole result set of a query that stays small. */
export class FeedWatch {
  private readonly query: Query;
  private readonly meter: Meter;
  private readonly sink: WatchSink;
  private readonly loop: FeedLoop;

  constructor(query: Query, meter: Meter, sink: WatchSink) {
    this.query = query;
    this.meter = meter;
    this.sink = sink;
    this.loop = new FeedLoop(async (run) => this.listen(run), sink.failed.bind(sink));
  }

  start(): void {
    this.loop.start();
  }

  restart(): void {
    this.loop.restart();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private listen(run: FeedRun): void {
    let isInitial = true;
    const unsubscribe = this.query.onSnapshot(
      (snapshot) => {
        const isFirst = isInitial;
        isInitial = false;
        const changed = snapshot.docChanges().filter(({ type }) => type !== "removed");
        this.meter.reads += changed.length;
        const paths = new Set(snapshot.docs.map(({ ref }) => ref.path));
        run.next(async () => {
          const documents = changed.map(({ doc }) => ({
            path: doc.ref.path,
            data: doc.data(),
            version: doc.updateTime,
          }));
          await this.sink.apply(documents, paths, isFirst);
          run.succeeded();
        });
      },
      (error) => run.fail(error),
    );
    run.onEnd(unsubscribe);
  }
}
