import {
  AppError,
  PING,
  type Webhook,
  type WebhookDelivery,
  type WebhookDeliveryId,
  type WebhookId,
} from "@wisptools/core";
import { type Stored, untilUncontended, type Write } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { randomHex } from "../secrets.ts";
import { DELIVERY_LIFETIME_MS, queueDelivery } from "./announce.ts";
import { enqueueAttempt } from "./enqueueAttempt.ts";

/** Deliveries that one request replays. */
const REPLAY_LIMIT = 200;
const PARALLEL = 20;

/** Sends the event `ping` to a webhook, whether it wants it or not. */
export async function testWebhook(deps: Deps, caller: MemberCaller, id: WebhookId): Promise<WebhookDeliveryId> {
  const webhook = await active(deps, caller, id);
  const write = deps.store.write();
  audit(deps, write, caller.tenantId, caller, {
    action: "webhook.test",
    target: id,
    summary: `sent a test to ${webhook.label}`,
  });
  await write.commit();
  const data = { webhook_id: id, message: "It works." };
  return queueDelivery(deps, webhook, { id: `evt_${randomHex(16)}`, type: PING, at: deps.now(), data });
}

/** Makes a delivery due again: one that was delivered, or given up. It has all its attempts anew. */
export async function replayDelivery(
  deps: Deps,
  caller: MemberCaller,
  webhookId: WebhookId,
  id: WebhookDeliveryId,
): Promise<void> {
  const webhook = await active(deps, caller, webhookId);
  const replayed = await untilUncontended(async () => {
    const stored = await deps.store.webhookDeliveries.need("delivery", caller.tenantId, id);
    if (stored.data.webhookId !== webhookId) throw new AppError("not-found", "delivery not found");
    if (stored.data.state === "queued")
      throw new AppError("failed-precondition", "the delivery is under way: its next attempt comes by itself");
    const write = deps.store.write();
    makeDue(deps, write, stored);
    audit(deps, write, caller.tenantId, caller, {
      action: "webhook.replay",
      target: webhookId,
      summary: `replayed ${stored.data.event.type} to ${webhook.label}`,
    });
    await write.commit();
    return stored.data;
  });
  await enqueueAttempt(deps, replayed);
}

/** Makes the oldest given-up deliveries of a webhook due again; `more` when there are others. */
export async function replayFailed(
  deps: Deps,
  caller: MemberCaller,
  webhookId: WebhookId,
): Promise<{ replayed: number; more: boolean }> {
  const webhook = await active(deps, caller, webhookId);
  const found = await untilUncontended(async () => {
    const failed = await deps.store.webhookDeliveries.failed(caller.tenantId, webhookId, REPLAY_LIMIT + 1);
    const due = failed.slice(0, REPLAY_LIMIT);
    const write = deps.store.write();
    for (const stored of due) makeDue(deps, write, stored);
    audit(deps, write, caller.tenantId, caller, {
      action: "webhook.replay",
      target: webhookId,
      summary: `replayed ${due.length} failed deliveries to ${webhook.label}`,
    });
    await write.commit();
    return { due, more: failed.length > due.length };
  });
  for (let from = 0; from < found.due.length; from += PARALLEL) {
    await Promise.all(found.due.slice(from, from + PARALLEL).map(({ data }) => enqueueAttempt(deps, data)));
  }
  return { replayed: found.due.length, more: found.more };
}

/** The queue may have the same attempt's task already: the version that this insists on lets one replay win. */
function makeDue(deps: Deps, write: Write, stored: Stored<WebhookDelivery>): void {
  const now = deps.now();
  write.update(stored, {
    state: "queued",
    begunBefore: stored.data.begun,
    nextAttemptAt: now,
    updatedAt: now,
    expireAt: new Date(now.getTime() + DELIVERY_LIFETIME_MS),
  });
}

async function active(deps: Deps, caller: MemberCaller, id: WebhookId): Promise<Webhook> {
  const webhook = (await deps.store.webhooks.need("webhook", caller.tenantId, id)).data;
  if (!webhook.active)
    throw new AppError("failed-precondition", `${webhook.label} is switched off; switch it on first`);
  return webhook;
}
