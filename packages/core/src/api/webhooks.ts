import { z } from "zod";
import { WebhookEventType } from "../domain/webhook/eventTypes.ts";
import { WebhookDeliveryId, WebhookDeliveryState, WebhookId } from "../domain/webhook/ids.ts";
import { webhookUrlFault } from "../domain/webhook/webhookUrl.ts";
import { None, Ok, Page, TenantParams, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const manager = { kind: "member", permission: "webhooks.manage" } as const;
const WebhookParams = TenantParams.extend({ webhook_id: WebhookId });
const DeliveryParams = WebhookParams.extend({ delivery_id: WebhookDeliveryId });

const label = text(80).pipe(z.string().trim().min(1, "must not be empty"));
/** What is wrong wherever it is sent from; that it is public and HTTPS is the operation's to say, as the emulators have receivers beside them. */
const url = z.string().superRefine((text, context) => {
  const message = webhookUrlFault(text, true);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});
const events = z
  .array(WebhookEventType)
  .min(1, "choose at least one")
  .transform((types) => [...new Set(types)]);

export const WebhookView = z.object({
  webhook_id: WebhookId,
  label: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  active: z.boolean(),
  /** Why it was switched off, when nobody did it by hand. */
  stop_reason: z.string().nullable(),
  last_attempt: z.object({ at: z.string(), ok: z.boolean(), status: z.int().nullable() }).nullable(),
  failing_since: z.string().nullable(),
  previous_secret_until: z.string().nullable(),
  created_at: z.string(),
  created_by: z.string(),
});
export type WebhookView = z.infer<typeof WebhookView>;

export const WebhookDeliveryView = z.object({
  delivery_id: WebhookDeliveryId,
  event: z.object({
    id: z.string(),
    type: z.string(),
    timestamp: z.string(),
    data: z.record(z.string(), z.unknown()),
  }),
  state: WebhookDeliveryState,
  /** Oldest first, the latest 20. */
  attempts: z.array(
    z.object({ at: z.string(), status: z.int().nullable(), error: z.string().nullable(), ms: z.int() }),
  ),
  next_attempt_at: z.string().nullable(),
  created_at: z.string(),
});
export type WebhookDeliveryView = z.infer<typeof WebhookDeliveryView>;

/** All of them: a tenant has 20 at most. */
export const listWebhooks = defineEndpoint({
  method: "get",
  path: "/api/tenants/:tenant_id/webhooks",
  auth: manager,
  params: TenantParams,
  query: None,
  body: None,
  reply: z.object({ success: z.literal(true), webhooks: z.array(WebhookView) }),
});

export const createWebhook = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/webhooks",
  auth: manager,
  params: TenantParams,
  query: None,
  body: z.strictObject({ label, url, events }),
  /** The secret (`whsec_…`), shown this once. */
  reply: z.object({ success: z.literal(true), webhook: WebhookView, secret: z.string() }),
});

export const updateWebhook = defineEndpoint({
  method: "patch",
  path: "/api/tenants/:tenant_id/webhooks/:webhook_id",
  auth: manager,
  params: WebhookParams,
  query: None,
  body: z.strictObject({
    label: label.optional(),
    url: url.optional(),
    events: events.optional(),
    active: z.boolean().optional(),
  }),
  reply: z.object({ success: z.literal(true), webhook: WebhookView }),
});

/** Its deliveries stay to be read until they expire; those not yet made are given up. */
export const deleteWebhook = defineEndpoint({
  method: "delete",
  path: "/api/tenants/:tenant_id/webhooks/:webhook_id",
  auth: manager,
  params: WebhookParams,
  query: None,
  body: None,
  reply: Ok,
});

/** The secret before it signs too for 24 hours; the one before that no more. */
export const rotateWebhookSecret = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/webhooks/:webhook_id/secret",
  auth: manager,
  params: WebhookParams,
  query: None,
  body: None,
  reply: z.object({ success: z.literal(true), secret: z.string(), previous_secret_until: z.string() }),
});

/** Sends the event `ping` the way of all others; its delivery tells how it went. */
export const testWebhook = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/webhooks/:webhook_id/test",
  auth: manager,
  params: WebhookParams,
  query: None,
  body: None,
  reply: z.object({ success: z.literal(true), delivery_id: WebhookDeliveryId }),
});

/** Newest first. */
export const listWebhookDeliveries = defineEndpoint({
  method: "get",
  path: "/api/tenants/:tenant_id/webhooks/:webhook_id/deliveries",
  auth: manager,
  params: WebhookParams,
  query: Page.omit({ page_token: true }).extend({
    page_token: WebhookDeliveryId.optional(),
    state: WebhookDeliveryState.optional(),
  }),
  body: None,
  reply: z.object({
    success: z.literal(true),
    deliveries: z.array(WebhookDeliveryView),
    next_page_token: z.string().nullable(),
  }),
});

/** Of one that was delivered or failed. The event keeps its id, so that receivers can tell. */
export const replayWebhookDelivery = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/webhooks/:webhook_id/deliveries/:delivery_id/replay",
  auth: manager,
  params: DeliveryParams,
  query: None,
  body: None,
  reply: Ok,
});

/** The oldest failed ones, up to 200 a call; `more` says that there are others. */
export const replayFailedWebhookDeliveries = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/webhooks/:webhook_id/replay-failed",
  auth: manager,
  params: WebhookParams,
  query: None,
  body: None,
  reply: z.object({ success: z.literal(true), replayed: z.int(), more: z.boolean() }),
});
