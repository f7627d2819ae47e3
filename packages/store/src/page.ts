import { FieldPath, type Query } from "firebase-admin/firestore";
import type { Documents } from "./documents.ts";

/** A page of a list in id order; `next` is absent on the last. */
export interface Page<T> {
  items: T[];
  next: string | undefined;
}

/** A page of a query in id order, after the document with that id. */
export async function idPage<T>(
  documents: Documents<never, T>,
  query: Query,
  size: number,
  after?: string,
): Promise<Page<T>> {
  let ordered = query.orderBy(FieldPath.documentId()).limit(size + 1);
  if (after) ordered = ordered.startAfter(after);
  const found = await documents.find(ordered);
  const last = found[size - 1];
  return {
    items: found.slice(0, size).map((stored) => stored.data),
    next: found.length > size && last ? last.path.slice(last.path.lastIndexOf("/") + 1) : undefined,
  };
}
