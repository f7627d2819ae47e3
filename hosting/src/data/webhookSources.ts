import { Webhook, WebhookDelivery } from "@wisptools/core/documents/webhook";
import { paths } from "@wisptools/core/paths";
import type { DocumentSource, ListSource } from "./source.ts";

/** Deliveries that are followed at a time. */
export const DELIVERY_LIMIT = 100;

/** Every listener of the webhooks' pages. */
export const webhookSources = {
  webhooks: (t: string): ListSource<Webhook> => ({
    path: paths.webhooks(t),
    schema: Webhook,
    orderBy: ["createdAt", "asc"],
    limit: 50,
  }),
  webhook: (t: string, id: string): DocumentSource<Webhook> => ({ path: paths.webhook(t, id), schema: Webhook }),
  webhookDeliveries: (t: string, webhook: string): ListSource<WebhookDelivery> => ({
    path: paths.webhookDeliveries(t),
    schema: WebhookDelivery,
    where: [["webhookId", "==", webhook]],
    orderBy: ["createdAt", "desc"],
    limit: DELIVERY_LIMIT,
  }),
  failedDeliveries: (t: string, webhook: string): ListSource<WebhookDelivery> => ({
    path: paths.webhookDeliveries(t),
    schema: WebhookDelivery,
    where: [
      ["webhookId", "==", webhook],
      ["state", "==", "failed"],
    ],
    orderBy: ["createdAt", "desc"],
    limit: DELIVERY_LIMIT,
  }),
};
