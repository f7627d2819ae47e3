import { AppError, type api, paths, type RemsimServer, type RemsimServerId, type TenantId } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { MemberCaller, UserCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { chunks } from "./chunks.ts";

type Input = typeof api.putRemsimServer.body._zod.output;
type Holder = { bankId: number; tenantId: TenantId };

/**
 * Makes or changes an osmo-remsim-server. Its banks carry where clients and bankds reach it, so they are told before the server's own
 * document: a call that broke off is whole when repeated.
 */
export async function putRemsimServer(
  deps: Deps,
  caller: UserCaller,
  id: RemsimServerId,
  { label, host, port, rest_url: restUrl, tenants }: Input,
): Promise<void> {
  await untilUncontended(async () => {
    const [stored, holders] = await Promise.all([
      deps.store.remsimServers.get(id),
      deps.store.remsimBankIds.ofServer(id),
    ]);
    checkTenants(tenants, holders);
    if (stored && (stored.data.host !== host || stored.data.port !== port)) {
      await tellBanks(deps, holders, { serverHost: host, serverPort: port });
    }
    const fields = { label, host, port, restUrl, tenants };
    const write = deps.store.write();
    if (stored) write.update(stored, fields);
    else {
      const server: RemsimServer = { schemaVersion: 1, id, ...fields, createdAt: deps.now() };
      write.create(paths.remsimServer(id), server);
    }
    const actor = { actor: caller.person.uid, actorName: caller.person.displayName, requestId: caller.requestId };
    for (const tenantId of new Set(holders.map((holder) => holder.tenantId))) {
      const summary = `set the server ${id} (${host}:${port}) of the tenant's banks`;
      audit(deps, write, tenantId, actor, { action: "remsimServer.put", target: id, summary });
    }
    await write.commit();
  });
}

/** Nobody loses the server that its banks are on. */
function checkTenants(tenants: readonly TenantId[], holders: readonly Holder[]): void {
  if (tenants.length === 0) return;
  const shutOut = holders.find(({ tenantId }) => !tenants.includes(tenantId));
  if (!shutOut) return;
  throw new AppError("failed-precondition", `tenants: ${shutOut.tenantId} has bank ${shutOut.bankId} on this server`, {
    field: "tenants",
  });
}

async function tellBanks(
  deps: Deps,
  holders: readonly Holder[],
  place: { serverHost: string; serverPort: number },
): Promise<void> {
  for (const chunk of chunks(holders)) {
    const write = deps.store.write();
    for (const { tenantId, bankId } of chunk) {
      write.patch(paths.simBank(tenantId, bankId), { ...place, updatedAt: deps.now() });
    }
    await write.commit();
  }
}

/** The servers that this tenant may put banks on. */
export async function listRemsimServers(deps: Deps, caller: MemberCaller): Promise<RemsimServer[]> {
  const servers = await deps.store.remsimServers.all();
  return servers.map(({ data }) => data).filter((server) => serves(server, caller.tenantId));
}

/** A server this tenant may put banks on, as `field` of a request names it; another's is as good as none. */
export async function serverFor(deps: Deps, tenantId: TenantId, id: RemsimServerId): Promise<Stored<RemsimServer>> {
  const stored = await deps.store.remsimServers.get(id);
  if (stored && serves(stored.data, tenantId)) return stored;
  throw new AppError("not-found", `server_id: there is no server ${id}`, { field: "server_id" });
}

function serves({ tenants }: RemsimServer, tenantId: TenantId): boolean {
  return tenants.length === 0 || tenants.includes(tenantId);
}
