import { createRequire } from "node:module";
import { AggregateField, Firestore } from "firebase-admin/firestore";
import { describe, expect, it } from "vitest";
import * as access from "../../packages/core/src/documents/access.ts";
import * as diameter from "../../packages/core/src/documents/diameter.ts";
import * as epc from "../../packages/core/src/documents/epc.ts";
import * as people from "../../packages/core/src/documents/people.ts";
import * as remsim from "../../packages/core/src/documents/remsim.ts";
import * as repository from "../../packages/core/src/documents/repository.ts";
import * as rollout from "../../packages/core/src/documents/rollout.ts";
import * as subscription from "../../packages/core/src/documents/subscription.ts";
import * as tenant from "../../packages/core/src/documents/tenant.ts";
import * as webhook from "../../packages/core/src/documents/webhook.ts";
import { collectionsOf } from "./collections.ts";
import { type Indexes, indexes, served } from "./indexes.ts";
import { EXEMPT, QUERIES, type Query, SCHEMAS } from "./queries.ts";

const exempt = Object.entries(EXEMPT).flatMap(([collection, fields]) =>
  Object.entries(fields).map(([field, reason]) => ({ collection, field, reason })),
);
const override = (collection: string, field: string) =>
  indexes.fieldOverrides.find((found) => found.collectionGroup === collection && found.fieldPath === field);
const hasField = (collection: string, path: string) => (path.split(".")[0] ?? "") in (SCHEMAS[collection]?.shape ?? {});

describe("each query", () => {
  it.each(QUERIES)("has its index: $of", (query) => {
    expect(served(indexes, query)).toBeDefined();
  });

  it.each(QUERIES)(
    "names a collection and fields that exist: $of",
    ({ collection, equal = [], contains = [], order = [] }) => {
      const known = collectionsOf().map((path) => path.split("/").at(-1));
      expect(known).toContain(collection);
      const fields = [...equal, ...contains, ...order.map(([field]) => field)].filter((field) => field !== "__name__");
      expect(fields.filter((field) => !hasField(collection, field))).toEqual([]);
    },
  );
});

describe("a query of the server without an index", () => {
  const db = new Firestore({ projectId: "demo-indexes" });
  const slots = db.collection("tenants/t/simBanks/1/slots");

  it.each<[string, () => unknown]>([
    ["in a group", () => db.collectionGroup("epcs").where("siteName", "==", "x").get()],
    ["of two fields", () => slots.where("carrier", "==", "x").orderBy("slotId").get()],
    [
      "that is listened to",
      () =>
        db
          .collectionGroup("epcs")
          .orderBy("siteName")
          .onSnapshot(() => {}),
    ],
    ["that counts", () => db.collectionGroup("epcs").where("siteName", "==", "x").count()],
    ["that adds up", () => slots.where("carrier", "==", "x").aggregate({ sum: AggregateField.sum("profiles") })],
  ])("fails in every stack test: %s", (_, ask) => {
    expect(ask).toThrow(/firestore.indexes.json has no index for/);
  });
});

describe("each index", () => {
  const used = new Set(QUERIES.map((query) => served(indexes, query)));

  it("serves a query or frees a field of indexes", () => {
    const idle = indexes.fieldOverrides.filter((found) => found.indexes.length > 0 && !used.has(found));
    expect(idle).toEqual([]);
    expect(indexes.indexes.filter((index) => !used.has(index))).toEqual([]);
  });

  it("is for a field that the documents have", () => {
    const strange = indexes.fieldOverrides.filter((found) => !hasField(found.collectionGroup, found.fieldPath));
    expect(strange).toEqual([]);
  });

  it("is spelled as the Firebase CLI demands", () => {
    const { FirestoreApi } = createRequire(import.meta.url)("firebase-tools/lib/firestore/api");
    expect(() => new FirestoreApi().validateSpec(indexes)).not.toThrow();
  });
});

describe("exemptions", () => {
  it.each(exempt)("$collection.$field has no index: $reason", ({ collection, field }) => {
    expect(override(collection, field)?.indexes).toEqual([]);
  });

  it("are all explained", () => {
    const bare = indexes.fieldOverrides.filter((found) => found.indexes.length === 0);
    const names = bare.map((found) => `${found.collectionGroup}.${found.fieldPath}`).sort();
    expect(names).toEqual(exempt.map(({ collection, field }) => `${collection}.${field}`).sort());
  });
});

