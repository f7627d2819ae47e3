import type { FeedDocument, FeedSink } from "@wisptools/store";
import type { Applier } from "./cloudApplier.ts";
import type { Lag } from "./lag.ts";
import type { MirrorInside } from "./openMirror.ts";

/** Where a feed is; kept in LMDB with the data. */
interface Place {
  /** µs since 1970. */
  cursor: number | undefined;
  /** ms since 1970 when the feed was in step last; undefined: never. */
  syncedAt: number | undefined;
  /** Under way: a synchronisation of everything, which removes what it does not meet. */
  full: boolean;
}

/** Tombstones last 30 days; who was away for longer has to compare everything. */
const TOMBSTONES_MS = 29 * 86_400_000;

/** Puts what a feed brings into LMDB, cursor and data in one transaction. */
export class CursorSink implements FeedSink {
  private readonly inside: MirrorInside;
  private readonly applier: Applier;
  private readonly lag: Lag;
  private readonly onSynced: () => void;
  private place: Place;
  private documents = 0;

  constructor(inside: MirrorInside, applier: Applier, lag: Lag, onSynced: () => void) {
    this.inside = inside;
    this.applier = applier;
    this.lag = lag;
    this.onSynced = onSynced;
    this.place = this.readPlace();
    inside.log.feedStarted({ feed: applier.name, full: this.place.full });
  }

  get cursor(): number | undefined {
    return this.place.cursor;
  }

  async apply(documents: FeedDocument[], cursor: number, isLive: boolean): Promise<void> {
    const { environment, log, now } = this.inside;
    this.place = { ...this.place, cursor };
    this.documents += documents.length;
    await environment.batch(() => {
      for (const document of documents) {
        try {
          const key = this.applier.apply(document);
          if (key !== undefined && this.place.full) void environment.met.put(this.metKey(key), true);
        } catch (error) {
          log.documentSkipped(document.path, error);
        }
      }
      this.keepPlace();
    });
    const oldest = documents.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    if (isLive && documents.length > 0) this.lag.arrived(now() - oldest / 1000);
    this.applier.tell();
  }

  async synced(): Promise<void> {
    const { environment, log, now } = this.inside;
    let removed = 0;
    if (this.place.full) removed = await this.removeUnmet();
    this.place = { ...this.place, syncedAt: now(), full: false };
    await environment.batch(() => this.keepPlace());
    this.applier.tell();
    log.feedSynced({ feed: this.applier.name, documents: this.documents, removed });
    this.onSynced();
  }

  failed(error: unknown, retryInMs: number): void {
    this.inside.log.feedFailed({ feed: this.applier.name, retryInMs }, error);
  }

  /** The feed is known to be in step now. */
  stillInStep(): void {
    if (this.place.syncedAt === undefined || this.place.full) return;
    this.place = { ...this.place, syncedAt: this.inside.now() };
    this.keepPlace();
  }

  private readPlace(): Place {
    const kept = this.inside.environment.meta.get(`feed/${this.applier.name}`) as Place | undefined;
    if (kept && (kept.full || this.inside.now() - (kept.syncedAt ?? this.inside.now()) < TOMBSTONES_MS)) return kept;
    const isEmpty = this.applier.keys()[Symbol.iterator]().next().done === true;
    return { cursor: undefined, syncedAt: undefined, full: !isEmpty };
  }

  private keepPlace(): void {
    void this.inside.environment.meta.put(`feed/${this.applier.name}`, this.place);
  }

  private async removeUnmet(): Promise<number> {
    const { met, batch } = this.inside.environment;
    const unmet = [...this.applier.keys()].filter((key) => met.get(this.metKey(key)) === undefined);
    await batch(() => {
      for (const key of unmet) this.applier.remove(key);
      for (const key of met.keys(`${this.applier.name}/`)) void met.remove(key);
    });
    return unmet.length;
  }

  private metKey(key: string): string {
    return `${this.applier.name}/${key}`;
  }
}
