import { readFileSync } from "node:fs";
import type { Query } from "./queries.ts";

type Mode = { order?: "ASCENDING" | "DESCENDING"; arrayConfig?: "CONTAINS"; queryScope: Query["scope"] };
type Override = { collectionGroup: string; fieldPath: string; ttl?: boolean; indexes: Mode[] };
type Composite = {
  collectionGroup: string;
  queryScope: Query["scope"];
  fields: { fieldPath: string; order: "ASCENDING" | "DESCENDING" }[];
};
export type Indexes = { indexes: Composite[]; fieldOverrides: Override[] };

export const indexes: Indexes = JSON.parse(
  readFileSync(new URL("../../firestore.indexes.json", import.meta.url), "utf8"),
);

/** What serves the query: an index Firestore makes by itself, an override, a composite; or undefined. */
export function served(
  { indexes, fieldOverrides }: Indexes,
  query: Query,
): "documents" | "automatic" | Override | Composite | undefined {
  const { collection, scope, equal = [], contains = [] } = query;
  const order = withoutLastName(query.order ?? []);
  if (contains.length > 0) return contains.length + equal.length + order.length > 1 ? undefined : listed(query);
  if (equal.length + order.length === 0) return "documents";
  if (equal.length + order.length > 1) {
    const whole = indexes.find(
      (index) => index.collectionGroup === collection && index.queryScope === scope && fits(index, equal, order),
    );
    return whole ?? merged({ indexes, fieldOverrides }, query);
  }
  const [field = "", direction = "ASCENDING"] = order[0] ?? [equal[0]];
  if (field === "__name__") return undefined; // Firestore keeps documents in ascending order only
  const override = overrideOf(fieldOverrides, collection, field);
  if (!override) return scope === "COLLECTION" ? "automatic" : undefined;
  const has = override.indexes.some(
    (mode) => mode.queryScope === scope && (equal.length > 0 ? mode.order : mode.order === direction),
  );
  return has ? override : undefined;
}

/** Firestore intersects indexes of one equality each that end in the same sort. */
function merged(all: Indexes, query: Query): ReturnType<typeof served> {
  const { equal = [] } = query;
  if (equal.length < 2) return undefined;
  const parts = equal.map((field) => served(all, { ...query, equal: [field] }));
  return parts.every((part) => part !== undefined) ? parts[0] : undefined;
}

/** Firestore indexes the values of lists by itself, where no override says otherwise. */
function listed({ collection, scope, contains: [field = ""] = [] }: Query): "automatic" | undefined {
  const override = overrideOf(indexes.fieldOverrides, collection, field);
  return !override && scope === "COLLECTION" ? "automatic" : undefined;
}

/** The override of a field itself, else of the nearest map around it. */
function overrideOf(overrides: Override[], collection: string, field: string): Override | undefined {
  return overrides
    .filter((found) => found.collectionGroup === collection && covers(found, field))
    .sort((a, b) => b.fieldPath.length - a.fieldPath.length)[0];
}

/** Every index ends with the document id in the direction of its last field, which an equality leaves ascending. */
function withoutLastName(order: NonNullable<Query["order"]>): NonNullable<Query["order"]> {
  const [field, direction] = order.at(-1) ?? [];
  const before = order.at(-2)?.[1] ?? "ASCENDING";
  return field === "__name__" && direction === before ? order.slice(0, -1) : order;
}

/** An override of a map holds for what is in it. */
function covers(override: Override, field: string): boolean {
  return field === override.fieldPath || field.startsWith(`${override.fieldPath}.`);
}

/** Equalities first, in any order and direction; then exactly the sort. */
function fits(index: Composite, equal: string[], order: NonNullable<Query["order"]>): boolean {
  if (index.fields.length !== equal.length + order.length) return false;
  const head = index.fields.slice(0, equal.length).map(({ fieldPath }) => fieldPath);
  const tail = index.fields.slice(equal.length);
  return (
    head.toSorted().join() === equal.toSorted().join() &&
    tail.every(({ fieldPath, order: direction }, at) => fieldPath === order[at]?.[0] && direction === order[at]?.[1])
  );
}
