import { AppError, type ClientKey, type RemsimCommandRequest } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { PENDING_REMSIM_COMMANDS, pendingCommand } from "./pendingCommand.ts";

/** Tells a router something: it hears of it with its next heartbeat. One read, two writes. Gives the command's id. */
export async function commandClient(
  deps: Deps,
  caller: MemberCaller,
  key: ClientKey,
  request: RemsimCommandRequest,
): Promise<string> {
  return untilUncontended(async () => {
    const stored = await deps.store.remsimClients.need("client", caller.tenantId, key);
    const { state, pendingCommands, clientId } = stored.data;
    if (state === "released") {
      throw new AppError("failed-precondition", `${clientId} is released: it hears of nothing until it registers`);
    }
    const others = pendingCommands.filter((one) => one.request.type !== "config_update");
    if (others.length >= PENDING_REMSIM_COMMANDS) {
      throw new AppError("resource-exhausted", `${PENDING_REMSIM_COMMANDS} commands wait already`, { retryAfter: 60 });
    }
    const command = pendingCommand(deps, request, caller.actorName);
    const write = deps.store.write();
    write.update(stored, { pendingCommands: [...pendingCommands, command], updatedAt: deps.now() });
    audit(deps, write, caller.tenantId, caller, {
      action: "remsim.client.command",
      target: key,
      summary: `${clientId}: ${request.type} (${command.id})`,
    });
    await write.commit();
    return command.id;
  });
}
