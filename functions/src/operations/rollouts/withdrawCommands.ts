import { type EpcId, isUnheard, paths, type Rollout, type RolloutDevice, withdrawn } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { addTurn } from "./addTurn.ts";

const PAGE = 100;
const MESSAGE = "Its command was taken back before it was fetched";

/**
 * Takes back the commands of a stopped rollout that no device has fetched; what was fetched goes on and is reported. Such a device waits
 * again. A rollout that takes devices back keeps those commands.
 */
export async function withdrawCommands(deps: Deps, rollout: Rollout): Promise<void> {
  let after: EpcId | undefined;
  do {
    const page: Stored<RolloutDevice>[] = await deps.store.rolloutDevices.unheard(rollout, PAGE, after);
    for (const { data } of page) {
      if (isUnheard(data) && !(rollout.state === "rolling_back" && data.goal === "restore")) {
        await withdraw(deps, rollout, data.epcId, MESSAGE);
      }
    }
    after = page.length === PAGE ? page.at(-1)?.data.epcId : undefined;
  } while (after);
}

/** Takes back one device's command, unless the device has fetched it or was told another meanwhile; it then waits again, and the message says why. */
export async function withdraw(deps: Deps, { tenantId, id }: Rollout, epcId: EpcId, message: string): Promise<void> {
  await untilUncontended(async () => {
    const [device, epc] = await Promise.all([
      deps.store.rolloutDevices.need("device", tenantId, id, epcId),
      deps.store.epcs.get(tenantId, epcId),
    ]);
    const { commandId } = device.data;
    const pending = epc?.data.pendingCommands.find((command) => command.id === commandId);
    if (!epc || pending?.state !== "queued" || !isUnheard(device.data)) return;
    const write = deps.store.write();
    addTurn(write, device, withdrawn(device.data, message, deps.now()));
    write.update(epc, {
      pendingCommands: epc.data.pendingCommands.filter((command) => command !== pending),
      updating: undefined,
    });
    write.patch(paths.command(tenantId, epcId, pending.id), { state: "cancelled", finishedAt: deps.now() });
    await write.commit();
  });
}
