import {
  AppError,
  type api,
  applyDeviceReport,
  type Epc,
  isDeviceEnd,
  paths,
  type RolloutDevice,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { DeviceCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { deviceWrite } from "../deviceWrite.ts";
import { event } from "../event.ts";
import { addTurn } from "./addTurn.ts";
import { advanceRollout } from "./advanceRollout.ts";

type Input = typeof api.reportUpdate.body._zod.output;

/**
 * A device's word on its update: its document, the rollout's figures and the EPC's in one write. When its part is over, the rollout is advanced
 * in the same request, so that a stop holds from then on. A report that changes nothing is thanked for.
 */
export async function reportUpdate(deps: Deps, caller: DeviceCaller, input: Input): Promise<void> {
  const { tenantId, epcId } = caller;
  const ended = await deviceWrite(deps, caller, async (epc, write) => {
    const device = await deps.store.rolloutDevices.get(tenantId, input.rollout_id, epcId);
    if (!device) {
      throw new AppError("not-found", "rollout_id: this EPC has no part in such a rollout", { field: "rollout_id" });
    }
    const now = deps.now();
    const changes: Partial<Epc> = { lastSeenAt: now, ...installed(epc, input) };
    const turn = applyDeviceReport(device.data, input, now);
    if (turn.kind === "ignored") return { changes, value: isDeviceEnd(device.data.state) };
    addTurn(write, device, turn);
    if (!turn.ended) return { changes, value: false };
    announceUpdate(deps, write, epc, { ...device.data, ...turn.changes } as RolloutDevice);
    const updating = epc.updating === input.rollout_id ? undefined : epc.updating;
    return { changes: { ...changes, ...closeCommand(deps, write, epc, device), updating }, value: true };
  });
  if (ended) await advanceRollout(deps, tenantId, input.rollout_id);
}

/** The EPC's page shows how an update ended. */
export function announceUpdate(
  deps: Deps,
  write: Write,
  epc: Pick<Epc, "tenantId" | "id">,
  device: RolloutDevice,
): void {
  const { rolloutId, attempt, state, message } = device;
  event(deps, write, epc, {
    type: "update",
    id: `${rolloutId}-${attempt}`,
    severity: state === "committed" ? "info" : state === "failed" ? "error" : "warning",
    message: `Update ${state.replace("_", " ")}${message ? `: ${message}` : ""}`,
    data: { rolloutId, attempt, state },
  });
}

function installed(epc: Epc, input: Input): Partial<Epc> {
  if (!input.installed) return {};
  const packages = { ...epc.packages, ...input.installed };
  return { packages: Object.fromEntries(Object.entries(packages).filter(([, version]) => version !== "")) };
}

/** A command whose update is over need not be handed out again, even if the device never says that it ran. */
function closeCommand(deps: Deps, write: Write, epc: Epc, { data }: Stored<RolloutDevice>): Partial<Epc> {
  const rest = epc.pendingCommands.filter((command) => command.id !== data.commandId);
  if (rest.length === epc.pendingCommands.length || !data.commandId) return {};
  write.patch(paths.command(epc.tenantId, epc.id, data.commandId), { state: "succeeded", finishedAt: deps.now() });
  return { pendingCommands: rest };
}
