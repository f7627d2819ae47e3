import {
  advance,
  isHeldUp,
  overdue,
  paths,
  type Rollout,
  type RolloutDevice,
  type RolloutId,
  type TenantId,
} from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { addTurn } from "./addTurn.ts";
import { advanceRollout } from "./advanceRollout.ts";
import { makeRoom } from "./makeRoom.ts";
import { prepareRollout } from "./prepareRollout.ts";
import { announceUpdate } from "./reportUpdate.ts";
import { withdrawCommands } from "./withdrawCommands.ts";

/** Documents read at a time. Of silent devices one run takes as many: they are then silent no more, and the next minute's takes the rest. */
const PAGE = 500;
/** After this a run looks at no more rollouts, as its time ends soon, ms. */
const RUN_MS = 240_000;
/** A listing that has not moved for so long was left by a crash, ms. */
const LEFT_MS = 60_000;
/** How long after a stop the sweep still looks for commands that a crash left in the queues, ms. */
const STOP_MS = 10 * 60_000;

/**
 * What time alone decides, once a minute: silent devices, soaks that are over, windows that open, and what a crash left. Three queries when there is
 * nothing to do; one rollout that fails does not hold up the others.
 */
export async function rolloutSweep(deps: Deps, size = PAGE): Promise<{ silent: number; rollouts: number }> {
  const now = deps.now();
  const silent = await deps.store.rolloutDevices.overdue(now, size);
  for (const device of silent) await safely(device.data, device.data.rolloutId, () => endSilence(deps, device));
  let rollouts = 0;
  for await (const { data } of each(deps, now, size, (after) => deps.store.rollouts.active(size, after))) {
    await safely(data, data.id, () => goOn(deps, data, now));
    rollouts++;
  }
  for await (const { data } of each(deps, now, size, (after) => deps.store.rollouts.stoppedUnderWay(size, after))) {
    await safely(data, data.id, () => withdrawRecent(deps, data, now));
  }
  return { silent: silent.length, rollouts };
}

/** All rollouts of a query, page by page, as long as the run may last. */
async function* each(
  deps: Deps,
  begun: Date,
  size: number,
  pageAfter: (last?: Stored<Rollout>) => Promise<Stored<Rollout>[]>,
): AsyncGenerator<Stored<Rollout>> {
  let last: Stored<Rollout> | undefined;
  do {
    const page: Stored<Rollout>[] = await pageAfter(last);
    for (const rollout of page) {
      if (deps.now().getTime() - begun.getTime() > RUN_MS) return;
      yield rollout;
    }
    last = page.length === size ? page.at(-1) : undefined;
  } while (last);
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
    return advanceRollout(deps, rollout.tenantId, rollout.id);
  }
  if (rollout.state === "rolling_back") await withdrawRecent(deps, rollout, now);
  const isHeld = isHeldUp(rollout, now);
  if (isHeld) await makeRoom(deps, rollout);
  const isDue = isHeld || advance(rollout, now, rollout.underWay).kind !== "wait"; // whoever of them is unheard
  if (isDue) await advanceRollout(deps, rollout.tenantId, rollout.id);
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
