import { AppError, actOn, may, type Rollout, type RolloutAction, type RolloutId } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { resolveAlert } from "../alerts.ts";
import { audit } from "../audit.ts";
import { advanceRollout } from "./advanceRollout.ts";
import { stopMatter } from "./stopMatter.ts";
import { withdrawCommands } from "./withdrawCommands.ts";

/** A person's word on a rollout, and what follows from it at once. Approving needs its own permission. */
export async function actOnRollout(
  deps: Deps,
  caller: MemberCaller,
  id: RolloutId,
  input: { action: RolloutAction; note: string },
): Promise<Rollout> {
  const { tenantId } = caller;
  if (input.action === "approve" && !may(caller.role, "updates.approve")) {
    throw new AppError("permission-denied", `your role ${caller.role} may not approve`, { field: "action" });
  }
  const state = await decide(deps, caller, id, input);
  const rollout = (await deps.store.rollouts.need("rollout", tenantId, id)).data;
  if (state === "paused" || state === "aborted" || state === "rolling_back") {
    await withdrawCommands(deps, { ...rollout, state });
  }
  await advanceRollout(deps, tenantId, id);
  return (await deps.store.rollouts.need("rollout", tenantId, id)).data;
}

async function decide(
  deps: Deps,
  caller: MemberCaller,
  id: RolloutId,
  { action, note }: { action: RolloutAction; note: string },
): Promise<Rollout["state"]> {
  return untilUncontended(async () => {
    const stored = await deps.store.rollouts.need("rollout", caller.tenantId, id);
    const rollout = stored.data;
    const changes = actOn(rollout, action, { name: caller.actorName, note }, deps.now());
    const write = deps.store.write().update(stored, changes);
    if (rollout.stoppedAt && (action === "resume" || action === "abort")) {
      const known = await deps.store.alerts.get(caller.tenantId, stopMatter(rollout, "").id);
      resolveAlert(deps, write, known);
    }
    audit(deps, write, caller.tenantId, caller, {
      action: `rollout.${action}`,
      target: id,
      summary: `${rollout.name}: ${action}${note ? ` (${note})` : ""}`,
    });
    await write.commit();
    return changes.state ?? rollout.state;
  });
}
