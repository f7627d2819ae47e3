// For every stack test: a query of the server that Firestore would refuse for want of an index fails here already. The emulator
// needs no indexes, and the list of queries, made by hand, may forget one.
import { Query as ServerQuery } from "firebase-admin/firestore";
import { indexes, served } from "./indexes.ts";
import type { Query } from "./queries.ts";

type Order = NonNullable<Query["order"]>[number];

/** What the SDK knows of a query and has no types for. */
interface Known {
  _queryOptions: {
    collectionId: string;
    allDescendants: boolean;
    filters: { field: { formattedName: string }; op: string }[];
  };
  createImplicitOrderBy(): { field: { formattedName: string }; direction: Order[1] }[];
}
/** As the judge of indexes wants it. What is added up has to be in the index too. */
function described(known: Known, sums: readonly string[] = []): Query {
  const { collectionId, allDescendants, filters } = known._queryOptions;
  const withOp = (...ops: string[]) =>
    filters.filter(({ op }) => ops.includes(op)).map(({ field }) => field.formattedName);
  const equal = withOp("EQUAL", "IN");
  const order = known
    .createImplicitOrderBy()
    .map(({ field, direction }): Order => [field.formattedName, direction])
    .filter(([field]) => !equal.includes(field));
  const sorted = new Set(order.map(([field]) => field));
  order.unshift(...sums.filter((field) => !sorted.has(field)).map((field): Order => [field, "ASCENDING"]));
  const scope = allDescendants ? "COLLECTION_GROUP" : "COLLECTION";
  const contains = withOp("ARRAY_CONTAINS", "ARRAY_CONTAINS_ANY");
  return { of: "a test", collection: collectionId, scope, equal, contains, order };
}

function needIndex(query: Query): void {
  if (!served(indexes, query)) throw new Error(`firestore.indexes.json has no index for ${JSON.stringify(query)}`);
}

/** Judges the query before a method of its sends it. */
function judged<M extends "get" | "onSnapshot" | "stream" | "aggregate">(method: M): void {
  const original = ServerQuery.prototype[method] as (...given: unknown[]) => unknown;
  ServerQuery.prototype[method] = function (this: ServerQuery, ...given: unknown[]) {
    const summed = method === "aggregate" ? Object.values(given[0] as Record<string, { _field?: string }>) : [];
    needIndex(
      described(
        this as unknown as Known,
        summed.flatMap(({ _field }) => _field ?? []),
      ),
    );
    return original.apply(this, given);
  } as ServerQuery[M];
}

for (const method of ["get", "onSnapshot", "stream", "aggregate"] as const) judged(method);
