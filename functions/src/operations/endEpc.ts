import { AppError, type Epc, type EpcId, paths, type RolloutId } from "@wisptools/core";
import { type Changes, untilUncontended, type Write } from "@wisptools/store";
import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";
import { buryPeers } from "./diameterPeers.ts";
import { event } from "./event.ts";
import { advanceRollout } from "./rollouts/advanceRollout.ts";
import { endTurns } from "./rollouts/endTurns.ts";

/** Ends every credential and Diameter certificate now; the box returns only through an operator's approval. */
export async function revokeCredentials(deps: Deps, caller: MemberCaller, epcId: EpcId): Promise<void> {
  await end(
    deps,
    caller,
    epcId,
    { action: "credentials.revoke", summary: "revoked all credentials" },
    async () => ({}),
  );
}

/**
 * Takes an EPC out of service: credentials and certificates end; its TAC stays its own and its history stays. A rollout it was under way in
 * gives its place to another.
 */
export async function retireEpc(deps: Deps, caller: MemberCaller, epcId: EpcId): Promise<void> {
  let rollouts: RolloutId[] = [];
  await end(deps, caller, epcId, { action: "epc.retire", summary: "retired the EPC" }, async (epc, write, now) => {
    if (epc.state === "retired") throw new AppError("failed-precondition", "this EPC is already retired");
    rollouts = await endTurns(deps, write, epc);
    return { state: "retired", stateSince: now, ailments: [], updating: undefined };
  });
  for (const id of rollouts) await advanceRollout(deps, caller.tenantId, id);
}

async function end(
  deps: Deps,
  caller: MemberCaller,
  epcId: EpcId,
  act: { action: string; summary: string },
  changesOf: (epc: Epc, write: Write, now: Date) => Promise<Changes<Epc>>,
): Promise<void> {
  await untilUncontended(async () => {
    const stored = await deps.store.epcs.need("EPC", caller.tenantId, epcId);
    const epc = stored.data;
    const now = deps.now();
    const peers = await deps.store.diameterPeers.ofEpc(epcId);
    const write = deps.store.write();
    const changes = await changesOf(epc, write, now);
    buryPeers(deps, write, peers);
    for (const command of epc.pendingCommands) {
      write.patch(paths.command(epc.tenantId, epc.id, command.id), { state: "cancelled", finishedAt: now });
    }
    write.update(stored, {
      ...changes,
      credentials: {
        pending: [],
        generation: epc.credentials.generation + 1,
        issuedAt: epc.credentials.issuedAt,
        revokedAt: now,
      },
      pendingCommands: [],
      updatedAt: now,
    });
    event(deps, write, epc, {
      type: "credentials",
      severity: "warning",
      message: `${caller.actorName} ${act.summary}`,
    });
    audit(deps, write, caller.tenantId, caller, { ...act, target: epcId });
    await write.commit();
  });
}
