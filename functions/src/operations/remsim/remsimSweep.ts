import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { type EndedLeases, endLeases } from "./endLeases.ts";
import { failOverBanks } from "./failedBanks.ts";
import { failOverCards } from "./failedCards.ts";

export type RemsimSwept = EndedLeases & { banksFailed: number; banksBack: number; cardsFailed: number };

/**
 * What time alone decides about remote SIM, once a minute: silent clients lose their cards, and clients of banks and cards that failed get others.
 * Three queries when there is nothing to do.
 */
export async function remsimSweep(deps: Deps): Promise<RemsimSwept> {
  const leases = await endLeases(deps); // first, so that nobody looks for cards for clients that are gone
  const banks = await failOverBanks(deps);
  const swept = { ...leases, ...banks, cardsFailed: await failOverCards(deps) };
  log.remsimSwept(swept);
  return swept;
}
