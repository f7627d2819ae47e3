import { paths, type RepositoryKey, repositoryKeySecretId, type TenantId } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

/** Active keys, the oldest first. */
export async function activeKeys(deps: Deps, tenantId: TenantId): Promise<RepositoryKey[]> {
  const keys = (await deps.store.repositoryKeys.active(tenantId)).map(({ data }) => data);
  return keys.sort(byAge);
}

export function byAge(a: RepositoryKey, b: RepositoryKey): number {
  return a.createdAt.getTime() - b.createdAt.getTime();
}

/** The keys that sign a tenant's releases; the first is made here. Of several that try at once, one makes it. */
export async function ensureKeys(deps: Deps, tenantId: TenantId): Promise<RepositoryKey[]> {
  return untilUncontended(async () => {
    const active = await activeKeys(deps, tenantId);
    if (active.length > 0) return active;
    const tenant = await deps.store.tenants.need("tenant", tenantId);
    const { key, sealed } = await deps.store.repositorySigner.generate(tenantId, "ed25519", deps.now(), []);
    const write = deps.store.write();
    write.update(tenant, { updatedAt: deps.now() }); // so that of two first keys one is refused
    write.create(paths.repositoryKey(tenantId, key.id), key);
    write.create(paths.secret(tenantId, repositoryKeySecretId(key.id)), sealed);
    await write.commit();
    return [key];
  });
}

/** What a client of the tenant's repository must trust: all active public keys in one armoured block. */
export async function repositoryKeyring(deps: Deps, tenantId: TenantId): Promise<string> {
  return deps.store.repositorySigner.keyring(await ensureKeys(deps, tenantId));
}

/** The keyring, and the messages in which older keys announced newer ones. */
export async function readGpgKey(deps: Deps, tenantId: TenantId) {
  const keys = await ensureKeys(deps, tenantId);
  return {
    armored: await deps.store.repositorySigner.keyring(keys),
    announcements: keys.flatMap(({ announcement }) => announcement ?? []),
  };
}
