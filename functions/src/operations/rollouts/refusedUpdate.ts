import { applyDeviceReport, type Command, type Epc, isUnheard, type RolloutDevice, RolloutId } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { addTurn } from "./addTurn.ts";
import { announceUpdate } from "./reportUpdate.ts";

/** Of a device's output, what its rollout says. */
const SAID = 500;

/**
 * A device that cannot even begin an update says so as the result of its command: adds to the write that its part has failed. Gives the
 * rollout to advance afterwards; undefined when the device has spoken for itself.
 */
export async function refusedUpdate(
  deps: Deps,
  write: Write,
  epc: Epc,
  command: Command,
  output: string,
): Promise<RolloutId | undefined> {
  const { rollout_id, attempt } = command.request;
  const id = RolloutId.parse(rollout_id);
  const device = await deps.store.rolloutDevices.get(epc.tenantId, id, epc.id);
  if (!device || device.data.attempt !== attempt || !isUnheard(device.data)) return undefined;
  const message = `The update command failed: ${output.trim().slice(-SAID) || "it said nothing"}`;
  const report = { attempt: device.data.attempt, state: "failed" as const, message };
  const turn = applyDeviceReport(device.data, report, deps.now());
  if (turn.kind === "ignored") return undefined;
  addTurn(write, device, turn);
  announceUpdate(deps, write, epc, { ...device.data, ...turn.changes } as RolloutDevice);
  return id;
}
