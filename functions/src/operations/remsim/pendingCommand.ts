import type { RemsimClient, RemsimCommandRequest } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { randomHex } from "../secrets.ts";

/** Commands a client may have waiting beside its configuration; they ride in its document and in every reply until it acknowledges them. */
export const PENDING_REMSIM_COMMANDS = 19;

/** A command that waits for a client's next heartbeat. */
export function pendingCommand(
  deps: Deps,
  request: RemsimCommandRequest,
  createdBy: string,
): RemsimClient["pendingCommands"][number] {
  return { id: `rcmd_${randomHex(8)}`, request, createdAt: deps.now(), createdBy };
}
