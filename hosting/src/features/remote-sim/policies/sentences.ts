import type { KiPool } from "@wisptools/core/domain/remsim/policy";
import { listed, windowWords } from "../../updates/shared/strategyWords.ts";
import { listOf } from "../shared/regions.ts";
import { networkWords, STRATEGY_WORDS } from "../shared/words.ts";
import type { PolicyDraft } from "./draft.ts";

const MODES = {
  ONE_TO_ONE_SWSIM: "a card of their own (software SIM)",
  ONE_TO_ONE_VSIM: "a card of their own (virtual SIM)",
  KI_PROXY_SWSIM: "a profile of a pool",
};

/** `310` is a whole country, `310410` one network. */
function networksWords(text: string): string {
  const named = listOf(text.replaceAll("/", ""));
  return listed(
    named.map((one) => (one.length === 3 ? `country ${one}` : `network ${networkWords(one)}`)),
    "or",
  );
}

/** Which clients: "Clients that begin with van-, ask for network 310/410". */
export function whoWords(draft: PolicyDraft): string {
  const rules = [
    draft.clientPrefix.trim() && `are called ${draft.clientPrefix.trim()}…`,
    draft.modes.length > 0 &&
      `ask for ${listed(
        draft.modes.map((mode) => MODES[mode]),
        "or",
      )}`,
    draft.carriers.trim() && `ask for ${networksWords(draft.carriers)}`,
    draft.regions.trim() && `have a login of region ${listed(listOf(draft.regions), "or")}`,
  ].filter((rule) => typeof rule === "string" && rule !== "");
  const who = rules.length > 0 ? `Clients that ${listed(rules as string[])}` : "All clients";
  if (!draft.windowed) return who;
  return `${who}, ${windowWords({ ...draft, days: [...draft.days] })} (${draft.timeZone})`;
}

/** Which cards they get, and how one is chosen among them. */
export function whatWords(draft: PolicyDraft, pools: readonly KiPool[]): string {
  const pool = draft.poolId && (pools.find((one) => one.id === draft.poolId)?.name ?? draft.poolId);
  const banks = listOf(draft.banks);
  const rules = [
    draft.cardCarriers.trim() ? `of ${networksWords(draft.cardCarriers)}` : "of the network they ask for",
    banks.length > 0 &&
      `in ${banks.length === 1 ? "bank" : "banks"} ${listed(banks, "or")}${banks.length > 1 ? `, ${banks[0]} preferred` : ""}`,
    draft.bankRegions.trim() && `in banks of region ${listed(listOf(draft.bankRegions), "or")}`,
    pool && `with profiles from the pool ${pool}`,
  ].filter((rule) => typeof rule === "string" && rule !== "");
  return `get cards ${rules.join(", ")}: ${STRATEGY_WORDS[draft.strategy]}.`;
}

export const remapWords = (remap: boolean): string =>
  remap
    ? "If the card or its bank fails, they move to an equivalent card."
    : "If the card or its bank fails, they stay with it.";
