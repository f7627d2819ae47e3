import { type PublicEvent, paths, type TenantId, type Webhook, WebhookDeliveryId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { commits } from "../commits.ts";
import { sha256 } from "../secrets.ts";
import { enqueueAttempt } from "./enqueueAttempt.ts";

/** How long deliveries are kept to be read and replayed, ms. */
export const DELIVERY_LIFETIME_MS = 30 * 24 * 3_600_000;

/**
 * Tells the tenant's webhooks of an event. Safe to repeat: an event and a webhook make one delivery, whose id they are. One read where no
 * webhook wants it; for each that does, 1 read and 1 write.
 */
export async function announce(deps: Deps, tenantId: TenantId, event: PublicEvent): Promise<void> {
  const wanting = await deps.store.webhooks.wanting(tenantId, event.type);
  const active = wanting.map(({ data }) => data).filter((webhook) => webhook.active);
  await Promise.all(active.map((webhook) => queueDelivery(deps, webhook, event)));
}

/** Makes the delivery of an event to a webhook, and its first attempt due. */
export async function queueDelivery(deps: Deps, webhook: Webhook, event: PublicEvent): Promise<WebhookDeliveryId> {
  const { tenantId, id: webhookId } = webhook;
  const id = WebhookDeliveryId.parse(`whd_${sha256(`${event.id} ${webhookId}`).slice(0, 32)}`);
  const now = deps.now();
  const { type, at, data } = event;
  const delivery = {
    schemaVersion: 1,
    id,
    tenantId,
    webhookId,
    event: { id: event.id, type, at, data },
    state: "queued",
    begun: 0,
    begunBefore: 0,
    attempts: [],
    nextAttemptAt: now,
    createdAt: now,
    updatedAt: now,
    expireAt: new Date(now.getTime() + DELIVERY_LIFETIME_MS),
  };
  const created = await commits(deps.store.write().create(paths.webhookDelivery(tenantId, id), delivery));
  // Seen before: its task may have been lost between the two, and the queue takes a task once.
  const known = created ? undefined : await deps.store.webhookDeliveries.get(tenantId, id);
  if (created || (known?.data.state === "queued" && known.data.begun === 0)) {
    await enqueueAttempt(deps, { tenantId, id, begun: 0 });
  }
  return id;
}
