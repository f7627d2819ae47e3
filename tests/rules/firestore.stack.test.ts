import { readFileSync } from "node:fs";
import { initializeTestEnvironment, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import {
  collection,
  collectionGroup,
  deleteDoc,
  doc,
  documentId,
  type Firestore,
  getCountFromServer,
  getDoc,
  getDocs,
  limit,
  onSnapshot,
  orderBy,
  query,
  setDoc,
  updateDoc,
  where,
} from "firebase/firestore";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paths } from "../../packages/core/src/paths.ts";
import { ACCESS, EPC, FOREIGN, HOME, type Row } from "./access.ts";
import { letIn } from "./attempts.ts";
import { neverEvaluated, oneSided, readCoverage, saveCoverageReport } from "./coverage.ts";
import { allowed, firestoreOf, furnish, type Reader, readers } from "./people.ts";

/** A project of its own: emulators keep rules, documents and coverage by project. */
const PROJECT = "demo-rules";
const RULES = new URL("../../firestore.rules", import.meta.url);

let env: RulesTestEnvironment;
let people: Reader[];

beforeAll(async () => {
  env = await initializeTestEnvironment({ projectId: PROJECT, firestore: { rules: readFileSync(RULES, "utf8") } });
  await furnish(env);
  people = readers(env);
});
afterAll(() => env?.cleanup());

const parent = (row: Row) => row.document.slice(0, row.document.lastIndexOf("/"));
const beside = (row: Row) => `${parent(row)}/new`;
const list = (db: Firestore, path: string, count: number) => getDocs(query(collection(db, path), limit(count)));

describe.each(ACCESS)("$collection", (row) => {
  it(`can be read one by one by: ${row.get}`, async () => {
    expect(await letIn(people, ({ db }) => getDoc(doc(db, row.document)))).toEqual(allowed(people, row.get));
  });

  it(`can be listed up to ${row.limit} by: ${row.list}`, async () => {
    const most = Math.max(row.limit, 1);
    expect(await letIn(people, ({ db }) => list(db, parent(row), most))).toEqual(allowed(people, row.list));
    // A query that names its document binds the path's wildcards, where a plain list leaves them open.
    const named = (db: Firestore) =>
      query(collection(db, parent(row)), where(documentId(), "==", row.document.split("/").at(-1)), limit(1));
    expect(await letIn(people, ({ db }) => getDocs(named(db)))).toEqual(allowed(people, row.list));
  });

  it("cannot be listed beyond that, without a limit, or across tenants", async () => {
    expect(await letIn(people, ({ db }) => list(db, parent(row), row.limit + 1))).toEqual([]);
    expect(await letIn(people, ({ db }) => getDocs(collection(db, parent(row))))).toEqual([]);
    const group = row.collection.split("/").at(-1) ?? "";
    expect(await letIn(people, ({ db }) => getDocs(query(collectionGroup(db, group), limit(1))))).toEqual([]);
  });

  it("cannot be written by anybody", async () => {
    expect(await letIn(people, ({ db }) => setDoc(doc(db, beside(row)), { schemaVersion: 1 }))).toEqual([]);
    expect(await letIn(people, ({ db }) => setDoc(doc(db, row.document), { schemaVersion: 1 }))).toEqual([]);
    expect(await letIn(people, ({ db }) => updateDoc(doc(db, row.document), { state: "approved" }))).toEqual([]);
    expect(await letIn(people, ({ db }) => deleteDoc(doc(db, row.document)))).toEqual([]);
  });

  it("opens nothing below it that has no rule", async () => {
    const below = `${row.document}/unnamed/x`;
    expect(await letIn(people, ({ db }) => getDoc(doc(db, below)))).toEqual([]);
    expect(await letIn(people, ({ db }) => setDoc(doc(db, below), {}))).toEqual([]);
  });
});

describe("what nobody named", () => {
  it("is closed, at the top and in a tenant", async () => {
    for (const path of ["unnamed/x", `tenants/${HOME}/unnamed/x`]) {
      expect(await letIn(people, ({ db }) => getDoc(doc(db, path)))).toEqual([]);
      expect(await letIn(people, ({ db }) => setDoc(doc(db, path), {}))).toEqual([]);
    }
  });
});

