import { AppError, type TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";

/**
 * Opens the tenant's key-encryption key for one act and wipes it afterwards. A tenant from before there were subscribers gets its key here;
 * of two who make it at once, the first one's holds.
 */
export async function withTenantKey<T>(deps: Deps, tenantId: TenantId, act: (kek: Buffer) => Promise<T>): Promise<T> {
  const kek = (await deps.store.subscriberKeys.keyEncryptionKey(tenantId)) ?? (await firstKey(deps, tenantId));
  try {
    return await act(kek);
  } finally {
    kek.fill(0);
  }
}

async function firstKey(deps: Deps, tenantId: TenantId): Promise<Buffer> {
  const write = deps.store.write();
  await deps.store.subscriberKeys.generate(tenantId, write);
  try {
    await write.commit();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "aborted") throw error;
  }
  const kek = await deps.store.subscriberKeys.keyEncryptionKey(tenantId);
  if (!kek) throw new Error(`${tenantId} has no key for subscribers' keys, though one was made`);
  return kek;
}
