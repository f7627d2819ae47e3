import { TenantId, type WebhookDelivery, WebhookDeliveryId } from "@wisptools/core";
import { z } from "zod";
import type { Deps } from "../../deps.ts";

/** The function, and so the queue, that makes attempts. */
const QUEUE = "webhookDeliver";

/** What a task says: the attempt to make is the one after that many. */
export const AttemptTask = z.object({ tenantId: TenantId, deliveryId: WebhookDeliveryId, begun: z.int().min(0) });
export type AttemptTask = z.infer<typeof AttemptTask>;

/**
 * Puts the next attempt of a delivery into the queue. `again` tells tasks of one attempt apart: without it, the queue takes an attempt
 * once, however often it is asked.
 */
export async function enqueueAttempt(
  deps: Deps,
  delivery: Pick<WebhookDelivery, "tenantId" | "id" | "begun">,
  { delayMs = 0, again = "" }: { delayMs?: number; again?: string } = {},
): Promise<void> {
  const { tenantId, id, begun } = delivery;
  const data: AttemptTask = { tenantId, deliveryId: id, begun };
  await deps.tasks.enqueue(QUEUE, { id: `${id}-${begun}${again && `-${again}`}`, data, delaySeconds: delayMs / 1000 });
}
