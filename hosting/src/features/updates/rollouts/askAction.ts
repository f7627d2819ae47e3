import { actOnRollout } from "@wisptools/core/api/rollouts";
import type { Rollout } from "@wisptools/core/documents/rollout";
import type { RolloutAction } from "@wisptools/core/domain/rollout/act";
import { call } from "../../../data/api.ts";
import { confirmation } from "../../../ui/confirm.svelte.ts";
import { toasts } from "../../../ui/toasts.svelte.ts";
import { ACTIONS } from "./actions.ts";

/** Asks, naming what will happen to this rollout, and does it. */
export function askAction(tenantId: string, rollout: Rollout, action: RolloutAction): void {
  const { label, danger, done, consequence } = ACTIONS[action];
  confirmation.ask({
    title: `${action === "approve" ? "Approve the next group of" : label} ${rollout.name}?`,
    consequence: consequence(rollout),
    act: label,
    danger,
    work: async () => {
      await call(actOnRollout, {
        params: { rollout_id: rollout.id },
        query: { tenant_id: tenantId },
        body: { action },
      });
      toasts.add(`${rollout.name} is ${done}`);
    },
  });
}
