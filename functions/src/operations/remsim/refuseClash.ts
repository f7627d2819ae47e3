import { AppError, CLASH_QUIET_MS, paths, type RemsimClient } from "@wisptools/core";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { remsimEvent } from "./remsimEvent.ts";

/** Tells of a second router with a live one's login and name, once an hour, and refuses it: two cannot share a card. */
export async function refuseClash(deps: Deps, caller: RemsimCaller, client: RemsimClient): Promise<never> {
  const { tenantId, key, clientId, clashAt } = client;
  const now = deps.now();
  const write = deps.store.write();
  write.patch(paths.remsimClient(tenantId, key), { clashAt: now });
  if (clashAt === null || now.getTime() - clashAt.getTime() >= CLASH_QUIET_MS) {
    remsimEvent(deps, write, tenantId, {
      type: "client_clash",
      severity: "warning",
      message: `A second router registers as ${clientId} with ${client.credentialName}, from ${caller.address}; give one another host name or login`,
      clientKey: key,
      data: { client_id: clientId, address: caller.address },
    });
  }
  await write.commit();
  log.remsimClash({ tenantId, clientKey: key });
  const message = `client_id: a router of the name ${clientId} is live at another address with this login`;
  throw new AppError("already-exists", message, { field: "client_id", reason: "client_clash", retryAfter: 60 });
}