describe("lifetimes", () => {
  const isAging = (value: unknown) =>
    typeof value === "object" && value !== null && "shape" in value && "expireAt" in (value.shape as object);

  it("are given to every document that says when it ends", () => {
    const aging = Object.values({
      ...access,
      ...diameter,
      ...epc,
      ...people,
      ...remsim,
      ...repository,
      ...rollout,
      ...subscription,
      ...tenant,
      ...webhook,
    }).filter(isAging);
    const known = Object.entries(SCHEMAS).filter(([, schema]) => (aging as unknown[]).includes(schema));
    // A router's hours are in collections of the same name as an EPC's.
    const others = aging.filter((schema) => schema !== remsim.RemsimHistoryHour);
    expect(known.length).toBe(others.length);
    const living = indexes.fieldOverrides.filter((found) => found.ttl);
    expect(living.every((found) => found.fieldPath === "expireAt")).toBe(true);
    expect(living.map((found) => found.collectionGroup).sort()).toEqual(known.map(([collection]) => collection).sort());
  });
});

describe("the judge of indexes", () => {
  const none: Indexes = { indexes: [], fieldOverrides: [] };
  const query = (more: Partial<Query>): Query => ({ of: "a test", collection: "c", scope: "COLLECTION", ...more });
  const field = (fieldPath: string, order: "ASCENDING" | "DESCENDING" = "ASCENDING") => ({ fieldPath, order });
  const composite = (...fields: Indexes["indexes"][number]["fields"]): Indexes => ({
    ...none,
    indexes: [{ collectionGroup: "c", queryScope: "COLLECTION", fields }],
  });

  it("knows what Firestore indexes by itself", () => {
    expect(served(none, query({ order: [["__name__", "ASCENDING"]] }))).toBe("documents");
    expect(served(none, query({ order: [["at", "DESCENDING"]] }))).toBe("automatic");
    expect(served(none, query({ equal: ["a"], order: [["__name__", "ASCENDING"]] }))).toBe("automatic");
  });

  it("misses a group index, a composite, and what an override took away", () => {
    expect(served(none, query({ scope: "COLLECTION_GROUP", equal: ["a"] }))).toBeUndefined();
    expect(served(none, query({ equal: ["a"], order: [["at", "DESCENDING"]] }))).toBeUndefined();
    expect(served(none, query({ order: [["__name__", "DESCENDING"]] }))).toBeUndefined();
    const without = { ...none, fieldOverrides: [{ collectionGroup: "c", fieldPath: "map", indexes: [] }] };
    expect(served(without, query({ equal: ["map.a"] }))).toBeUndefined();
  });

  it("merges equalities that each have an index of the same sort", () => {
    expect(served(none, query({ equal: ["a", "b"] }))).toBe("automatic");
    const sorted = query({ equal: ["a", "b"], order: [["at", "DESCENDING"]] });
    const one = composite(field("a"), field("at", "DESCENDING"));
    const other = composite(field("b"), field("at", "DESCENDING"));
    expect(served(one, sorted)).toBeUndefined();
    expect(served({ ...none, indexes: [...one.indexes, ...other.indexes] }, sorted)).toBeDefined();
  });

  it("takes the override of a field before that of the map around it", () => {
    const map = { collectionGroup: "c", fieldPath: "map", indexes: [] };
    const inner = {
      collectionGroup: "c",
      fieldPath: "map.a",
      indexes: [{ order: "ASCENDING" as const, queryScope: "COLLECTION" as const }],
    };
    expect(served({ ...none, fieldOverrides: [map, inner] }, query({ equal: ["map.a"] }))).toBe(inner);
    expect(served({ ...none, fieldOverrides: [map, inner] }, query({ equal: ["map.b"] }))).toBeUndefined();
  });

  it("takes a composite only with the sort's own direction and the query's scope", () => {
    const sorted = query({ equal: ["a"], order: [["at", "DESCENDING"]] });
    expect(served(composite(field("a"), field("at", "DESCENDING")), sorted)).toBeDefined();
    expect(served(composite(field("a"), field("at")), sorted)).toBeUndefined();
    expect(served(composite(field("at", "DESCENDING"), field("a")), sorted)).toBeUndefined();
    expect(
      served(composite(field("a"), field("at", "DESCENDING")), { ...sorted, scope: "COLLECTION_GROUP" }),
    ).toBeUndefined();
  });
});
