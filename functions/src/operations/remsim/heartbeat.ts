import { type api, applyHeartbeat, type HeartbeatOutcome, paths, type RemsimClient } from "@wisptools/core";
import { untilUncontended, type Write } from "@wisptools/store";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { cachedSettings } from "./cachedSettings.ts";
import { assertOwnTenant } from "./clientIdentity.ts";
import { clientLog } from "./clientLog.ts";
import { pendingCommand } from "./pendingCommand.ts";
import { registeredClient } from "./registeredClient.ts";
import { remsimEvent } from "./remsimEvent.ts";

/** How long the figures of routers are kept, ms. */
const HISTORY_LIFETIME_MS = 30 * 24 * 3_600_000;

export interface HeartbeatReply {
  heartbeatSeconds: number;
  commands: RemsimClient["pendingCommands"];
}

/** A router's minute: figures and acknowledgements in, commands out. One read and one write while nothing happens; each ninth one write more, for the figures. */
export async function heartbeat(deps: Deps, caller: RemsimCaller, input: api.RemsimHeartbeat): Promise<HeartbeatReply> {
  assertOwnTenant(caller, input.tenant_id);
  const { heartbeatSeconds, graceSeconds } = await cachedSettings(deps, caller.tenantId);
  return untilUncontended(async () => {
    const stored = await registeredClient(deps, caller, input.client_id);
    const outcome = applyHeartbeat(stored.data, input, { graceSeconds, address: caller.address }, deps.now());
    const commands = await withConfiguration(deps, stored.data, outcome);
    const write = deps.store.write();
    keep(deps, write, stored.data, outcome);
    tell(deps, write, stored.data, outcome);
    await write.update(stored, { ...outcome.changes, pendingCommands: commands }).commit();
    return { heartbeatSeconds, commands };
  });
}

/** A router that lost its configuration gets it again, at the cost of a read. */
async function withConfiguration(
  deps: Deps,
  { tenantId, key }: RemsimClient,
  { commands, lacksConfiguration }: HeartbeatOutcome,
): Promise<HeartbeatReply["commands"]> {
  if (lacksConfiguration === undefined) return commands;
  const stored = await deps.store.remsimConfigurations.get(tenantId, key, lacksConfiguration);
  if (!stored) return commands;
  const { version, values, createdBy } = stored.data;
  return [...commands, pendingCommand(deps, { type: "config_update", version, values }, createdBy)];
}

function keep(deps: Deps, write: Write, { tenantId, key }: RemsimClient, { hours }: HeartbeatOutcome): void {
  for (const [hour, samples] of hours) {
    const expireAt = new Date(deps.now().getTime() + HISTORY_LIFETIME_MS);
    write.merge(paths.remsimHistoryHour(tenantId, key, hour), { schemaVersion: 1, samples, expireAt });
  }
}

function tell(deps: Deps, write: Write, client: RemsimClient, { finished, clashBegins }: HeartbeatOutcome): void {
  if (finished.length > 0) {
    const lines = finished.map(({ command, ok, message }) => {
      return [`${command.request.type} (${command.id})`, ok ? "done" : "failed", message].filter(Boolean).join(": ");
    });
    clientLog(deps, write, client, "command", lines);
  }
  if (clashBegins) {
    remsimEvent(deps, write, client.tenantId, {
      type: "client_clash",
      severity: "warning",
      message: `Two routers register as ${client.clientId} with ${client.credentialName}; give one another host name or login`,
      clientKey: client.key,
      data: { client_id: client.clientId },
    });
  }
}
