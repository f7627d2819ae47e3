import { AppError, objects, type PackageId, packageIn } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { needSnapshot } from "./snapshotText.ts";

/**
 * Deletes a package that no channel has. It is marked first, on condition of every channel as it was read, so that nobody
 * publishes it meanwhile; then its .deb goes, then its document. Interrupted, it is completed by doing it again; done twice at once, by
 * whoever is first, and what is uploaded after that stays.
 */
export async function deletePackage(deps: Deps, caller: MemberCaller, id: PackageId): Promise<void> {
  const { tenantId } = caller;
  const { sha256 } = await untilUncontended(async () => mark(deps, caller, id));
  await untilUncontended(async () => {
    const file = objects.poolFile(tenantId, sha256);
    const object = await deps.store.objects.state(file);
    // Read after the object: while the mark is there nobody uploads the package, so the object as it was seen is the marked one's.
    const stored = await deps.store.packages.get(tenantId, id);
    if (!stored?.data.deleting || stored.data.sha256 !== sha256) return; // another call has ended this deletion
    if (object) await deps.store.objects.delete(file, object);
    await deps.store.write().remove(stored).commit();
  });
}

async function mark(deps: Deps, caller: MemberCaller, id: PackageId): Promise<{ sha256: string }> {
  const { tenantId } = caller;
  const stored = await deps.store.packages.need("package", tenantId, id);
  if (stored.data.deleting) return stored.data;
  const channels = await deps.store.channels.all(tenantId);
  const texts = await Promise.all(channels.map(({ data }) => needSnapshot(deps, tenantId, data.current.snapshotId)));
  const holders = channels.filter((_, index) => packageIn(texts[index] ?? "", id)).map(({ data }) => data.id);
  if (holders.length > 0) {
    throw new AppError("failed-precondition", `${id} is in ${holders.join(", ")}; take it out there first`, {
      reason: "package_published",
    });
  }
  const write = deps.store.write().update(stored, { deleting: true });
  for (const channel of channels) write.update(channel, { updatedAt: deps.now() });
  audit(deps, write, tenantId, caller, {
    action: "repository.deletePackage",
    target: id,
    summary: `deleted ${id}, SHA-256 ${stored.data.sha256}`,
  });
  await write.commit();
  return stored.data;
}
