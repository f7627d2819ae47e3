import {
  advance,
  afterStep,
  type Rollout,
  type RolloutId,
  type Step,
  type TenantId,
  unheardSince,
  waitsForRoom,
} from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { openAlert, resolveAlert } from "../alerts.ts";
import { audit, SYSTEM } from "../audit.ts";
import { restoreDevices } from "./restoreDevices.ts";
import { startDevices } from "./startDevices.ts";
import { stopMatter } from "./stopMatter.ts";
import { withdrawCommands } from "./withdrawCommands.ts";

/** More steps than one request takes; the sweep goes on after as many. */
const STEPS = 100;

/** Does what a rollout's document asks for now, step by step, until it asks for nothing. Two at once do no step twice. */
export async function advanceRollout(deps: Deps, tenantId: TenantId, id: RolloutId): Promise<void> {
  for (let n = 0; n < STEPS; n++) {
    const moved = await untilUncontended(async () => {
      const stored = await deps.store.rollouts.need("rollout", tenantId, id);
      const now = deps.now();
      return take(deps, stored, advance(stored.data, now, await unheardOf(deps, stored.data, now)));
    });
    if (!moved) return;
  }
}

async function unheardOf(deps: Deps, rollout: Rollout, now: Date): Promise<number> {
  return waitsForRoom(rollout) ? deps.store.rolloutDevices.countUnheard(rollout, unheardSince(rollout, now)) : 0;
}

/** Whether the step moved anything, so that it is worth asking again. */
async function take(deps: Deps, stored: Stored<Rollout>, step: Step): Promise<boolean> {
  switch (step.kind) {
    case "wait":
      return false;
    case "start":
      return (await startDevices(deps, stored, step)) > 0;
    case "restore":
      return (await restoreDevices(deps, stored, step)) > 0;
    case "stop":
    case "takeBackAgain":
    case "groupSucceeded":
    case "awaitApproval":
    case "nextGroup":
    case "end":
      await change(deps, stored, step);
      return true;
  }
}

async function change(deps: Deps, stored: Stored<Rollout>, step: Step): Promise<void> {
  const rollout = stored.data;
  const changes = afterStep(rollout, step, deps.now());
  if (!changes) return;
  const write = deps.store.write().update(stored, changes);
  const says = step.kind === "stop" || step.kind === "end" || step.kind === "takeBackAgain";
  if (says) {
    audit(deps, write, rollout.tenantId, SYSTEM, {
      action: `rollout.${step.kind}`,
      target: rollout.id,
      summary: `${rollout.name} ${step.into.replace("_", " ")}: ${step.reason}`,
    });
  }
  if (step.kind === "stop" || (step.kind === "end" && rollout.stoppedAt)) {
    const matter = stopMatter(rollout, step.reason);
    const known = await deps.store.alerts.get(rollout.tenantId, matter.id);
    if (step.kind === "stop") openAlert(deps, write, rollout.tenantId, known, matter);
    else resolveAlert(deps, write, known);
  }
  await write.commit();
  if (step.kind !== "stop") return;
  log.rolloutStopped({ tenantId: rollout.tenantId, rolloutId: rollout.id, reason: step.reason });
  await withdrawCommands(deps, { ...rollout, state: step.into });
}
