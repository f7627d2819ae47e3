import {
  AppError,
  type CardDecision,
  type CardSeeker,
  type ChosenCard,
  type DecidingPolicy,
  decideCard,
  type RemsimSettings,
  type SimBank,
  type SimSlot,
  type TenantId,
} from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { commits } from "../commits.ts";
import { remsimEvent } from "./remsimEvent.ts";
import { tenantCards } from "./tenantCards.ts";

/** An exhausted pool is told of once in this time, ms. */
const TELL_EVERY_MS = 600_000;
/** Characters of reasons in a refusal. */
const WORDS = 1000;

/** What cards there are to choose from, and by which rules. */
export interface Choice {
  tenantId: TenantId;
  settings: Pick<RemsimSettings, "pools"> & { policies: readonly DecidingPolicy[] };
  banks: readonly SimBank[];
}

/** The decision about a client, whatever it comes to. Without `explain` it does not say why policies have no card, and costs less. */
export function decideFor(
  deps: Deps,
  { tenantId, settings, banks }: Choice,
  seeker: CardSeeker,
  how: { attempt: number; explain: boolean; at?: Date | undefined },
): Promise<CardDecision<Stored<SimSlot>>> {
  return decideCard({
    source: tenantCards(deps, tenantId, banks),
    seeker,
    policies: settings.policies,
    pools: settings.pools,
    banks,
    now: how.at ?? deps.now(),
    attempt: how.attempt,
    random: Math.random,
    explain: how.explain,
  });
}

/** The card for a client; `unavailable` with the reasons when there is none, which is counted, told and logged. */
export async function chooseCard(
  deps: Deps,
  choice: Choice,
  seeker: CardSeeker,
  attempt: number,
): Promise<ChosenCard<Stored<SimSlot>>> {
  const { chosen } = await decideFor(deps, choice, seeker, { attempt, explain: false });
  if (chosen) return chosen;
  const explained = await decideFor(deps, choice, seeker, { attempt, explain: true });
  if (explained.chosen) return explained.chosen; // one came free meanwhile
  await tellExhausted(deps, choice, seeker, explained);
  throw refusal(choice, seeker, explained);
}

function refusal({ settings }: Choice, seeker: CardSeeker, { steps }: CardDecision<unknown>): AppError {
  if (seeker.mode === "KI_PROXY_SWSIM" && settings.pools.length === 0) {
    return new AppError("not-found", "there is no KI pool for KI_PROXY_SWSIM", {
      field: "mapping_mode",
      reason: "no_pool",
    });
  }
  const reasons = steps.map(({ policy, matches, reasons }) => {
    return `policy ${policy}${matches ? "" : " does not match"}: ${reasons.join("; ")}`;
  });
  const wish = seeker.mccMnc ? ` of ${seeker.mccMnc}` : "";
  const words = `no card for ${seeker.mode}${wish}. ${reasons.join(". ")}`;
  const message = words.length > WORDS ? `${words.slice(0, WORDS)}…` : words;
  return new AppError("unavailable", message, { reason: "no_slot", retryAfter: 60 });
}

/** At most one event a pool, or a network, in ten minutes. */
async function tellExhausted(
  deps: Deps,
  { tenantId }: Choice,
  { mode, mccMnc, clientId }: CardSeeker,
  { pools }: CardDecision<unknown>,
): Promise<void> {
  log.remsimNoSlot({ tenantId, clientId, mode });
  const begun = Math.floor(deps.now().getTime() / TELL_EVERY_MS) * TELL_EVERY_MS;
  const exhausted = mode === "KI_PROXY_SWSIM" ? pools : [{ id: `cards${mccMnc}`, name: "" }];
  for (const { id, name } of exhausted) {
    const write = deps.store.write();
    remsimEvent(deps, write, tenantId, {
      id: `${begun}-exhausted-${id}`,
      type: "pool_exhausted",
      severity: "warning",
      message: name
        ? `Pool ${name} has no room for another profile; ${clientId} was refused`
        : `No free card${mccMnc ? ` of ${mccMnc}` : ""}; ${clientId} was refused`,
      data: { client_id: clientId, mapping_mode: mode, mcc_mnc: mccMnc, ...(name ? { pool_id: id } : {}) },
    });
    await commits(write);
  }
}
