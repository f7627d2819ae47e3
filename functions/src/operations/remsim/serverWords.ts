import type { RemsimClient, RemsimServerId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";

/** What the servers of clients are worth as witnesses; asked of once a server, and once a credential, however many clients there are. */
export class ServerWords {
  private readonly deps: Deps;
  private readonly servers = new Map<RemsimServerId, Promise<Date | undefined>>();
  private readonly credentials = new Map<string, Promise<boolean>>();

  constructor(deps: Deps) {
    this.deps = deps;
  }

  /** When a daemon last saw the server that has this client connected. Undefined: it has not, or the client's credential is revoked. */
  async seenAt({ tenantId, credentialId, server, assignment }: RemsimClient): Promise<Date | undefined> {
    if (!server?.connected || !assignment) return undefined;
    const { remsimServers, remsimCredentials } = this.deps.store;
    const [seenAt, lives] = await Promise.all([
      once(this.servers, assignment.serverId, async () => {
        const known = (await remsimServers.get(assignment.serverId))?.data;
        return known?.seenAt ?? known?.reachableAt;
      }),
      once(this.credentials, `${tenantId}/${credentialId}`, async () => {
        const credential = await remsimCredentials.get(tenantId, credentialId);
        return credential !== undefined && credential.data.revokedAt === undefined;
      }),
    ]);
    return lives ? seenAt : undefined;
  }
}

function once<K, V>(known: Map<K, Promise<V>>, key: K, ask: () => Promise<V>): Promise<V> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}
