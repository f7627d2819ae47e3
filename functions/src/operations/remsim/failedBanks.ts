import { type SimBank, simBankAlertId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { openAlert, resolveAlert } from "../alerts.ts";
import { audit, SYSTEM } from "../audit.ts";
import { commits } from "../commits.ts";
import { cachedSettings } from "./cachedSettings.ts";
import { eachSafely } from "./eachSafely.ts";
import { failOver, outcomeOf } from "./failOver.ts";

/** Banks of a kind that one run looks at. */
const LIMIT = 200;
/** Banks at a time: each has its clients to move. */
const PARALLEL = 2;

/** Moves the clients away from banks that are gone for too long, once for each time; takes note of those that are back. */
export async function failOverBanks(deps: Deps): Promise<{ banksFailed: number; banksBack: number }> {
  const [down, failed] = await Promise.all([
    deps.store.simBanks.down(LIMIT),
    deps.store.simBanks.failedOver(deps.now(), LIMIT),
  ]);
  const overdue = down.filter(({ data }) => data.failedOverAt === undefined);
  const back = failed.filter(({ data }) => data.connected === true);
  const failedNow = await eachSafely(overdue, (stored) => bankGone(deps, stored), PARALLEL);
  const backNow = await eachSafely(back, (stored) => bankBack(deps, stored));
  return { banksFailed: failedNow.filter(Boolean).length, banksBack: backNow.filter(Boolean).length };
}

/** A bank that comes back meanwhile is not marked; clients that were moved by then stay where they are. */
async function bankGone(deps: Deps, stored: Stored<SimBank>): Promise<boolean> {
  const { tenantId, bankId, label, connectedAt, updatedAt } = stored.data;
  const { bankGraceSeconds } = await cachedSettings(deps, tenantId);
  const since = connectedAt ?? updatedAt;
  if (deps.now().getTime() - since.getTime() < bankGraceSeconds * 1000) return false;
  const what = `SIM bank ${bankId} (${label}) is not connected since ${since.toISOString()}`;
  const outcome = await failOver(deps, tenantId, { bankId }, `bank ${bankId} is not connected`);
  const message = `${what}: ${outcomeOf(outcome)}`;
  const id = simBankAlertId(bankId);
  const known = await deps.store.alerts.get(tenantId, id);
  const write = deps.store.write().update(stored, { failedOverAt: deps.now() });
  const severity = outcome.stay.length > 0 ? "critical" : "warning";
  openAlert(deps, write, tenantId, known, { id, kind: "sim-bank-down", severity, target: String(bankId), message });
  audit(deps, write, tenantId, SYSTEM, { action: "remsim.bank.failover", target: String(bankId), summary: message });
  return commits(write);
}

async function bankBack(deps: Deps, stored: Stored<SimBank>): Promise<boolean> {
  const { tenantId, bankId } = stored.data;
  const known = await deps.store.alerts.get(tenantId, simBankAlertId(bankId));
  const write = deps.store.write().update(stored, { failedOverAt: undefined });
  resolveAlert(deps, write, known);
  return commits(write);
}
