import {
  AppError,
  COMMAND_LIFETIME_MS,
  COMMAND_PERMISSION,
  type Command,
  CommandId,
  type CommandRequest,
  type Epc,
  type EpcId,
  isOpen,
  may,
  paths,
  type Tenant,
} from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";
import { buildScript, scriptText } from "./buildScript.ts";
import { randomHex, sha256 } from "./secrets.ts";

/** Commands an EPC may have waiting; they ride in its document. */
export const PENDING_LIMIT = 20;
/** How long a finished command is kept, ms. */
export const KEPT_MS = 90 * 24 * 3_600_000;

/** Queues a command; the device gets it in the reply to its next report. */
export async function issueCommand(
  deps: Deps,
  caller: MemberCaller,
  epcId: EpcId,
  request: CommandRequest,
): Promise<Command> {
  const permission = COMMAND_PERMISSION[request.type];
  if (!may(caller.role, permission)) {
    throw new AppError("permission-denied", `your role ${caller.role} may not issue ${request.type}`, {
      field: "type",
    });
  }
  return untilUncontended(async () => {
    const stored = await deps.store.epcs.need("EPC", caller.tenantId, epcId);
    const epc = stored.data;
    if (epc.state === "retired") throw new AppError("failed-precondition", "this EPC is retired");
    const tenant = (await deps.store.tenants.need("tenant", caller.tenantId)).data;
    if (request.type === "shell" && !tenant.settings.allowShell) {
      throw new AppError("failed-precondition", "shell commands are switched off for this tenant", { field: "type" });
    }
    if (epc.pendingCommands.length >= PENDING_LIMIT) {
      throw new AppError("resource-exhausted", `${PENDING_LIMIT} commands wait already`, { retryAfter: 60 });
    }
    const write = deps.store.write();
    const command = newCommand(deps, caller, epcId, request);
    write.create(paths.command(caller.tenantId, epcId, command.id), command);
    const pending = { id: command.id, request: { ...request }, expiresAt: command.expiresAt, state: command.state };
    // A redeployment takes today's tenant settings and device files with it, when they differ from its script's.
    const outdated = request.type === "redeploy" && (await isOutdated(deps, tenant, epc));
    const scriptVersion = epc.scriptVersion + (outdated ? 1 : 0);
    if (outdated) {
      await buildScript(deps, write, tenant, epc, {
        version: scriptVersion,
        reason: "redeploy",
        createdBy: caller.actorName,
      });
    }
    audit(deps, write, caller.tenantId, caller, {
      action: "command.issue",
      target: epcId,
      summary: `${request.type} (${command.id})`,
    });
    await write.update(stored, { pendingCommands: [...epc.pendingCommands, pending], scriptVersion }).commit();
    return command;
  });
}

async function isOutdated(deps: Deps, tenant: Tenant, epc: Epc): Promise<boolean> {
  const current = await deps.store.scripts.get(tenant.id, epc.id, epc.scriptVersion);
  return current?.data.sha256 !== sha256(await scriptText(deps, tenant, epc, epc.scriptVersion));
}

function newCommand(deps: Deps, caller: MemberCaller, epcId: EpcId, request: CommandRequest): Command {
  const now = deps.now();
  return {
    schemaVersion: 1,
    id: CommandId.parse(`cmd_${randomHex(8)}`),
    epcId,
    tenantId: caller.tenantId,
    request: { ...request },
    state: "queued",
    issuedBy: caller.actorName,
    issuedAt: now,
    expiresAt: new Date(now.getTime() + COMMAND_LIFETIME_MS),
    expireAt: new Date(now.getTime() + KEPT_MS),
  };
}

/** Withdraws a command that has not begun. */
export async function cancelCommand(deps: Deps, caller: MemberCaller, epcId: EpcId, id: CommandId): Promise<void> {
  await untilUncontended(async () => {
    const command = await deps.store.commands.need("command", caller.tenantId, epcId, id);
    const { state, request } = command.data;
    if (!isOpen(state) || state === "running") {
      throw new AppError("failed-precondition", `this command is ${state}`);
    }
    if (request.type === "update") {
      throw new AppError("failed-precondition", "this command belongs to a rollout: pause or abort that");
    }
    if (!may(caller.role, COMMAND_PERMISSION[request.type as CommandRequest["type"]])) {
      throw new AppError("permission-denied", `your role ${caller.role} may not cancel ${String(request.type)}`);
    }
    const epc = await deps.store.epcs.need("EPC", caller.tenantId, epcId);
    const write = deps.store.write();
    write.update(command, { state: "cancelled", finishedAt: deps.now() });
    write.update(epc, { pendingCommands: epc.data.pendingCommands.filter((one) => one.id !== id) });
    audit(deps, write, caller.tenantId, caller, {
      action: "command.cancel",
      target: epcId,
      summary: `${String(request.type)} (${id})`,
    });
    await write.commit();
  });
}
