import { AppError, type api, type Command, isOpen, paths } from "@wisptools/core";
import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { deviceWrite } from "./deviceWrite.ts";
import { event } from "./event.ts";
import { advanceRollout } from "./rollouts/advanceRollout.ts";
import { refusedUpdate } from "./rollouts/refusedUpdate.ts";

type Result = typeof api.commandResult.body._zod.output;

/** The word of a device on a command it was given; a repeated result, or one for a command already closed, changes nothing. */
export async function recordCommandResult(deps: Deps, caller: DeviceCaller, input: Result): Promise<void> {
  const rolloutId = await deviceWrite(deps, caller, async (epc, write) => {
    const stored = await deps.store.commands.get(caller.tenantId, caller.epcId, input.command_id);
    if (!stored) throw new AppError("not-found", "command_id: no such command", { field: "command_id" });
    if (!isOpen(stored.data.state)) return { changes: { lastSeenAt: deps.now() }, value: undefined };
    const now = deps.now();
    const running = input.state === "running";
    const changes: Partial<Command> = running
      ? { state: "running", startedAt: stored.data.startedAt ?? now }
      : {
          state: input.state,
          finishedAt: now,
          output: input.output,
          ...(input.exit_code === undefined ? {} : { exitCode: input.exit_code }),
        };
    write.patch(paths.command(caller.tenantId, caller.epcId, input.command_id), changes);
    if (!running) {
      event(deps, write, epc, {
        type: "command",
        id: input.command_id,
        severity: input.state === "failed" ? "error" : "info",
        message: `${String(stored.data.request.type)} ${input.state}`,
      });
    }
    const pendingCommands = running
      ? epc.pendingCommands.map((one) => (one.id === input.command_id ? { ...one, state: "running" as const } : one))
      : epc.pendingCommands.filter((one) => one.id !== input.command_id);
    const refused = stored.data.request.type === "update" && input.state === "failed";
    const value = refused ? await refusedUpdate(deps, write, epc, stored.data, input.output) : undefined;
    const updating = value === undefined || epc.updating !== value ? epc.updating : undefined;
    return { changes: { pendingCommands, updating, lastSeenAt: now }, value };
  });
  if (rolloutId) await advanceRollout(deps, caller.tenantId, rolloutId);
}
