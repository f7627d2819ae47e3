import type { FeedDocument, FeedSource } from "@wisptools/store";

/** What a feed does with the documents of its collection. */
export interface Applier {
  /** Name of its cursor. */
  name: string;
  source: FeedSource;
  /** Writes one document or, for a tombstone, takes it away; returns the key of what is there now. Runs within a batch. Throws for a document that does not fit its schema. */
  apply(document: FeedDocument): string | undefined;
  /** Everything that is there, for finding what a full synchronisation did not meet. */
  keys(): Iterable<string>;
  remove(key: string): void;
  /** Tells the applications what the batches since the last call changed. */
  tell(): void;
}

/** The ids in `tenants/{t}/{collection}/{id}`. */
export function tenantAndId(path: string): { tenantId: string; id: string } {
  const [, tenantId = "", , id = ""] = path.split("/");
  return { tenantId, id };
}
