import type { ClientConfiguration, ClientKey, RemsimClient, RemsimConfiguration } from "@wisptools/core";
import { paths } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { pendingCommand } from "./pendingCommand.ts";

/**
 * Gives a client a new version of its configuration. It rides in the replies to its heartbeats, in place of an older one, until the client says
 * that it has it. One read, three writes. Gives the version.
 */
export async function configureClient(
  deps: Deps,
  caller: MemberCaller,
  key: ClientKey,
  values: ClientConfiguration,
): Promise<number> {
  const { tenantId } = caller;
  return untilUncontended(async (attempt) => {
    const stored = await deps.store.remsimClients.need("client", tenantId, key);
    const { clientId, configuration, pendingCommands } = stored.data;
    const latest = attempt === 0 ? 0 : await deps.store.remsimConfigurations.latest(tenantId, key);
    const version = Math.max(configuration.wanted, configuration.applied, latest) + 1;
    const command = pendingCommand(deps, { type: "config_update", version, values }, caller.actorName);
    const write = deps.store.write();
    write.create(paths.remsimConfiguration(tenantId, key, version), documentOf(deps, caller, version, values));
    write.update(stored, {
      configuration: { wanted: version, applied: configuration.applied },
      pendingCommands: [...withoutConfiguration(pendingCommands), command],
      updatedAt: deps.now(),
    });
    audit(deps, write, tenantId, caller, {
      action: "remsim.client.configure",
      target: key,
      summary: `${clientId}: version ${version}: ${Object.keys(values).sort().join(", ") || "no options"}`,
    });
    await write.commit();
    return version;
  });
}

function documentOf(
  deps: Deps,
  caller: MemberCaller,
  version: number,
  values: ClientConfiguration,
): RemsimConfiguration {
  return { schemaVersion: 1, version, values, createdAt: deps.now(), createdBy: caller.actorName };
}

function withoutConfiguration(pending: RemsimClient["pendingCommands"]): RemsimClient["pendingCommands"] {
  return pending.filter(({ request }) => request.type !== "config_update");
}
