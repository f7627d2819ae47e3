import type { TenantId } from "@wisptools/core";
import { FieldPath } from "firebase-admin/firestore";
import { Documents } from "./documents.ts";

/** Documents whose ids are a bank's and a slot's number: `1-17`. */
export class SlotNumbers<T> extends Documents<[TenantId, string], T> {
  /** The slot numbers that a bank has documents of: a read for each. */
  async numbersOf(tenantId: TenantId, bankId: number): Promise<Set<number>> {
    const collection = this.db.doc(this.path(tenantId, "0")).parent;
    const own = collection
      .where(FieldPath.documentId(), ">=", `${bankId}-`)
      .where(FieldPath.documentId(), "<", `${bankId}.`);
    const { docs } = await own.select().get();
    this.meter.reads += Math.max(1, docs.length);
    return new Set(docs.map(({ id }) => Number(id.slice(id.indexOf("-") + 1))));
  }
}
