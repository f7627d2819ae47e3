import { AppError } from "@wisptools/core";
import {
  type DocumentData,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
  type Timestamp,
  type WriteBatch,
} from "firebase-admin/firestore";

/** A document as it was read; `version` is what a later write may insist on. */
export interface Stored<T> {
  path: string;
  data: T;
  version: Timestamp;
}

/** What Documents asks of a zod schema. */
interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

/** Fields to change; undefined removes a field. */
export type Changes<T> = { [K in keyof T]?: T[K] | undefined };

/** Billed document operations since the start, for tests and benches. */
export interface Meter {
  reads: number;
  writes: number;
}

const CONFLICTS = new Set([5, 6, 9, 10]); // gRPC NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED

/** Writes that happen together or not at all. A broken precondition is `aborted`: read again and decide again. */
export class Write {
  private readonly batch: WriteBatch;
  private count = 0;
  private readonly db: Firestore;
  private readonly meter: Meter;

  constructor(db: Firestore, meter: Meter) {
    this.db = db;
    this.meter = meter;
    this.batch = db.batch();
  }

  /** Fails the whole write when the document exists. */
  create(path: string, data: DocumentData): this {
    this.batch.create(this.db.doc(path), data);
    this.count++;
    return this;
  }

  /** Merges maps deeply; creates the document when it is absent. */
  merge(path: string, data: DocumentData): this {
    this.batch.set(this.db.doc(path), data, { merge: true });
    this.count++;
    return this;
  }

  /** Writes the whole document, whatever was there. */
  put(path: string, data: DocumentData): this {
    this.batch.set(this.db.doc(path), data);
    this.count++;
    return this;
  }

  /** Changes an existing document, whatever others have done to its other fields. */
  patch(path: string, changes: DocumentData): this {
    this.batch.update(this.db.doc(path), withDeletes(changes));
    this.count++;
    return this;
  }

  /** Changes the document only as it was read. */
  update<T extends object>(stored: Stored<T>, changes: Changes<T>): this {
    this.batch.update(this.db.doc(stored.path), withDeletes(changes), { lastUpdateTime: stored.version });
    this.count++;
    return this;
  }

  delete(path: string): this {
    this.batch.delete(this.db.doc(path));
    this.count++;
    return this;
  }

  /** Deletes the document only as it was read. */
  remove(stored: Stored<unknown>): this {
    this.batch.delete(this.db.doc(stored.path), { lastUpdateTime: stored.version });
    this.count++;
    return this;
  }

  async commit(): Promise<void> {
    try {
      await this.batch.commit();
    } catch (error) {
      if (CONFLICTS.has((error as { code?: number }).code ?? -1)) {
        throw new AppError("aborted", "someone else changed this at the same time; try again", { cause: error });
      }
      throw error;
    }
    this.meter.writes += this.count;
  }
}

function withDeletes(changes: object): DocumentData {
  return Object.fromEntries(
    Object.entries(changes).map(([key, value]) => [key, value === undefined ? FieldValue.delete() : value]),
  );
}

/** Adds to a list without reading it. */
export function union(value: string): string[] {
  return FieldValue.arrayUnion(value) as unknown as string[];
}

/** Adds to a number without reading it. */
export function increment(by: number): number {
  return FieldValue.increment(by) as unknown as number;
}

/** The database's own time of the commit, which daemons follow as their cursor. */
export function serverTime(): Date {
  return FieldValue.serverTimestamp() as unknown as Date;
}

/** The documents of one kind: typed reads by key and page. Writes go through Write, by `path`. */
export class Documents<K extends unknown[], T> {
  readonly path: (...key: K) => string;
  private readonly schema: Schema<T>;
  protected readonly db: Firestore;
  protected readonly meter: Meter;

  constructor(db: Firestore, meter: Meter, schema: Schema<T>, path: (...key: K) => string) {
    this.db = db;
    this.meter = meter;
    this.schema = schema;
    this.path = path;
  }

  async get(...key: K): Promise<Stored<T> | undefined> {
    const snapshot = await this.db.doc(this.path(...key)).get();
    this.meter.reads++;
    return this.stored(snapshot);
  }

  /** Several documents in one call, in the order of their keys. */
  async getAll(keys: K[]): Promise<(Stored<T> | undefined)[]> {
    if (keys.length === 0) return [];
    const snapshots = await this.db.getAll(...keys.map((key) => this.db.doc(this.path(...key))));
    this.meter.reads += snapshots.length;
    return snapshots.map((snapshot) => this.stored(snapshot));
  }

  /** How many documents a query has: one billed read for each thousand. */
  async count(query: Query): Promise<number> {
    const { count } = (await query.count().get()).data();
    this.meter.reads += Math.max(1, Math.ceil(count / 1000));
    return count;
  }

  /** The document, or `not-found` with the words for it. */
  async need(what: string, ...key: K): Promise<Stored<T>> {
    const stored = await this.get(...key);
    if (!stored) throw new AppError("not-found", `${what} not found`);
    return stored;
  }

  async find(query: Query): Promise<Stored<T>[]> {
    const snapshot = await query.get();
    this.meter.reads += Math.max(1, snapshot.size);
    return snapshot.docs.map((doc) => this.parsed(doc));
  }

  private stored(snapshot: DocumentSnapshot): Stored<T> | undefined {
    return snapshot.exists ? this.parsed(snapshot as QueryDocumentSnapshot) : undefined;
  }

  private parsed(snapshot: QueryDocumentSnapshot): Stored<T> {
    const result = this.schema.safeParse(snapshot.data());
    if (!result.success) {
      throw new Error(`${snapshot.ref.path} does not fit its schema`, { cause: result.error });
    }
    return { path: snapshot.ref.path, data: result.data, version: snapshot.updateTime };
  }
}

const ATTEMPTS = 60;

/** Runs a read-decide-write until no other writer came between; gives up with `aborted`. One with a reason is a decision, not a race. */
export async function untilUncontended<T>(decide: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await decide(attempt);
    } catch (error) {
      const raced = error instanceof AppError && error.code === "aborted" && error.reason === undefined;
      if (!raced || attempt + 1 >= ATTEMPTS) throw error;
      await new Promise((wake) => setTimeout(wake, Math.random() * Math.min(250, 10 * 2 ** Math.min(attempt, 5))));
    }
  }
}
