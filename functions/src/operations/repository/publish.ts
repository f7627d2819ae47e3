import {
  AppError,
  type AptPackage,
  type Channel,
  type ChannelName,
  objects,
  type Publication,
  packagesOf,
  paths,
  type Release,
  type Snapshot,
  snapshotChanges,
  type TenantId,
} from "@wisptools/core";
import { type Stored, untilUncontended, type Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { type Actor, audit } from "../audit.ts";
import { sha256 } from "../secrets.ts";
import { ensureKeys } from "./keys.ts";
import { signRelease, storeIndexes } from "./release.ts";
import { needSnapshot } from "./snapshotText.ts";

/** Each is signed again every day. */
const CHANNEL_LIMIT = 50;
/** Packages that a publication names; of more, the first. */
const NAMED = 500;

/** What a channel is to have. */
export interface Plan {
  action: Publication["action"];
  note: string;
  from?: ChannelName;
  /** The snapshot's text; undefined: the one it has, signed again. */
  snapshot: string | undefined;
  /** Adds what must happen in the same write or not at all. */
  also?: ((write: Write) => void) | undefined;
}

/** Where a publication happens, and for whom. */
export interface Place {
  deps: Deps;
  tenantId: TenantId;
  channel: ChannelName;
  actor: Actor;
}

/** A channel as it was read; absent: it is about to begin. */
export interface Before {
  stored: Stored<Channel> | undefined;
  /** The text of its snapshot, empty where there is none yet; read once. */
  snapshot(): Promise<string>;
}

function before({ deps, tenantId }: Place, stored: Stored<Channel> | undefined): Before {
  let text: Promise<string> | undefined;
  const read = async () => (stored ? needSnapshot(deps, tenantId, stored.data.current.snapshotId) : "");
  return { stored, snapshot: () => (text ??= read()) };
}

/**
 * Publishes to a channel what `decide` says of the channel as it was read; decided again when another publisher came
 * first. Everything that clients will ask for is stored before; the one write of the channel's document is the switch.
 * A channel that has the snapshot already stays as it is.
 */
export async function publish(place: Place, decide: (channel: Before) => Promise<Plan>): Promise<Channel> {
  const { deps, tenantId, channel } = place;
  return untilUncontended(async () => {
    const stored = await deps.store.channels.get(tenantId, channel);
    const known = before(place, stored);
    const plan = await decide(known);
    const next = plan.snapshot === undefined ? undefined : { id: sha256(plan.snapshot), text: plan.snapshot };
    if (stored && next?.id === stored.data.current.snapshotId && !plan.also) return stored.data;
    if (!stored) await checkRoom(deps, tenantId);
    const content = await contentOf(place, known, next);
    // Keys are read after the channel: whoever adds one meanwhile signs the channel again after us, or we lose the race.
    const keys = await ensureKeys(deps, tenantId);
    const release = await signRelease(deps, { id: channel, tenantId }, stored?.data.current, content.release, keys);
    return commit(place, stored, plan, content, release);
  });
}

async function checkRoom(deps: Deps, tenantId: TenantId): Promise<void> {
  if ((await deps.store.channels.all(tenantId)).length < CHANNEL_LIMIT) return;
  throw new AppError("resource-exhausted", `a repository has at most ${CHANNEL_LIMIT} channels`, { field: "channel" });
}

interface Content {
  release: Pick<Release, "snapshotId" | "packages" | "indexes">;
  /** Set when the snapshot has no document yet. */
  snapshot: Snapshot | undefined;
  added: Publication["added"];
  removed: Publication["removed"];
}

/** Stores the snapshot and its indexes. */
async function contentOf(
  place: Place,
  channel: Before,
  next: { id: string; text: string } | undefined,
): Promise<Content> {
  const { deps, tenantId, actor } = place;
  const current = channel.stored?.data.current;
  if (!next) {
    if (!current) throw new Error(`channel ${place.channel} has no release to sign again`);
    const { snapshotId, packages, indexes } = current;
    return { release: { snapshotId, packages, indexes }, snapshot: undefined, added: [], removed: [] };
  }
  const { id, text } = next;
  const [known, old] = await Promise.all([deps.store.snapshots.get(tenantId, id), channel.snapshot()]);
  const stored = [...(current?.indexes ?? []), ...(known?.data.indexes ?? [])];
  const [indexes, { packages, poolSize, added, removed }] = await Promise.all([
    storeIndexes(deps, tenantId, text, stored),
    contentsOf(text, old), // while a thread compresses
    known ? undefined : deps.store.objects.put(objects.snapshot(tenantId, id), text, "text/plain"),
  ]);
  const snapshot: Snapshot = {
    schemaVersion: 1,
    id,
    tenantId,
    packages,
    poolSize,
    indexes,
    createdAt: deps.now(),
    createdBy: actor.actorName,
  };
  const release = { snapshotId: id, packages, indexes };
  return { release, snapshot: known ? undefined : snapshot, added, removed };
}

/** What a snapshot has, and how it differs from the one before. */
async function contentsOf(text: string, before: string) {
  const packages = packagesOf(text);
  const poolSize = packages.reduce((sum, { size }) => sum + size, 0);
  return { packages: packages.length, poolSize, ...snapshotChanges(before, text) };
}

async function commit(
  place: Place,
  stored: Stored<Channel> | undefined,
  plan: Plan,
  content: Content,
  release: Release,
): Promise<Channel> {
  const { deps, tenantId, actor } = place;
  const channel = channelWith(place, stored?.data, plan, release);
  const { id, sequence } = channel;
  const write = deps.store.write();
  if (stored) write.update(stored, channel);
  else write.create(paths.channel(tenantId, id), channel);
  const publication = publicationOf(place, channel, plan, content);
  write.create(paths.publication(tenantId, publication.id), publication);
  if (content.snapshot) write.create(paths.snapshot(tenantId, content.snapshot.id), content.snapshot);
  audit(deps, write, tenantId, actor, {
    action: `repository.${plan.action}`,
    target: id,
    summary: `${WORDS[plan.action]} ${id}: snapshot ${release.snapshotId}, ${release.packages} packages${plan.note ? `; ${plan.note}` : ""}`,
  });
  plan.also?.(write);
  await write.commit();
  const { snapshotId, packages } = release;
  log.channelPublished({ tenantId, channel: id, sequence, action: plan.action, snapshotId, packages });
  return channel;
}

const WORDS: Record<Publication["action"], string> = {
  publish: "published to",
  promote: "promoted to",
  rollback: "rolled back",
  resign: "signed again",
};

function channelWith(place: Place, before: Channel | undefined, plan: Plan, release: Release): Channel {
  const now = place.deps.now();
  const isResign = plan.action === "resign" && before !== undefined;
  return {
    schemaVersion: 1,
    id: place.channel,
    tenantId: place.tenantId,
    sequence: (before?.sequence ?? 0) + 1,
    current: release,
    publishedAt: isResign ? before.publishedAt : now,
    publishedBy: isResign ? before.publishedBy : place.actor.actorName,
    validUntil: release.validUntil,
    updatedAt: now,
  };
}

function publicationOf(place: Place, channel: Channel, plan: Plan, content: Content): Publication {
  const { snapshotId, packages } = channel.current;
  return {
    schemaVersion: 1,
    id: `${channel.id}-${channel.sequence}`,
    tenantId: place.tenantId,
    channel: channel.id,
    sequence: channel.sequence,
    action: plan.action,
    snapshotId,
    packages,
    added: content.added.slice(0, NAMED),
    removed: content.removed.slice(0, NAMED),
    ...(plan.from ? { from: plan.from } : {}),
    note: plan.note,
    at: channel.updatedAt,
    by: place.actor.actorName,
  };
}

/** The package as it may be published, or undefined: absent, or on its way out. */
export function usable(stored: Stored<AptPackage> | undefined): AptPackage | undefined {
  return stored && !stored.data.deleting ? stored.data : undefined;
}

/** Makes the whole write fail if somebody else changed one of the documents, and theirs if they come after us. */
export function touch(
  deps: Deps,
  write: Write,
  ...documents: readonly Stored<{ updatedAt?: Date | undefined }>[]
): void {
  // A new value, for a write that changes nothing leaves Firestore's updateTime as it was: others would not notice.
  for (const stored of documents) write.update<{ updatedAt?: Date | undefined }>(stored, { updatedAt: deps.now() });
}
