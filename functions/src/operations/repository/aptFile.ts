import {
  Architecture,
  type Channel,
  ChannelName,
  type IndexFile,
  objects,
  packagesPath,
  Sha256,
  type TenantId,
} from "@wisptools/core";
import type { Deps } from "../../deps.ts";

/** What apt asks for below /apt/{tenant}/. */
export type AptPath =
  | { kind: "release"; channel: ChannelName; file: "InRelease" | "Release" | "Release.gpg" }
  | { kind: "index"; channel: ChannelName; path: string }
  | { kind: "byHash"; sha256: string }
  | { kind: "package"; sha256: string; filename: string };

/** A file of a repository, or where it is. */
export type AptFile =
  | { content: string | Buffer; contentType: string; etag: string; modified?: Date; immutable: boolean }
  | { location: string };

const RELEASE_FILES = ["InRelease", "Release", "Release.gpg"] as const;
/** A signed URL holds so long, minutes: a large package over a thin line, and its resumption. */
const URL_MINUTES = 60;

/** The file that a path below the repository's root means; undefined for what no repository has. `path` is percent-decoded. */
export function aptPath(path: string): AptPath | undefined {
  const pool = /^pool\/([^/]+)\/([a-z0-9][A-Za-z0-9+.~_-]{1,255}\.deb)$/.exec(path);
  if (pool) {
    const [, sha256 = "", filename = ""] = pool;
    return Sha256.safeParse(sha256).success ? { kind: "package", sha256, filename } : undefined;
  }
  const [, suite, rest = ""] = /^dists\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const channel = ChannelName.safeParse(suite);
  if (!channel.success) return undefined;
  const file = RELEASE_FILES.find((name) => name === rest);
  if (file) return { kind: "release", channel: channel.data, file };
  const [, binary, name = ""] = /^main\/binary-([a-z0-9]+)\/(.+)$/.exec(rest) ?? [];
  const architecture = Architecture.safeParse(binary);
  if (!architecture.success) return undefined;
  const sha256 = /^by-hash\/SHA256\/([0-9a-f]{64})$/.exec(name)?.[1];
  if (sha256) return { kind: "byHash", sha256 };
  const known = name === "Packages" || name === "Packages.gz";
  const ending = name === "Packages.gz" ? ".gz" : "";
  return known ? { kind: "index", channel: channel.data, path: packagesPath(architecture.data) + ending } : undefined;
}

/**
 * The file itself. Releases and indexes by their own path cost one document, all else costs none: what is named by its
 * hash is right whatever the channel has become. Undefined when there is none.
 */
export async function aptFile(deps: Deps, tenantId: TenantId, path: AptPath): Promise<AptFile | undefined> {
  switch (path.kind) {
    case "package": {
      const name = objects.poolFile(tenantId, path.sha256);
      return { location: await deps.store.objects.signedReadUrl(name, URL_MINUTES, path.filename) };
    }
    case "byHash":
      return indexFile(deps, tenantId, path.sha256, true);
    case "index": {
      const current = (await deps.store.channels.get(tenantId, path.channel))?.data.current;
      const listed = current?.indexes.find((file: IndexFile) => file.path === path.path);
      return listed && indexFile(deps, tenantId, listed.sha256, false);
    }
    case "release": {
      const channel = await deps.store.channels.get(tenantId, path.channel);
      return channel && releaseFile(channel.data, path.file);
    }
  }
}

function releaseFile({ current, sequence }: Channel, file: (typeof RELEASE_FILES)[number]): AptFile {
  const content = { InRelease: current.inRelease, Release: current.release, "Release.gpg": current.releaseGpg }[file];
  return {
    content,
    contentType: file === "Release.gpg" ? "application/pgp-signature" : "text/plain; charset=utf-8",
    etag: `"${current.snapshotId.slice(0, 16)}-${sequence}-${file}"`,
    modified: current.date,
    immutable: false,
  };
}

async function indexFile(
  deps: Deps,
  tenantId: TenantId,
  sha256: string,
  immutable: boolean,
): Promise<AptFile | undefined> {
  const content = await deps.store.objects.bytes(objects.indexFile(tenantId, sha256));
  if (!content) return undefined;
  const isPacked = content[0] === 0x1f && content[1] === 0x8b; // RFC 1952 2.3.1
  const contentType = isPacked ? "application/gzip" : "text/plain; charset=utf-8";
  return { content, contentType, etag: `"${sha256}"`, immutable };
}
