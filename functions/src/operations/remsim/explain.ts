import type { api, DecisionStep, SimSlot } from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { decideFor } from "./chooseCard.ts";
import { clientKeyOf } from "./clientIdentity.ts";
import { readRemsimSettings } from "./remsimSettings.ts";

type Input = typeof api.explainAssignment.body._zod.output;

export interface Explanation {
  card: SimSlot | undefined;
  /** In one sentence. */
  summary: string;
  steps: DecisionStep[];
}

/** The decision that such a client's registration would come to, step by step. Reads, and writes nothing. */
export async function explain(deps: Deps, { tenantId }: MemberCaller, input: Input): Promise<Explanation> {
  const [{ data: settings }, banks] = await Promise.all([
    readRemsimSettings(deps, tenantId),
    deps.store.simBanks.all(tenantId),
  ]);
  const policies = input.policies?.map((policy) => ({ ...policy, id: policy.id ?? null })) ?? settings.policies;
  const { chosen, steps } = await decideFor(
    deps,
    { tenantId, settings: { pools: settings.pools, policies }, banks: banks.map(({ data }) => data) },
    {
      key: clientKeyOf("example", input.client_id),
      clientId: input.client_id,
      mode: input.mapping_mode,
      mccMnc: input.mcc_mnc,
      region: input.region,
      lastSlot: null,
    },
    { attempt: 0, explain: true, at: input.at === undefined ? undefined : new Date(input.at) },
  );
  const card = chosen?.card.data;
  return { card, summary: summaryOf(card, steps), steps };
}

function summaryOf(card: SimSlot | undefined, steps: readonly DecisionStep[]): string {
  const last = steps.at(-1);
  if (!card)
    return `No card: none of the ${steps.length} policies, the built-in one included, has one for this client.`;
  const carrier = card.carrier ? `, ${card.carrier}` : "";
  return `Policy ${last?.policy} gives slot ${card.slotId} of bank ${card.bankId} (${card.mccMnc}${carrier}).`;
}
