import { type Epc, type RolloutDevice, type RolloutId, settled } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { addTurn } from "./addTurn.ts";
import { announceUpdate } from "./reportUpdate.ts";

/** Adds to a write that an EPC which is retired is under way in no rollout any more. Gives the rollouts to advance afterwards. */
export async function endTurns(deps: Deps, write: Write, epc: Pick<Epc, "tenantId" | "id">): Promise<RolloutId[]> {
  const parts = await deps.store.rolloutDevices.ofEpc(epc.tenantId, epc.id);
  const underWay = parts.filter(({ data }) => data.underWay);
  for (const device of underWay) {
    const turn = settled(device.data, "failed", "The EPC is retired", deps.now());
    addTurn(write, device, turn);
    announceUpdate(deps, write, epc, { ...device.data, ...turn.changes } as RolloutDevice);
  }
  return underWay.map(({ data }) => data.rolloutId);
}
