import {
  collection,
  doc,
  type FirestoreError,
  limit,
  onSnapshot,
  orderBy,
  type Query,
  type QuerySnapshot,
  query,
  where,
} from "firebase/firestore";
import { db } from "./firebase.ts";
import type { DocumentSource, ListSource, LiveStatus, Parser } from "./source.ts";

function statusOf(error: FirestoreError): LiveStatus {
  return error.code === "permission-denied" ? "denied" : "failed";
}

function parse<T>(schema: Parser<T>, data: unknown, path: string): T | undefined {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  console.warn(`unreadable document ${path}`, parsed.error);
  return undefined;
}

/** One document, always as the database has it. */
export class LiveDocument<T> {
  /** Undefined while loading, when absent and when unreadable. */
  value = $state.raw<T>();
  status = $state<LiveStatus>("idle");
  /** Whether the server vouches for `value` now; false while the connection is down. */
  current = $state(false);

  open(source: DocumentSource<T>): () => void {
    this.status = "loading";
    return onSnapshot(
      doc(db, source.path),
      { includeMetadataChanges: true },
      (snapshot) => {
        this.current = !snapshot.metadata.fromCache;
        if (!snapshot.exists() && !this.current) return;
        this.value = snapshot.exists() ? parse(source.schema, snapshot.data(), source.path) : undefined;
        this.status = "ready";
      },
      (error) => {
        this.value = undefined;
        this.status = statusOf(error);
      },
    );
  }

  clear(): void {
    this.value = undefined;
    this.status = "idle";
    this.current = false;
  }
}

const STALLED_MS = 15_000;

/** A bounded query's documents in its order. Each document is parsed when it changes, not whenever another does. */
export class LiveList<T> {
  items = $state.raw<readonly T[]>([]);
  status = $state<LiveStatus>("idle");
  /** The limit was reached: there may be more. */
  full = $state(false);
  #parsed = new Map<string, T>();

  open(source: ListSource<T>): () => void {
    this.#parsed.clear();
    this.items = [];
    this.status = "loading";
    let close = this.#listen(source);
    // A long first answer is sometimes never finished; asked again, it is.
    const again = setInterval(() => {
      if (this.status !== "loading") return clearInterval(again);
      close();
      close = this.#listen(source);
    }, STALLED_MS);
    return () => {
      clearInterval(again);
      close();
    };
  }

  #listen(source: ListSource<T>): () => void {
    return onSnapshot(
      toQuery(source),
      (snapshot) => this.#take(source, snapshot),
      (error) => {
        this.items = [];
        this.status = statusOf(error);
      },
    );
  }

  clear(): void {
    this.#parsed.clear();
    this.items = [];
    this.status = "idle";
  }

  #take(source: ListSource<T>, snapshot: QuerySnapshot): void {
    for (const { type, doc: changed } of snapshot.docChanges()) {
      const value = type === "removed" ? undefined : parse(source.schema, changed.data(), changed.ref.path);
      if (value === undefined) this.#parsed.delete(changed.id);
      else this.#parsed.set(changed.id, value);
    }
    this.items = snapshot.docs.map((one) => this.#parsed.get(one.id)).filter((one) => one !== undefined);
    this.full = snapshot.size >= source.limit;
    this.status = "ready";
  }
}

function toQuery<T>(source: ListSource<T>): Query {
  return query(
    collection(db, source.path),
    ...(source.where ?? []).map(([field, op, value]) => where(field, op, value)),
    ...(source.orderBy ? [orderBy(...source.orderBy)] : []),
    limit(source.limit),
  );
}

/** Follows one document for as long as the calling component lives; undefined from `source` = nothing to follow. */
export function liveDocument<T>(source: () => DocumentSource<T> | undefined): LiveDocument<T> {
  const live = new LiveDocument<T>();
  follow(live, source);
  return live;
}

/** Follows a list for as long as the calling component lives. */
export function liveList<T>(source: () => ListSource<T> | undefined): LiveList<T> {
  const live = new LiveList<T>();
  follow(live, source);
  return live;
}

function follow<S>(live: { open(source: S): () => void; clear(): void }, source: () => S | undefined): void {
  $effect(() => {
    const wanted = source();
    if (wanted === undefined) return;
    const close = live.open(wanted);
    return () => {
      close();
      live.clear();
    };
  });
}
