import { api } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import {
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  updateWebhook,
} from "../../operations/webhooks/manageWebhooks.ts";
import { replayDelivery, replayFailed, testWebhook } from "../../operations/webhooks/replay.ts";
import { listWebhookDeliveries, listWebhooks, webhookView } from "../../operations/webhooks/viewWebhooks.ts";
import { Answer, bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const ok = { success: true } as const;

/** /api/tenants/:tenant_id/webhooks: where a tenant's events go, and how that went. */
export function webhookRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listWebhooks, async (caller) => ({ ...ok, webhooks: await listWebhooks(deps, caller) }));
  bind(router, gate, api.createWebhook, async (caller, { body }) => {
    const { webhook, secret } = await createWebhook(deps, caller, body);
    return new Answer(201, { ...ok, webhook: webhookView(webhook), secret });
  });
  bind(router, gate, api.updateWebhook, async (caller, { params, body }) => ({
    ...ok,
    webhook: webhookView(await updateWebhook(deps, caller, params.webhook_id, body)),
  }));
  bind(router, gate, api.deleteWebhook, async (caller, { params }) => {
    await deleteWebhook(deps, caller, params.webhook_id);
    return ok;
  });
  bind(router, gate, api.rotateWebhookSecret, async (caller, { params }) => {
    const { secret, previousUntil } = await rotateWebhookSecret(deps, caller, params.webhook_id);
    return { ...ok, secret, previous_secret_until: previousUntil.toISOString() };
  });
  deliveryRoutes(router, gate, deps);
}

function deliveryRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.testWebhook, async (caller, { params }) => {
    const id = await testWebhook(deps, caller, params.webhook_id);
    return new Answer(201, { ...ok, delivery_id: id });
  });
  bind(router, gate, api.listWebhookDeliveries, async (caller, { params, query }) => {
    const { deliveries, next } = await listWebhookDeliveries(deps, caller, params.webhook_id, query);
    return { ...ok, deliveries, next_page_token: next ?? null };
  });
  bind(router, gate, api.replayWebhookDelivery, async (caller, { params }) => {
    await replayDelivery(deps, caller, params.webhook_id, params.delivery_id);
    return ok;
  });
  bind(router, gate, api.replayFailedWebhookDeliveries, async (caller, { params }) => ({
    ...ok,
    ...(await replayFailed(deps, caller, params.webhook_id)),
  }));
}
