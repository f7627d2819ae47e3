import type {
  api,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryId,
  WebhookDeliveryState,
  WebhookId,
} from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";

/** Oldest first. */
export async function listWebhooks(deps: Deps, caller: MemberCaller): Promise<api.WebhookView[]> {
  const all = (await deps.store.webhooks.all(caller.tenantId)).map((stored) => stored.data);
  return all.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()).map(webhookView);
}

/** Newest first. */
export async function listWebhookDeliveries(
  deps: Deps,
  caller: MemberCaller,
  id: WebhookId,
  query: { page_size: number; page_token?: WebhookDeliveryId | undefined; state?: WebhookDeliveryState | undefined },
): Promise<{ deliveries: api.WebhookDeliveryView[]; next: string | undefined }> {
  await deps.store.webhooks.need("webhook", caller.tenantId, id);
  const { page_size, page_token, state } = query;
  const page = await deps.store.webhookDeliveries.page(caller.tenantId, id, page_size, page_token, state);
  return { deliveries: page.items.map(deliveryView), next: page.next };
}

export function webhookView(webhook: Webhook): api.WebhookView {
  const { id, label, url, events, active, last } = webhook;
  return {
    webhook_id: id,
    label,
    url,
    events,
    active,
    stop_reason: webhook.stopReason ?? null,
    last_attempt: last ? { at: last.at.toISOString(), ok: last.ok, status: last.status ?? null } : null,
    failing_since: time(webhook.failingSince),
    previous_secret_until: time(webhook.previousSecretUntil),
    created_at: webhook.createdAt.toISOString(),
    created_by: webhook.createdBy,
  };
}

function deliveryView(delivery: WebhookDelivery): api.WebhookDeliveryView {
  const { id, event, state, attempts } = delivery;
  return {
    delivery_id: id,
    event: { id: event.id, type: event.type, timestamp: event.at.toISOString(), data: event.data },
    state,
    attempts: attempts.map(({ at, status, error, ms }) => ({
      at: at.toISOString(),
      status: status ?? null,
      error: error ?? null,
      ms,
    })),
    next_attempt_at: time(delivery.nextAttemptAt),
    created_at: delivery.createdAt.toISOString(),
  };
}

function time(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}
