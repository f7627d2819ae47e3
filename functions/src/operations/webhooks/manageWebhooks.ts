import {
  AppError,
  type api,
  checkWebhookUrl,
  paths,
  WEBHOOKS_PER_TENANT,
  type Webhook,
  WebhookId,
  webhookSecretId,
} from "@wisptools/core";
import { type Changes, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { randomHex } from "../secrets.ts";

/** The secret is returned this once, and sealed. */
export async function createWebhook(
  deps: Deps,
  caller: MemberCaller,
  input: typeof api.createWebhook.body._zod.output,
): Promise<{ webhook: Webhook; secret: string }> {
  const { tenantId } = caller;
  const url = checkWebhookUrl(input.url, deps.webhooks.local);
  if ((await deps.store.webhooks.all(tenantId)).length >= WEBHOOKS_PER_TENANT) {
    throw new AppError("failed-precondition", `a tenant has at most ${WEBHOOKS_PER_TENANT} webhooks; delete one first`);
  }
  const now = deps.now();
  const webhook: Webhook = {
    schemaVersion: 1,
    id: WebhookId.parse(`wh_${randomHex(8)}`),
    tenantId,
    label: input.label,
    url,
    events: input.events,
    active: true,
    createdAt: now,
    createdBy: caller.actorName,
    updatedAt: now,
  };
  const write = deps.store.write().create(paths.webhook(tenantId, webhook.id), webhook);
  const secret = await deps.store.webhookSecrets.generate(tenantId, webhook.id, write);
  audit(deps, write, tenantId, caller, {
    action: "webhook.create",
    target: webhook.id,
    summary: `created the webhook ${webhook.label} for ${url}`,
  });
  await write.commit();
  return { webhook, secret };
}

export async function updateWebhook(
  deps: Deps,
  caller: MemberCaller,
  id: WebhookId,
  input: typeof api.updateWebhook.body._zod.output,
): Promise<Webhook> {
  const url = input.url === undefined ? undefined : checkWebhookUrl(input.url, deps.webhooks.local);
  return untilUncontended(async () => {
    const stored = await deps.store.webhooks.need("webhook", caller.tenantId, id);
    const changes: Changes<Webhook> = {
      updatedAt: deps.now(),
      ...(input.label === undefined ? {} : { label: input.label }),
      ...(url === undefined ? {} : { url }),
      ...(input.events === undefined ? {} : { events: input.events }),
      ...(input.active === undefined ? {} : { active: input.active }),
      // Switched on again, or moved to another address, it has its three days anew.
      ...(input.active || url !== undefined ? { stopReason: undefined, failingSince: undefined } : {}),
    };
    const write = deps.store.write().update(stored, changes);
    audit(deps, write, caller.tenantId, caller, {
      action: "webhook.update",
      target: id,
      summary: `changed ${Object.keys(input).join(", ")} of ${stored.data.label}`,
    });
    await write.commit();
    return (await deps.store.webhooks.need("webhook", caller.tenantId, id)).data;
  });
}

/** Deliveries that wait find it gone, and are given up. */
export async function deleteWebhook(deps: Deps, caller: MemberCaller, id: WebhookId): Promise<void> {
  await untilUncontended(async () => {
    const stored = await deps.store.webhooks.need("webhook", caller.tenantId, id);
    const write = deps.store.write().remove(stored);
    write.delete(paths.secret(caller.tenantId, webhookSecretId(id)));
    audit(deps, write, caller.tenantId, caller, {
      action: "webhook.delete",
      target: id,
      summary: `deleted the webhook ${stored.data.label}`,
    });
    await write.commit();
  });
}

export async function rotateWebhookSecret(
  deps: Deps,
  caller: MemberCaller,
  id: WebhookId,
): Promise<{ secret: string; previousUntil: Date }> {
  return untilUncontended(async () => {
    const stored = await deps.store.webhooks.need("webhook", caller.tenantId, id);
    const now = deps.now();
    const write = deps.store.write();
    const made = await deps.store.webhookSecrets.rotate(caller.tenantId, id, now, write);
    write.update(stored, { previousSecretUntil: made.previousUntil, updatedAt: now });
    audit(deps, write, caller.tenantId, caller, {
      action: "webhook.rotate",
      target: id,
      summary: `gave ${stored.data.label} a new secret`,
    });
    await write.commit();
    return made;
  });
}