describe("membership", () => {
  it("gives the owner of another tenant that tenant, and its members nothing else", async () => {
    expect(await letIn(people, ({ db }) => getDoc(doc(db, paths.tenant(FOREIGN))))).toEqual(["foreign-owner"]);
    expect(await letIn(people, ({ db }) => list(db, paths.epcs(FOREIGN), 1))).toEqual(["foreign-owner"]);
  });

  it("cannot be taken or raised by the person themself", async () => {
    const known = people.filter(({ uid }) => uid !== undefined);
    const own = ({ db, uid = "" }: Reader) => doc(db, paths.member(HOME, uid));
    expect(await letIn(known, (person) => setDoc(own(person), { role: "owner" }))).toEqual([]);
    expect(await letIn(known, (person) => updateDoc(own(person), { role: "owner" }))).toEqual([]);
  });

  it("lets nobody write their own user document", async () => {
    const known = people.filter(({ uid }) => uid !== undefined);
    const attempt = ({ db, uid = "" }: Reader) => setDoc(doc(db, paths.user(uid)), { tenants: { [HOME]: {} } });
    expect(await letIn(known, attempt)).toEqual([]);
  });

  const asServer = (act: (db: Firestore) => Promise<void>) =>
    env.withSecurityRulesDisabled((context) => act(firestoreOf(context)));
  const join = (uid: string) => asServer((db) => setDoc(doc(db, paths.member(HOME, uid)), { uid, role: "owner" }));
  const leave = (uid: string) => asServer((db) => deleteDoc(doc(db, paths.member(HOME, uid))));

  it("ends with the member document, at the next read", async () => {
    const epc = doc(firestoreOf(env.authenticatedContext("leaving")), paths.epc(HOME, EPC));
    await join("leaving");
    expect((await getDoc(epc)).exists()).toBe(true);
    await leave("leaving");
    await expect(getDoc(epc)).rejects.toMatchObject({ code: "permission-denied" });
  });

  it("ends an open listener at the next change, which it does not show", async () => {
    const epc = doc(firestoreOf(env.authenticatedContext("listening")), paths.epc(HOME, EPC));
    await join("listening");
    const first = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<string>();
    const heard: unknown[] = [];
    onSnapshot(
      epc,
      (snapshot) => {
        heard.push(snapshot.get("secret"));
        first.resolve();
      },
      (error) => ended.resolve(error.code),
    );
    await first.promise;
    await leave("listening");
    await asServer((db) => updateDoc(doc(db, paths.epc(HOME, EPC)), { secret: "after" }));
    expect(await ended.promise).toBe("permission-denied");
    expect(heard).toEqual([undefined]);
  });
});

describe("questions", () => {
  it("lets members ask for a month of history", async () => {
    const month = (db: Firestore) =>
      query(
        collection(db, paths.history(HOME, EPC)),
        where(documentId(), ">=", "2025100100"),
        where(documentId(), "<=", "2025103123"),
        orderBy(documentId()),
        limit(745),
      );
    expect(await letIn(people, ({ db }) => getDocs(month(db)))).toEqual(allowed(people, "viewer"));
  });

  it("lets installers see who waits", async () => {
    const waiting = (db: Firestore) =>
      query(
        collection(db, paths.claims(HOME)),
        where("state", "==", "pending"),
        orderBy("lastSeenAt", "desc"),
        limit(100),
      );
    expect(await letIn(people, ({ db }) => getDocs(waiting(db)))).toEqual(allowed(people, "installer"));
  });

  it("counts only within the limit of a list", async () => {
    const epcs = (db: Firestore) => collection(db, paths.epcs(HOME));
    const bounded = ({ db }: Reader) => getCountFromServer(query(epcs(db), limit(1000)));
    expect(await letIn(people, bounded)).toEqual(allowed(people, "viewer"));
    expect(await letIn(people, ({ db }) => getCountFromServer(epcs(db)))).toEqual([]);
  });
});

// Last: it judges what the tests above made the rules evaluate.
describe("coverage", () => {
  it("saw every expression of the rules evaluated, and every grant both given and refused", async () => {
    await saveCoverageReport(PROJECT);
    const coverage = await readCoverage(PROJECT);
    expect(coverage.report.length).toBeGreaterThan(0);
    expect(neverEvaluated(coverage)).toEqual([]);
    expect(oneSided(coverage)).toEqual([]);
  });
});
