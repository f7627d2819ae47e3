import { z } from "zod";

export const WebhookId = z
  .string()
  .regex(/^wh_[0-9a-f]{16}$/, "must be wh_ and 16 hex digits")
  .brand<"WebhookId">();
export type WebhookId = z.infer<typeof WebhookId>;

export const WebhookDeliveryId = z
  .string()
  .regex(/^whd_[0-9a-f]{32}$/, "must be whd_ and 32 hex digits")
  .brand<"WebhookDeliveryId">();
export type WebhookDeliveryId = z.infer<typeof WebhookDeliveryId>;

/** queued: an attempt is due or under way. delivered: answered with 2xx. failed: given up, and waits to be replayed (the dead letters). */
export const WebhookDeliveryState = z.enum(["queued", "delivered", "failed"]);
export type WebhookDeliveryState = z.infer<typeof WebhookDeliveryState>;

/** More than a tenant needs; each event asks for all that want it. */
export const WEBHOOKS_PER_TENANT = 20;
