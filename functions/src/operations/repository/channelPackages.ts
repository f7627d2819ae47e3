import { AppError, type ChannelName, type PackageEntry, packagesOf, type TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { readSnapshot } from "./snapshotText.ts";

export interface ChannelPackages {
  snapshotId: string;
  packages: PackageEntry[];
}

/**
 * What a channel holds, in the order of its index; or one of the tenant's snapshots, when it is named. Undefined when
 * there is no such channel or snapshot. One document and one object are read.
 */
export async function channelPackages(
  deps: Deps,
  tenantId: TenantId,
  channel: ChannelName,
  snapshotId?: string,
): Promise<ChannelPackages | undefined> {
  const stored = await deps.store.channels.get(tenantId, channel);
  if (!stored) return undefined;
  const id = snapshotId ?? stored.data.current.snapshotId;
  const text = await readSnapshot(deps, tenantId, id);
  return text === undefined ? undefined : { snapshotId: id, packages: packagesOf(text) };
}

/** Like `channelPackages`, as the API tells it; `not-found` where there is none. */
export async function channelContents(
  deps: Deps,
  tenantId: TenantId,
  channel: ChannelName,
  snapshotId: string | undefined,
) {
  const found = await channelPackages(deps, tenantId, channel, snapshotId);
  if (!found) throw new AppError("not-found", `channel ${channel} or this snapshot of it not found`);
  const packages = found.packages.map(({ id, ...fields }) => ({ package_id: id, ...fields }));
  return { snapshot_id: found.snapshotId, packages };
}
