import {
  messageBody,
  paths,
  signedMessage,
  WEBHOOK_ATTEMPTS_KEPT,
  type Webhook,
  type WebhookAttempt,
  type WebhookDelivery,
  waitAfter,
} from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { commits } from "../commits.ts";
import { type AttemptTask, enqueueAttempt } from "./enqueueAttempt.ts";
import { recordHealth } from "./health.ts";
import { post } from "./post.ts";

/** An attempt that has not ended after this was lost with its process, ms. Far more than an attempt may take. */
const LOST_MS = 60_000;
/** Queues know seconds alone, and clocks differ, ms. */
const EARLY_MS = 5_000;

/**
 * Makes one attempt of a delivery: the one that the task names, once, whatever tasks there are of it. A task of an attempt that was begun,
 * or that comes before its time (emulators know no delay), does nothing; webhookSweep finds what is overdue. 3 reads and 2 writes, and at
 * most every ten seconds 1 for the webhook's health.
 */
export async function deliver(deps: Deps, { tenantId, deliveryId, begun }: AttemptTask): Promise<void> {
  const stored = await deps.store.webhookDeliveries.get(tenantId, deliveryId);
  if (stored?.data.state !== "queued" || stored.data.begun !== begun) return;
  const { nextAttemptAt } = stored.data;
  if (nextAttemptAt && nextAttemptAt.getTime() > deps.now().getTime() + EARLY_MS) return;
  const webhook = await deps.store.webhooks.get(tenantId, stored.data.webhookId);
  if (!webhook) await giveUp(deps, stored, "the webhook was deleted");
  else if (!webhook.data.active) await giveUp(deps, stored, "the webhook is switched off");
  else await attempt(deps, stored, webhook);
}

async function attempt(deps: Deps, stored: Stored<WebhookDelivery>, webhook: Stored<Webhook>): Promise<void> {
  const at = deps.now();
  const { tenantId, event, begun } = stored.data;
  const seconds = Math.floor(at.getTime() / 1000);
  const body = messageBody(tenantId, event);
  const text = signedMessage(event.id, seconds, body);
  const signature = await deps.store.webhookSecrets.sign(tenantId, webhook.data.id, at, text);
  const lost = new Date(at.getTime() + LOST_MS);
  const mine = deps.store.write().update(stored, { begun: begun + 1, nextAttemptAt: lost, updatedAt: at });
  if (!(await commits(mine))) return; // another task makes this attempt
  const start = performance.now();
  const headers = {
    "content-type": "application/json",
    "user-agent": "wisptools-webhooks",
    "webhook-id": event.id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signature,
  };
  const { status, error } = await post(deps.webhooks, webhook.data.url, headers, body);
  const made: WebhookAttempt = {
    at,
    ms: Math.round(performance.now() - start),
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
  };
  await settle(deps, stored.data, made);
  await recordHealth(deps, webhook, made);
}

/** `delivery` as it was before this attempt, which nobody else made or makes. */
async function settle(deps: Deps, delivery: WebhookDelivery, made: WebhookAttempt): Promise<void> {
  const now = deps.now();
  const begun = delivery.begun + 1;
  const over = made.error === undefined || made.status === 410;
  const wait = over ? undefined : waitAfter(begun - delivery.begunBefore, Math.random());
  const state = made.error === undefined ? "delivered" : wait === undefined ? "failed" : "queued";
  const changes = {
    state,
    attempts: [...delivery.attempts, made].slice(-WEBHOOK_ATTEMPTS_KEPT),
    nextAttemptAt: wait === undefined ? undefined : new Date(now.getTime() + wait),
    updatedAt: now,
  };
  const { tenantId, id, webhookId } = delivery;
  await deps.store.write().patch(paths.webhookDelivery(tenantId, id), changes).commit();
  if (wait !== undefined) await enqueueAttempt(deps, { tenantId, id, begun }, { delayMs: wait });
  if (state === "failed") log.webhookGivenUp({ tenantId, webhookId, deliveryId: id, attempts: begun });
}

async function giveUp(deps: Deps, stored: Stored<WebhookDelivery>, error: string): Promise<void> {
  const now = deps.now();
  const attempts = [...stored.data.attempts, { at: now, ms: 0, error }].slice(-WEBHOOK_ATTEMPTS_KEPT);
  const begun = stored.data.begun + 1; // so that a replay's task is another one
  const changes = { state: "failed", begun, attempts, nextAttemptAt: undefined, updatedAt: now } as const;
  await commits(deps.store.write().update(stored, changes));
}
