import {
  type AptPackage,
  type api,
  CHANNELS,
  type Channel,
  type ChannelName,
  DEFAULT_CHANNEL,
  sourcesEntry,
  type TenantId,
} from "@wisptools/core";
import type { Deps } from "../../deps.ts";

export function packageView(one: AptPackage): api.PackageView {
  return {
    package_id: one.id,
    name: one.name,
    version: one.version,
    architecture: one.architecture,
    size: one.size,
    sha256: one.sha256,
    summary: one.summary,
    uploaded_at: one.uploadedAt.toISOString(),
    uploaded_by: one.uploadedBy,
  };
}

export function channelView({ id, sequence, current, publishedAt, publishedBy }: Channel): api.ChannelView {
  return {
    channel: id,
    sequence,
    snapshot_id: current.snapshotId,
    packages: current.packages,
    published_at: publishedAt.toISOString(),
    published_by: publishedBy,
    date: current.date.toISOString(),
    valid_until: current.validUntil.toISOString(),
  };
}

/** All channels, those that every tenant begins with first and in their order. */
export async function listChannels(deps: Deps, tenantId: TenantId): Promise<api.ChannelView[]> {
  const channels = (await deps.store.channels.all(tenantId)).map(({ data }) => data);
  const rank = ({ id }: Channel) => (CHANNELS.includes(id) ? CHANNELS.indexOf(id) : CHANNELS.length);
  return channels.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1)).map(channelView);
}

export async function readRepository(deps: Deps, tenantId: TenantId) {
  const [channels, keys] = await Promise.all([listChannels(deps, tenantId), deps.store.repositoryKeys.all(tenantId)]);
  const inOrder = keys.map(({ data }) => data).sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return {
    path: `/apt/${tenantId}/`,
    channels,
    keys: inOrder.map(({ id, algorithm, state, createdAt, expiresAt }) => ({
      fingerprint: id,
      algorithm,
      state,
      created_at: createdAt.toISOString(),
      expires_at: expiresAt.toISOString(),
    })),
  };
}

export async function listPackages(
  deps: Deps,
  tenantId: TenantId,
  query: { page_size: number; page_token?: string | undefined; name?: string | undefined },
): Promise<{ packages: api.PackageView[]; next: string | undefined }> {
  const page = await deps.store.packages.page(tenantId, query.page_size, query.page_token, query.name);
  return { packages: page.items.filter(({ deleting }) => !deleting).map(packageView), next: page.next };
}

/** The deb822 entry for a box of the tenant; `origin` is where it reaches us. */
export async function readSources(
  deps: Deps,
  tenantId: TenantId,
  channel: ChannelName = DEFAULT_CHANNEL,
  origin: string,
): Promise<string> {
  await deps.store.channels.need(`channel ${channel}`, tenantId, channel);
  return sourcesEntry({ origin, tenantId, channel });
}
