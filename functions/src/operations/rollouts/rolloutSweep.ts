import { overdue, paths, type Rollout, type RolloutDevice, type RolloutId, type TenantId } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { addTurn } from "./addTurn.ts";
import { advanceRollout } from "./advanceRollout.ts";
import { prepareRollout } from "./prepareRollout.ts";
import { announceUpdate } from "./reportUpdate.ts";
import { withdrawCommands } from "./withdrawCommands.ts";

/** Documents of a kind that one run looks at; the next minute's takes the rest. */
const LIMIT = 500;
/** A listing that has not moved for so long was left by a crash, ms. */
const LEFT_MS = 60_000;
/** How long after a stop the sweep still looks for commands that a crash left in the queues, ms. */
const STOP_MS = 10 * 60_000;

/**
 * What time alone decides, once a minute: silent devices, soaks that are over, windows that open, and what a crash left. Three queries when there is
 * nothing to do; one rollout that fails does not hold up the others.
 */
export async function rolloutSweep(deps: Deps): Promise<{ silent: number; rollouts: number }> {
  const now = deps.now();
  const silent = await deps.store.rolloutDevices.overdue(now, LIMIT);
  for (const device of silent) await safely(device.data, device.data.rolloutId, () => endSilence(deps, device));
  const [active, stopped] = await Promise.all([
    deps.store.rollouts.active(LIMIT),
    deps.store.rollouts.stoppedUnderWay(LIMIT),
  ]);
  for (const { data } of active) await safely(data, data.id, () => goOn(deps, data, now));
  for (const { data } of stopped) await safely(data, data.id, () => withdrawRecent(deps, data, now));
  return { silent: silent.length, rollouts: active.length };
}

async function safely(of: { tenantId: TenantId }, rolloutId: RolloutId, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    log.rolloutFault({ tenantId: of.tenantId, rolloutId }, error);
  }
}

async function goOn(deps: Deps, rollout: Rollout, now: Date): Promise<void> {
  if (rollout.state === "preparing") {
    if (now.getTime() - rollout.updatedAt.getTime() < LEFT_MS) return;
    await prepareRollout(deps, rollout.tenantId, rollout.id);
  }
  if (rollout.state === "rolling_back") await withdrawRecent(deps, rollout, now);
  await advanceRollout(deps, rollout.tenantId, rollout.id);
}

async function withdrawRecent(deps: Deps, rollout: Rollout, now: Date): Promise<void> {
  if (now.getTime() - rollout.updatedAt.getTime() < STOP_MS) await withdrawCommands(deps, rollout);
}

/** A report that arrives at the same time wins: the device is then no longer overdue. */
async function endSilence(deps: Deps, found: Stored<RolloutDevice>): Promise<void> {
  const { tenantId, rolloutId, epcId } = found.data;
  const ended = await untilUncontended(async (attempt) => {
    const device = attempt === 0 ? found : await deps.store.rolloutDevices.need("device", tenantId, rolloutId, epcId);
    const { dueAt } = device.data;
    if (!dueAt || dueAt > deps.now()) return false;
    const turn = overdue(device.data, deps.now());
    const write = deps.store.write();
    addTurn(write, device, turn);
    write.patch(paths.epc(tenantId, epcId), { updating: undefined });
    const failed = turn.changes.state === "failed";
    if (failed)
      announceUpdate(deps, write, { tenantId, id: epcId }, { ...device.data, ...turn.changes } as RolloutDevice);
    await write.commit();
    return failed;
  });
  if (ended) await advanceRollout(deps, tenantId, rolloutId);
}
