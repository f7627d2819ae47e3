import { WEBHOOK_FAILING_LIMIT_MS, type Webhook, type WebhookAttempt } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { audit, SYSTEM } from "../audit.ts";

/** A webhook of many deliveries is not written with each, ms. */
const STEP_MS = 10_000;

/** Keeps how a webhook does, and switches off one that is gone (410) or did nothing but fail for three days. `found`: as before the attempt. */
export async function recordHealth(deps: Deps, found: Stored<Webhook>, made: WebhookAttempt): Promise<void> {
  const ok = made.error === undefined;
  const { tenantId, id } = found.data;
  await untilUncontended(async (attempt) => {
    const stored = attempt === 0 ? found : await deps.store.webhooks.get(tenantId, id);
    if (!stored) return; // deleted meanwhile
    const { last, active, label } = stored.data;
    const failingSince = ok ? undefined : (stored.data.failingSince ?? made.at);
    const reason = active ? stopReason(made, failingSince) : undefined;
    if (!reason && last?.ok === ok && made.at.getTime() - last.at.getTime() < STEP_MS) return;
    const write = deps.store.write();
    write.update(stored, {
      last: { at: made.at, ok, ...(made.status === undefined ? {} : { status: made.status }) },
      failingSince,
      ...(reason ? { active: false, stopReason: reason, updatedAt: deps.now() } : {}),
    });
    if (reason) {
      const summary = `switched off ${label}: ${reason}`;
      audit(deps, write, tenantId, SYSTEM, { action: "webhook.stop", target: id, summary });
    }
    await write.commit();
    if (reason) log.webhookStopped({ tenantId, webhookId: id, reason });
  });
}

function stopReason(made: WebhookAttempt, failingSince: Date | undefined): string | undefined {
  if (made.status === 410) return "its receiver answered 410 Gone";
  const failing = failingSince ? made.at.getTime() - failingSince.getTime() : 0;
  return failing >= WEBHOOK_FAILING_LIMIT_MS ? "every delivery failed for three days" : undefined;
}
