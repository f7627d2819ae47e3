import { type Imsi, paths, type Subscriber, type SubscriberStatus, type TenantId } from "@wisptools/core";
import { FieldPath, type Query } from "firebase-admin/firestore";
import { Documents, type Stored } from "./documents.ts";
import { idPage, type Page } from "./page.ts";

export interface SubscriberFilter {
  status?: SubscriberStatus | undefined;
  planId?: string | undefined;
  groupId?: string | undefined;
}

/** Greater than every digit that may follow. */
const LAST = "\uf8ff";

export class Subscribers extends Documents<[TenantId, Imsi], Subscriber> {
  /** In IMSI order: those whose IMSI begins with `prefix`. */
  async page(
    tenantId: TenantId,
    size: number,
    filter: SubscriberFilter,
    prefix?: string,
    after?: string,
  ): Promise<Page<Subscriber>> {
    let query = this.filtered(tenantId, filter);
    if (prefix) {
      query = query.where(FieldPath.documentId(), ">=", prefix).where(FieldPath.documentId(), "<", prefix + LAST);
    }
    return idPage(this, query, size, after);
  }

  /** In MSISDN order: those whose MSISDN begins with `prefix`, at most `size` of them. */
  async withMsisdn(
    tenantId: TenantId,
    size: number,
    filter: SubscriberFilter,
    prefix: string,
    after?: { msisdn: string; imsi: string },
  ): Promise<Subscriber[]> {
    let query = this.filtered(tenantId, filter)
      .where("msisdn", ">=", prefix)
      .where("msisdn", "<", prefix + LAST)
      .orderBy("msisdn")
      .orderBy(FieldPath.documentId())
      .limit(size);
    if (after) query = query.startAfter(after.msisdn, after.imsi);
    return (await this.find(query)).map((stored) => stored.data);
  }

  /** One that has this plan, group or APN profile of its own. */
  async using(tenantId: TenantId, field: "planId" | "groupId" | "apnIds", id: string): Promise<Stored<Subscriber>[]> {
    const operator = field === "apnIds" ? "array-contains" : "==";
    return this.find(this.collection(tenantId).where(field, operator, id).limit(1));
  }

  async countAll(tenantId: TenantId): Promise<number> {
    return this.count(this.collection(tenantId));
  }

  async countOf(tenantId: TenantId, field: "status" | "live.state", value: string): Promise<number> {
    return this.count(this.collection(tenantId).where(field, "==", value));
  }

  private filtered(tenantId: TenantId, filter: SubscriberFilter): Query {
    let query = this.collection(tenantId);
    for (const field of ["status", "planId", "groupId"] as const) {
      if (filter[field] !== undefined) query = query.where(field, "==", filter[field]);
    }
    return query;
  }

  private collection(tenantId: TenantId): Query {
    return this.db.collection(paths.subscribers(tenantId));
  }
}
