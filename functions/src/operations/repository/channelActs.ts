import {
  AppError,
  type api,
  type Channel,
  type ChannelName,
  mergeSnapshot,
  type PackageId,
  packagesOf,
  snapshotChanges,
  type TenantId,
} from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { publish, touch, usable } from "./publish.ts";
import { needSnapshot, readSnapshot } from "./snapshotText.ts";
import { withKeyring } from "./withKeyring.ts";

type PublishInput = typeof api.publishPackages.body._zod.output;

/** The channel's packages and some more, without some others. */
export async function publishPackages(
  deps: Deps,
  caller: MemberCaller,
  channel: ChannelName,
  input: PublishInput,
): Promise<Channel> {
  const { tenantId } = caller;
  const both = input.add.find((id) => input.remove.includes(id));
  if (both) throw new AppError("invalid-argument", `remove: ${both} is in add, too`, { field: "remove" });
  return publish({ deps, tenantId, channel, actor: caller }, async ({ stored, snapshot: current }) => {
    const added = await packagesToAdd(deps, tenantId, input.add);
    const stanzas = added.map(({ data }) => data.stanza);
    const snapshot = mergeSnapshot(await current(), stanzas, input.remove);
    // A deletion insists on the versions of all channels; of one that is not there yet it cannot.
    const also = stored ? {} : { also: (write: Write) => touch(deps, write, ...added) };
    return { action: "publish", note: input.note, snapshot, ...also };
  });
}

async function packagesToAdd(deps: Deps, tenantId: TenantId, ids: readonly PackageId[]) {
  const unique = [...new Set(ids)];
  const found = await deps.store.packages.getAll(unique.map((id) => [tenantId, id]));
  return found.map((stored, index) => {
    if (!stored || !usable(stored))
      throw new AppError("not-found", `add: no package ${unique[index]}`, { field: "add" });
    return stored;
  });
}

/** The snapshot of another channel, whole, and with today's keyring if that channel lacks it. */
export async function promoteChannel(
  deps: Deps,
  caller: MemberCaller,
  channel: ChannelName,
  input: { from: ChannelName; note: string },
): Promise<Channel> {
  const { tenantId } = caller;
  if (input.from === channel) {
    throw new AppError("invalid-argument", "from: is the channel itself", { field: "from" });
  }
  return publish({ deps, tenantId, channel, actor: caller }, async ({ stored }) => {
    const source = await deps.store.channels.need(`from: channel ${input.from}`, tenantId, input.from);
    const whole = await needSnapshot(deps, tenantId, source.data.current.snapshotId);
    const { snapshot, also } = await withKeyring(deps, tenantId, stored, whole);
    const begin = (write: Write) => {
      touch(deps, write, source);
      also?.(write);
    };
    return { action: "promote", from: input.from, note: input.note, snapshot, also: stored ? also : begin };
  });
}

/** An earlier snapshot of the channel again, in a new release, with today's keyring if it is from before a change of the keys. */
export async function rollBackChannel(
  deps: Deps,
  caller: MemberCaller,
  channel: ChannelName,
  input: { snapshot_id: string; note: string },
): Promise<Channel> {
  const { tenantId } = caller;
  return publish({ deps, tenantId, channel, actor: caller }, async ({ stored, snapshot: current }) => {
    if (!stored) throw new AppError("not-found", `channel ${channel} not found`);
    const earlier = await readSnapshot(deps, tenantId, input.snapshot_id);
    if (earlier === undefined) {
      throw new AppError("not-found", "snapshot_id: no such snapshot", { field: "snapshot_id" });
    }
    await checkStillThere(deps, tenantId, await current(), earlier);
    return { action: "rollback", note: input.note, ...(await withKeyring(deps, tenantId, stored, earlier)) };
  });
}

/** What a channel has cannot be deleted: only packages that the current snapshot lacks may be gone. */
async function checkStillThere(deps: Deps, tenantId: TenantId, current: string, wanted: string): Promise<void> {
  const { added } = snapshotChanges(current, wanted);
  if (added.length === 0) return;
  const hashes = new Map(packagesOf(wanted).map(({ id, sha256 }) => [id, sha256]));
  const found = await deps.store.packages.getAll(added.map((id) => [tenantId, id]));
  const gone = added.find((id, index) => usable(found[index])?.sha256 !== hashes.get(id));
  if (gone) {
    throw new AppError("failed-precondition", `snapshot_id: its package ${gone} was deleted`, {
      field: "snapshot_id",
      reason: "package_deleted",
    });
  }
}
