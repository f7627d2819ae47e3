import {
  paths,
  type TenantId,
  Webhook,
  WebhookDelivery,
  type WebhookDeliveryId,
  type WebhookDeliveryState,
  type WebhookId,
} from "@wisptools/core";
import { FieldPath, type Firestore, type Query } from "firebase-admin/firestore";
import { Documents, type Meter, type Stored } from "./documents.ts";
import type { Page } from "./page.ts";

/** More webhooks than a tenant may have. */
const ALL = 50;

class Webhooks extends Documents<[TenantId, WebhookId], Webhook> {
  async all(tenantId: TenantId): Promise<Stored<Webhook>[]> {
    return this.find(this.db.collection(paths.webhooks(tenantId)).limit(ALL));
  }

  /** Those that want an event, switched on or not. */
  async wanting(tenantId: TenantId, type: string): Promise<Stored<Webhook>[]> {
    return this.find(this.db.collection(paths.webhooks(tenantId)).where("events", "array-contains", type).limit(ALL));
  }
}

class Deliveries extends Documents<[TenantId, WebhookDeliveryId], WebhookDelivery> {
  /** Newest first. */
  async page(
    tenantId: TenantId,
    webhookId: WebhookId,
    size: number,
    after?: WebhookDeliveryId,
    state?: WebhookDeliveryState,
  ): Promise<Page<WebhookDelivery>> {
    let query = this.of(tenantId, webhookId, state).orderBy("createdAt", "desc");
    query = query.orderBy(FieldPath.documentId(), "desc").limit(size + 1);
    if (after) {
      const { createdAt } = (await this.need("page_token: delivery", tenantId, after)).data;
      query = query.startAfter(createdAt, after);
    }
    const items = (await this.find(query)).map((stored) => stored.data);
    return { items: items.slice(0, size), next: items.length > size ? items[size - 1]?.id : undefined };
  }

  /** Given up, oldest first. */
  async failed(tenantId: TenantId, webhookId: WebhookId, limit: number): Promise<Stored<WebhookDelivery>[]> {
    return this.find(this.of(tenantId, webhookId, "failed").orderBy("createdAt").limit(limit));
  }

  /** Those of all tenants whose next attempt should have been made by then, longest overdue first. */
  async overdue(by: Date, limit: number): Promise<Stored<WebhookDelivery>[]> {
    const due = this.db.collectionGroup("webhookDeliveries").where("nextAttemptAt", "<=", by);
    return this.find(due.orderBy("nextAttemptAt").limit(limit));
  }

  private of(tenantId: TenantId, webhookId: WebhookId, state?: WebhookDeliveryState): Query {
    const own = this.db.collection(paths.webhookDeliveries(tenantId)).where("webhookId", "==", webhookId);
    return state ? own.where("state", "==", state) : own;
  }
}

/** The documents of webhooks. */
export function webhookCollections(db: Firestore, meter: Meter) {
  return {
    webhooks: new Webhooks(db, meter, Webhook, paths.webhook),
    webhookDeliveries: new Deliveries(db, meter, WebhookDelivery, paths.webhookDelivery),
  };
}
