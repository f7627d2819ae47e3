import type { DocumentData, Query } from "firebase-admin/firestore";
import { Feed, type FeedSink, type FeedSource } from "./feed.ts";
import { FeedWatch, type WatchSink } from "./feedWatch.ts";
import type { Platform } from "./firebase.ts";
import type { Store } from "./store.ts";

/** What can be started, started again, and stopped. */
export interface Following {
  start(): void;
  restart(): void;
  stop(): Promise<void>;
}

export type Feeds = ReturnType<typeof openFeeds>;

/** Everything that a daemon follows. Reads count in the store's meter. */
export function openFeeds({ db }: Pick<Platform, "db">, { meter }: Pick<Store, "meter">) {
  const watch = (query: Query<DocumentData>, sink: WatchSink): Following => new FeedWatch(query, meter, sink);
  return {
    /** `cursor`: µs since 1970 of the last change that was applied; undefined: from the beginning. */
    follow: (source: FeedSource, cursor: number | undefined, sink: FeedSink): Following =>
      new Feed({ db, meter }, source, cursor, sink),
    tenants: (sink: WatchSink) => watch(db.collection("tenants"), sink),
    /** Of all tenants. */
    pendingCommands: (sink: WatchSink) =>
      watch(db.collectionGroup("hssCommands").where("state", "==", "pending"), sink),
    /** What every osmo-remsim-server shall have, of all tenants. */
    slotMaps: (sink: WatchSink) => watch(db.collectionGroup("slotMaps"), sink),
    simBanks: (sink: WatchSink) => watch(db.collectionGroup("simBanks"), sink),
    remsimServers: (sink: WatchSink) => watch(db.collection("remsimServers"), sink),
    /** A daemon's own heartbeat, which tells it that it still hears the cloud. */
    heartbeat: (daemonId: string, sink: WatchSink) => watch(db.collection("daemons").where("id", "==", daemonId), sink),
  };
}
