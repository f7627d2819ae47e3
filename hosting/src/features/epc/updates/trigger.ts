import { triggerUpdate } from "@wisptools/core/api/rollouts";
import type { Epc } from "@wisptools/core/documents/epc";
import { call } from "../../../data/api.ts";
import { router } from "../../../router.svelte.ts";
import { confirmation } from "../../../ui/confirm.svelte.ts";

/** Asks, and brings one EPC to the newest agent of its channel by a rollout of its own, which is then shown. */
export function askUpdate(tenantId: string, epc: Epc, channel: string): void {
  confirmation.ask({
    title: `Update the agent on ${epc.siteName}?`,
    consequence: `A rollout for this EPC alone brings it to the newest wisptools-agent of ${channel}, at once. Should its services not stay well, it goes back by itself.`,
    act: "Update",
    work: async () => {
      const body = { epc_ids: [epc.id], channel };
      const { rollout } = await call(triggerUpdate, { query: { tenant_id: tenantId }, body });
      router.go(`/t/${tenantId}/updates/rollouts/${rollout.rollout_id}`);
    },
  });
}
