import { AppError, type Channel, mergeSnapshot, neededKeyring, packageIn, type TenantId } from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { addPackages, asStored, keyringOf, stanzasOf, storeFiles } from "./platformPackages.ts";
import { type Plan, touch } from "./publish.ts";

/**
 * A snapshot that a channel did not have a moment ago, with the keyring of today's keys: `publishKeyring` gave it to every channel, and a
 * snapshot from before would take it back, so that boxes never learn the new key and the old one's end cuts them off.
 * @param channel that is to have it; undefined: it is about to begin.
 */
export async function withKeyring(
  deps: Deps,
  tenantId: TenantId,
  channel: Stored<Channel> | undefined,
  snapshot: string,
): Promise<Pick<Plan, "snapshot" | "also">> {
  const id = neededKeyring((await deps.store.repositoryKeys.all(tenantId)).map(({ data }) => data));
  if (!id || packageIn(snapshot, id)) return { snapshot };
  const keyring = await deps.store.packages.get(tenantId, id);
  if (keyring?.data.deleting) {
    throw new AppError(
      "failed-precondition",
      `${id}, which boxes need, is being deleted; delete it again, then repeat this`,
      {
        reason: "package_deleting",
      },
    );
  }
  if (keyring) {
    // A deletion insists on the versions of all channels; of one that is not there yet it cannot.
    const also = channel ? undefined : (write: Write) => touch(deps, write, keyring);
    return { snapshot: mergeSnapshot(snapshot, [keyring.data.stanza]), also };
  }
  const made = await asStored(deps, tenantId, [await keyringOf(deps, tenantId)]);
  await storeFiles(deps, made);
  return { snapshot: mergeSnapshot(snapshot, stanzasOf(made)), also: (write) => addPackages(deps, write, made) };
}
