import { z } from "zod";
import { TenantId } from "../domain/ids.ts";
import { WebhookDeliveryId, WebhookDeliveryState, WebhookId } from "../domain/webhook/ids.ts";
import { Instant } from "./instant.ts";

/** tenants/{t}/webhooks/{id}; what signs its deliveries is in secrets/webhook-{id}. */
export const Webhook = z.object({
  schemaVersion: z.literal(1),
  id: WebhookId,
  tenantId: TenantId,
  label: z.string(),
  url: z.string(),
  /** Types it wants, as the table of events names them. */
  events: z.array(z.string()),
  active: z.boolean(),
  /** Why it was switched off, when nobody did it by hand. */
  stopReason: z.string().optional(),
  /** The latest attempt of any delivery; behind by some seconds while there are many. */
  last: z.object({ at: Instant, ok: z.boolean(), status: z.int().optional() }).optional(),
  /** Since when no attempt succeeded; absent while the latest one did. */
  failingSince: Instant.optional(),
  /** Until when the secret before the present one signs too. */
  previousSecretUntil: Instant.optional(),
  createdAt: Instant,
  createdBy: z.string(),
  updatedAt: Instant,
});
export type Webhook = z.infer<typeof Webhook>;

export const WebhookAttempt = z.object({
  at: Instant,
  /** HTTP status; absent when there was no answer. */
  status: z.int().optional(),
  /** Why it failed; absent when it did not. */
  error: z.string().optional(),
  /** How long it took. */
  ms: z.int(),
});
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

/** Attempts that a delivery keeps; older ones go. */
export const WEBHOOK_ATTEMPTS_KEPT = 20;

/** tenants/{t}/webhookDeliveries/{id}: one event for one webhook. The id is of both: an event seen twice is one delivery. */
export const WebhookDelivery = z.object({
  schemaVersion: z.literal(1),
  id: WebhookDeliveryId,
  tenantId: TenantId,
  webhookId: WebhookId,
  event: z.object({
    id: z.string(),
    type: z.string(),
    at: Instant,
    data: z.record(z.string(), z.unknown()),
  }),
  state: WebhookDeliveryState,
  /** Attempts begun, in all, and when it was last replayed: the plan counts from there. */
  begun: z.int(),
  begunBefore: z.int(),
  attempts: z.array(WebhookAttempt),
  /** When the next attempt is due; while one is under way, when it counts as lost. Absent at an end. */
  nextAttemptAt: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
  expireAt: Instant,
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
