import { type HssAction, type HssCommand, type Imsi, paths } from "@wisptools/core";
import { serverTime } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { randomHex } from "../secrets.ts";

/** A daemon that does not take a command within this time, ms, would surprise who asked for it. */
const LIFETIME_MS = 2 * 60_000;
/** How long a finished command is kept, ms. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** Asks whichever daemon serves the subscriber to act; its command document tells how it went. */
export async function actOnSubscriber(
  deps: Deps,
  caller: MemberCaller,
  imsi: Imsi,
  action: HssAction,
): Promise<string> {
  await deps.store.subscribers.need("subscriber", caller.tenantId, imsi);
  const now = deps.now().getTime();
  const command: HssCommand = {
    schemaVersion: 1,
    id: `hcmd_${randomHex(8)}`,
    tenantId: caller.tenantId,
    action,
    imsi,
    state: "pending",
    issuedBy: caller.actorName,
    issuedAt: serverTime(),
    expiresAt: new Date(now + LIFETIME_MS),
    expireAt: new Date(now + KEPT_MS),
  };
  const write = deps.store.write().create(paths.hssCommand(caller.tenantId, command.id), command);
  audit(deps, write, caller.tenantId, caller, {
    action: `subscriber.${action}`,
    target: imsi,
    summary: `asked for ${action} (${command.id})`,
  });
  await write.commit();
  return command.id;
}
