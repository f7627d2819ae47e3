import {
  type api,
  type CardSeeker,
  type DecisionStep,
  type RemsimClient,
  type SimSlot,
  sameBankSlot,
} from "@wisptools/core";
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

/** The decision that such a client's registration would come to, or that of the client named, step by step. Reads, and writes nothing. */
export async function explain(deps: Deps, { tenantId }: MemberCaller, input: Input): Promise<Explanation> {
  const { client_key: key } = input;
  const [{ data: settings }, banks, client] = await Promise.all([
    readRemsimSettings(deps, tenantId),
    deps.store.simBanks.all(tenantId),
    key && deps.store.remsimClients.need("client", tenantId, key),
  ]);
  const policies = input.policies?.map((policy) => ({ ...policy, id: policy.id ?? null })) ?? settings.policies;
  const seeker = client ? asItself(client.data, input) : asAnyone(input);
  const { chosen, steps } = await decideFor(
    deps,
    { tenantId, settings: { pools: settings.pools, policies }, banks: banks.map(({ data }) => data) },
    seeker,
    { attempt: 0, explain: true, at: input.at === undefined ? undefined : new Date(input.at) },
  );
  const card = chosen?.card.data;
  const kept = client ? keptInWords(client.data, seeker, card) : "";
  return { card, summary: kept + summaryOf(card, steps), steps };
}

/** A client that nobody knows yet. */
function asAnyone(input: Input): CardSeeker {
  const clientId = input.client_id ?? "example-slot0";
  return { key: clientKeyOf("example", clientId), clientId, ...wishes(input, NO_WISHES), lastSlot: null };
}

/** A client as its registration would have it decided. */
function asItself(client: RemsimClient, input: Input): CardSeeker {
  const { key, lastSlot, assignment } = client;
  const clientId = input.client_id ?? client.clientId;
  const has = { lastSlot, own: assignment?.slot, ownPool: assignment?.poolId ?? null };
  return { key, clientId, ...wishes(input, client), ...has };
}

type Wishes = Pick<CardSeeker, "mode" | "mccMnc" | "region">;
const NO_WISHES: Wishes = { mode: "ONE_TO_ONE_SWSIM", mccMnc: "", region: null };

/** What the input says; the rest is as before. */
function wishes({ mapping_mode, mcc_mnc, region }: Input, before: Wishes): Wishes {
  return {
    mode: mapping_mode ?? before.mode,
    mccMnc: mcc_mnc ?? before.mccMnc,
    region: region === undefined ? before.region : region,
  };
}

/** A registration with the wishes it had gives a client the card it holds, whatever the policies would give now. */
function keptInWords(
  { assignment, mode, mccMnc }: RemsimClient,
  seeker: CardSeeker,
  card: SimSlot | undefined,
): string {
  if (!assignment || seeker.mode !== mode || seeker.mccMnc !== mccMnc) return "";
  if (card && sameBankSlot(assignment.slot, card)) return "";
  const { bankId, slotId } = assignment.slot;
  return `It keeps slot ${slotId} of bank ${bankId} while it asks for the same. If it had to choose anew: `;
}

function summaryOf(card: SimSlot | undefined, steps: readonly DecisionStep[]): string {
  const last = steps.at(-1);
  if (!card)
    return `No card: none of the ${steps.length} policies, the built-in one included, has one for this client.`;
  const carrier = card.carrier ? `, ${card.carrier}` : "";
  return `Policy ${last?.policy} gives slot ${card.slotId} of bank ${card.bankId} (${card.mccMnc}${carrier}).`;
}
