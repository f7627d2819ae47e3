import { retryAt, type SimBank, simBankAlertId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { openAlert, resolveAlert } from "../alerts.ts";
import { audit, SYSTEM } from "../audit.ts";
import { commits } from "../commits.ts";
import { cachedSettings } from "./cachedSettings.ts";
import { eachSafely } from "./eachSafely.ts";
import { failOver, isDone, outcomeOf } from "./failOver.ts";
import { orLater } from "./orLater.ts";

/** Banks that one run looks at; those longest due, so that each gets its turn. */
const LIMIT = 200;
/** Banks at a time: each has its clients to move. */
const PARALLEL = 2;

/**
 * Moves the clients away from banks that are gone for too long; takes note of those that are back. Whoever finds no card is tried again, less and
 * less often, until the bank is back.
 */
export async function failOverBanks(deps: Deps): Promise<{ banksFailed: number; banksBack: number }> {
  const due = await deps.store.simBanks.due(deps.now(), LIMIT);
  const gone = due.filter(({ data }) => data.connected === false);
  const back = due.filter(({ data }) => data.connected !== false);
  const failedNow = await eachSafely(gone, (stored) => orLater(deps, stored, () => bankGone(deps, stored)), PARALLEL);
  const backNow = await eachSafely(back, (stored) => orLater(deps, stored, () => bankBack(deps, stored)));
  return { banksFailed: failedNow.filter(Boolean).length, banksBack: backNow.filter(Boolean).length };
}

/** A bank that comes back meanwhile is not marked; clients that were moved by then stay where they are. @returns whether there is news of it */
async function bankGone(deps: Deps, stored: Stored<SimBank>): Promise<boolean> {
  const { tenantId, bankId, label, connectedAt, updatedAt, failedOverAt } = stored.data;
  const now = deps.now();
  const { bankGraceSeconds } = await cachedSettings(deps, tenantId);
  const since = connectedAt ?? updatedAt;
  const graceEnds = new Date(since.getTime() + bankGraceSeconds * 1000);
  if (now < graceEnds) {
    await commits(deps.store.write().update(stored, { sweepAt: graceEnds }));
    return false;
  }
  const what = `SIM bank ${bankId} (${label}) is not connected since ${since.toISOString()}`;
  const outcome = await failOver(deps, tenantId, { bankId }, `bank ${bankId} is not connected`);
  const message = `${what}: ${outcomeOf(outcome)}`;
  const id = simBankAlertId(bankId);
  const known = await deps.store.alerts.get(tenantId, id);
  const first = failedOverAt ?? now;
  const sweepAt = isDone(outcome) ? undefined : retryAt(first, now);
  const write = deps.store.write().update(stored, { failedOverAt: first, sweepAt });
  const severity = outcome.stay.length > 0 ? "critical" : "warning";
  openAlert(deps, write, tenantId, known, { id, kind: "sim-bank-down", severity, target: String(bankId), message });
  const isNews = failedOverAt === undefined || outcome.moved > 0;
  if (isNews) {
    audit(deps, write, tenantId, SYSTEM, { action: "remsim.bank.failover", target: String(bankId), summary: message });
  }
  return (await commits(write)) && isNews;
}

async function bankBack(deps: Deps, stored: Stored<SimBank>): Promise<boolean> {
  const { tenantId, bankId, failedOverAt } = stored.data;
  const write = deps.store.write().update(stored, { failedOverAt: undefined, sweepAt: undefined });
  if (failedOverAt) resolveAlert(deps, write, await deps.store.alerts.get(tenantId, simBankAlertId(bankId)));
  return (await commits(write)) && failedOverAt !== undefined;
}
