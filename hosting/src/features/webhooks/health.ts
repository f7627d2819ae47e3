import type { Webhook, WebhookDelivery } from "@wisptools/core/documents/webhook";
import type { ShownState } from "../../ui/states.ts";

export interface Look {
  mark: ShownState;
  word: string;
}

/** How a webhook does, in one word. */
export function healthOf(webhook: Pick<Webhook, "active" | "stopReason" | "last">): Look {
  if (!webhook.active) return { mark: "retired", word: webhook.stopReason ? "Stopped" : "Off" };
  if (!webhook.last) return { mark: "pending", word: "Nothing sent yet" };
  return webhook.last.ok ? { mark: "online", word: "Delivering" } : { mark: "degraded", word: "Failing" };
}

/** Where a delivery stands. One that failed at least once is waiting for its next attempt. */
export function lookOf({ state, attempts }: Pick<WebhookDelivery, "state" | "attempts">): Look {
  if (state === "delivered") return { mark: "online", word: "Delivered" };
  if (state === "failed") return { mark: "offline", word: "Given up" };
  return attempts.length > 0 ? { mark: "degraded", word: "Trying again" } : { mark: "pending", word: "Waiting" };
}
