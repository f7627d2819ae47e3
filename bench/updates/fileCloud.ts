// Files in the place of Firestore and Cloud Storage, as far as publishing uses them: documents with versions and
// preconditions in a database file, objects in a folder. So the very store and operations of the functions run against
// files, as the peers do.
import {
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Platform } from "@wisptools/store";

type Data = Record<string, unknown>;

interface Kept {
  version: number;
  data: Data;
}

function conflict(code: number): Error {
  return Object.assign(new Error("precondition"), { code });
}

/** Times are the only values of documents that JSON has no form for; it writes them in this one. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const revived = (_key: string, value: unknown) =>
  typeof value === "string" && TIME.test(value) ? new Date(value) : value;

/** Documents by path, in one database file that several processes may use. */
class DocumentTable {
  private readonly database: DatabaseSync;
  private readonly selected: StatementSync;
  private readonly below: StatementSync;
  private readonly written: StatementSync;
  private readonly created: StatementSync;

  constructor(root: string) {
    this.database = new DatabaseSync(join(root, "documents.sqlite"), { timeout: 60_000 });
    this.database.exec("PRAGMA page_size = 16384; PRAGMA cache_size = -65536");
    this.database.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
    this.database.exec("CREATE TABLE IF NOT EXISTS documents (path TEXT PRIMARY KEY, version INTEGER, data TEXT)");
    this.selected = this.database.prepare("SELECT version, data FROM documents WHERE path = ?");
    this.below = this.database.prepare("SELECT path FROM documents WHERE path > ? AND path < ?");
    this.written = this.database.prepare("REPLACE INTO documents VALUES (?, ?, ?)");
    this.created = this.database.prepare("INSERT OR IGNORE INTO documents VALUES (?, 1, ?)");
  }

  kept(path: string): Kept | undefined {
    const row = this.selected.get(path) as { version: number; data: string } | undefined;
    return row && { version: row.version, data: JSON.parse(row.data, revived) as Data };
  }

  get(path: string) {
    const kept = this.kept(path);
    return { exists: kept !== undefined, ref: { path }, updateTime: kept?.version, data: () => kept?.data };
  }

  /** Paths of a collection's documents. */
  paths(collection: string): string[] {
    const rows = this.below.all(`${collection}/`, `${collection}0`) as { path: string }[];
    return rows.map(({ path }) => path).filter((path) => !path.slice(collection.length + 1).includes("/"));
  }

  keep(path: string, data: Data, version: number): void {
    this.written.run(path, version, JSON.stringify(data));
  }

  /** False if it is there already. */
  create(path: string, json: string): boolean {
    return this.created.run(path, json).changes === 1;
  }

  /** All that `work` writes, or nothing if it throws. */
  together(work: () => void): void {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.database.exec("COMMIT");
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    }
  }
}

class Query {
  private readonly table: DocumentTable;
  private readonly collection: string;
  private readonly filters: ((data: Data) => boolean)[];

  constructor(table: DocumentTable, collection: string, filters: ((data: Data) => boolean)[] = []) {
    this.table = table;
    this.collection = collection;
    this.filters = filters;
  }

  where(field: string, _equals: "==", value: unknown): Query {
    return new Query(this.table, this.collection, [...this.filters, (data) => data[field] === value]);
  }

  limit(): Query {
    return this;
  }

  async get() {
    const all = this.table.paths(this.collection).map((path) => this.table.get(path));
    const docs = all.filter((doc) => this.filters.every((fits) => fits(doc.data() ?? {})));
    return { size: docs.length, docs };
  }
}

interface Ref {
  path: string;
  get(): Promise<ReturnType<DocumentTable["get"]>>;
}

type Step = { path: string; create: string } | { path: string; changes: Data; expects: number | undefined };

/** Writes that happen together, each with its precondition. */
class Batch {
  private readonly table: DocumentTable;
  private readonly steps: Step[] = [];

  constructor(table: DocumentTable) {
    this.table = table;
  }

  create({ path }: Ref, data: Data): void {
    this.steps.push({ path, create: JSON.stringify(data) });
  }

  update({ path }: Ref, data: Data, precondition?: { lastUpdateTime: number }): void {
    this.steps.push({ path, changes: data, expects: precondition?.lastUpdateTime });
  }

  async commit(): Promise<void> {
    this.table.together(() => {
      for (const step of this.steps) {
        if ("changes" in step) this.change(step);
        else if (!this.table.create(step.path, step.create)) throw conflict(6);
      }
    });
  }

  private change({ path, changes, expects }: Extract<Step, { changes: Data }>): void {
    const kept = this.table.kept(path);
    if (!kept) throw conflict(5);
    if (expects !== undefined && kept.version !== expects) throw conflict(9);
    this.table.keep(path, { ...kept.data, ...changes }, kept.version + 1);
  }
}

const madeFolders = new Set<string>();

/** The file's path, in a folder that is there. */
function ready(path: string): string {
  const folder = dirname(path);
  if (!madeFolders.has(folder)) mkdirSync(folder, { recursive: true });
  madeFolders.add(folder);
  return path;
}

/** Objects have no folders: one with all of them would be where the threads wait for each other. */
function objectPath(root: string, name: string): string {
  const base = name.lastIndexOf("/") + 1;
  return `${root}/objects/${name.slice(0, base)}${name.charAt(base)}/${name.slice(base)}`;
}

class FileObject {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async save(content: string | Buffer): Promise<void> {
    writeFileSync(ready(this.path), content);
  }

  async download(): Promise<[Buffer]> {
    if (!existsSync(this.path)) throw conflict(404);
    return [readFileSync(this.path)];
  }

  async getMetadata() {
    return [{ size: statSync(this.path).size, generation: "1" }];
  }

  createReadStream() {
    return createReadStream(this.path);
  }

  async delete(): Promise<void> {
    rmSync(this.path, { force: true });
  }
}

/** Takes a file as an object, as Cloud Storage copies one: without its octets being sent anywhere. */
export function linkObject(root: string, file: string, name: string): void {
  linkSync(file, ready(objectPath(root, name)));
}

/** What `openStore` needs, in a folder. */
export function filePlatform(root: string): Platform {
  const table = new DocumentTable(root);
  const ref = (path: string): Ref => ({ path, get: async () => table.get(path) });
  const documents = {
    doc: ref,
    getAll: async (...all: Ref[]) => all.map(({ path }) => table.get(path)),
    collection: (path: string) => new Query(table, path),
    batch: () => new Batch(table),
  };
  const storage = { retryOptions: {} };
  const bucket = { name: "files", storage, file: (name: string) => new FileObject(objectPath(root, name)) };
  return {
    db: documents as unknown as Platform["db"],
    bucket: bucket as unknown as Platform["bucket"],
    auth: {} as Platform["auth"],
    projectId: "demo-bench",
    accessToken: async () => "",
  };
}
