import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  AppError,
  Architecture,
  type ArchitectureIndex,
  type Channel,
  type IndexFile,
  indexesOf,
  nextDate,
  objects,
  packagesPath,
  type Release,
  type RepositoryKey,
  releaseText,
  type TenantId,
} from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { sha256 } from "../secrets.ts";

/** A release that nobody signed again is refused by apt after so many days. */
export const VALID_DAYS = 10;
/** apt accepts a date so far ahead of its clock, 10 s, that a little may be used up by publishing several times in a second. */
const AHEAD_MS = 4000;
const DAY_MS = 24 * 3_600_000;

const compress = promisify(gzip);
/** Half the time of the default, for an index that is a fourteenth larger (10,000 packages). */
const LEVEL = 5;

/** An index file with its content: to be stored before the release that lists it. */
interface IndexContent {
  file: IndexFile;
  content: Buffer;
  contentType: string;
}

/** The index files of a snapshot: for each architecture Packages and Packages.gz. */
async function indexContents(snapshot: string): Promise<IndexContent[]> {
  const made = new Map<string, ReturnType<typeof plainAndPacked>>(); // architectures may have equal indexes
  const both = ({ text }: ArchitectureIndex) => {
    const known = made.get(text) ?? plainAndPacked(text);
    made.set(text, known);
    return known;
  };
  const pairs = indexesOf(snapshot).map(async (index) => {
    const path = packagesPath(index.architecture);
    const { plain, packed } = await both(index);
    return [contentOf(path, plain, "text/plain; charset=utf-8"), contentOf(`${path}.gz`, packed, "application/gzip")];
  });
  return (await Promise.all(pairs)).flat();
}

interface Hashed {
  bytes: Buffer;
  sha256: string;
}

const hashed = (bytes: Buffer): Hashed => ({ bytes, sha256: sha256(bytes) });

async function plainAndPacked(text: string): Promise<{ plain: Hashed; packed: Hashed }> {
  const bytes = Buffer.from(text, "utf8");
  // Its own thread compresses; one buffer for all that comes, so that it never waits for this one, which has other work.
  const packing = compress(bytes, { level: LEVEL, chunkSize: 1024 + Math.ceil(bytes.length / 2) });
  return { plain: hashed(bytes), packed: hashed(await packing) };
}

function contentOf(path: string, { bytes, sha256 }: Hashed, contentType: string): IndexContent {
  return { file: { path, size: bytes.length, sha256 }, content: bytes, contentType };
}

/** Makes the index files of a snapshot and stores those that are not stored. By content, so that storing twice is harmless. */
export async function storeIndexes(
  deps: Deps,
  tenantId: TenantId,
  snapshot: string,
  stored: readonly IndexFile[],
): Promise<IndexFile[]> {
  const contents = await indexContents(snapshot);
  const known = new Set(stored.map((file) => file.sha256));
  const missing = new Map(contents.filter(({ file }) => !known.has(file.sha256)).map((one) => [one.file.sha256, one]));
  await Promise.all(
    [...missing.values()].map(({ file, content, contentType }) =>
      deps.store.objects.put(objects.indexFile(tenantId, file.sha256), content, contentType),
    ),
  );
  return contents.map(({ file }) => file);
}

/** The next release of a channel: dated after the one before, signed by all keys. */
export async function signRelease(
  deps: Deps,
  channel: Pick<Channel, "id" | "tenantId">,
  before: Release | undefined,
  content: Pick<Release, "snapshotId" | "packages" | "indexes">,
  keys: readonly RepositoryKey[],
): Promise<Release> {
  const date = nextDate(deps.now(), before?.date);
  if (date.getTime() - deps.now().getTime() > AHEAD_MS) {
    throw new AppError("aborted", "this channel was published too often within seconds; try again");
  }
  const validUntil = new Date(date.getTime() + VALID_DAYS * DAY_MS);
  const architectures = content.indexes.map(({ path }) => Architecture.parse(/binary-(\w+)/.exec(path)?.[1]));
  const release = releaseText({
    channel: channel.id,
    label: channel.tenantId,
    date,
    validUntil,
    architectures: [...new Set(architectures)],
    files: content.indexes,
  });
  const { clear, detached } = await deps.store.repositorySigner.sign(keys, release);
  return {
    ...content,
    inRelease: clear,
    release,
    releaseGpg: detached,
    date,
    validUntil,
    fingerprints: keys.map(({ id }) => id),
  };
}
