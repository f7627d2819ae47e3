import {
  AppError,
  COMMAND_LIFETIME_MS,
  type Command,
  CommandId,
  type Epc,
  type ExactPackage,
  paths,
  type Rollout,
  type RolloutDevice,
  silenceSeconds,
  type Turn,
  told,
  type UpdateRequest,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { KEPT_MS, PENDING_LIMIT } from "../commands.ts";
import { sha256 } from "../secrets.ts";

export interface Telling {
  goal: RolloutDevice["goal"];
  packages: ExactPackage[];
  /** The command must not reach the device later. */
  notAfter?: Date | undefined;
}

/** Whether an EPC can take an update command now: its queue has room, and no other rollout is busy with it. */
export function canBeTold(epc: Epc, rollout: Rollout): boolean {
  if (epc.updating && epc.updating !== rollout.id) return false;
  return epc.pendingCommands.length < PENDING_LIMIT;
}

/** Adds to a write what tells a device to go: the command in its EPC's document, the command's own, and the device's. Gives the turn. */
export function tellDevice(
  deps: Deps,
  write: Write,
  rollout: Rollout,
  device: Stored<RolloutDevice>,
  epc: Stored<Epc>,
  telling: Telling,
): Turn {
  const now = deps.now();
  const request = requestOf(rollout, device.data.attempt + 1, telling);
  const command = newCommand(rollout, epc.data, request, expiry(now, telling.notAfter), now);
  const { id, expiresAt, state } = command;
  const turn = told(
    device.data,
    { goal: telling.goal, commandId: id, expiresAt, silenceSeconds: silenceSeconds(rollout.strategy) },
    now,
  );
  write.create(paths.command(rollout.tenantId, epc.data.id, id), command);
  write.update(epc, {
    pendingCommands: [...epc.data.pendingCommands, { id, request: command.request, expiresAt, state }],
    updating: rollout.id,
  });
  write.update(device, turn.changes);
  return turn;
}

function requestOf(rollout: Rollout, attempt: number, telling: Telling): UpdateRequest {
  if (telling.packages.length === 0) throw new AppError("internal", "an update of no package");
  return {
    type: "update",
    rollout_id: rollout.id,
    attempt,
    packages: telling.packages,
    restore: telling.goal === "restore",
    health_seconds: rollout.strategy.healthSeconds,
    report_seconds: rollout.strategy.reportSeconds,
  };
}

function expiry(now: Date, notAfter: Date | undefined): Date {
  const last = now.getTime() + COMMAND_LIFETIME_MS;
  return new Date(Math.min(last, notAfter?.getTime() ?? last));
}

function newCommand(rollout: Rollout, epc: Epc, request: UpdateRequest, expiresAt: Date, now: Date): Command {
  return {
    schemaVersion: 1,
    id: commandId(rollout, epc, request.attempt),
    epcId: epc.id,
    tenantId: rollout.tenantId,
    request: { ...request },
    state: "queued",
    issuedBy: `rollout ${rollout.name}`,
    issuedAt: now,
    expiresAt,
    expireAt: new Date(now.getTime() + KEPT_MS),
  };
}

/** One id for one attempt, whoever tells it. */
function commandId(rollout: Rollout, epc: Epc, attempt: number): CommandId {
  return CommandId.parse(`cmd_${sha256(`${rollout.id}/${epc.id}/${attempt}`).slice(0, 16)}`);
}
