import { renderStanza } from "./deb822.ts";
import type { Architecture, ChannelName } from "./ids.ts";

/** The one component of a channel. */
export const COMPONENT = "main";

/** A file that a Release lists: its path below dists/{suite}/, its octets and hash. */
export interface ListedFile {
  path: string;
  size: number;
  sha256: string;
}

export interface ReleaseInput {
  channel: ChannelName;
  /** Name of the tenant, for people. */
  label: string;
  date: Date;
  /** From then on apt refuses the release. */
  validUntil: Date;
  architectures: readonly Architecture[];
  files: readonly ListedFile[];
}

/** main/binary-{architecture}/Packages, the path below dists/{suite}/. */
export function packagesPath(architecture: Architecture): string {
  return `${COMPONENT}/binary-${architecture}/Packages`;
}

/** Where a listed file is found under its hash (Acquire-By-Hash), below dists/{suite}/ as its own path is. */
export function byHashPath({ path, sha256 }: Pick<ListedFile, "path" | "sha256">): string {
  return `${path.slice(0, path.lastIndexOf("/"))}/by-hash/SHA256/${sha256}`;
}

/** "Sat, 21 Nov 2026 15:00:00 UTC": the form of RFC 2822 that apt reads, always of UTC. */
export function releaseDate(date: Date): string {
  return date.toUTCString().replace("GMT", "UTC");
}

/**
 * The Date of the next release, whole seconds: now, but later than the one before. apt silently keeps what it has if it is
 * offered an older one; it accepts one that lies up to 10 seconds ahead of its clock.
 */
export function nextDate(now: Date, previous?: Date): Date {
  const seconds = Math.floor(now.getTime() / 1000);
  const least = previous === undefined ? seconds : Math.floor(previous.getTime() / 1000) + 1;
  return new Date(Math.max(seconds, least) * 1000);
}

/** The Release file of a channel, unsigned; files in the order of their paths. */
export function releaseText({ channel, label, date, validUntil, architectures, files }: ReleaseInput): string {
  const listed = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, size, sha256 }) => `${sha256} ${size} ${path}`);
  return renderStanza([
    ["Origin", "wisptools"],
    ["Label", label.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim() || "wisptools"],
    ["Suite", channel],
    ["Codename", channel],
    ["Date", releaseDate(date)],
    ["Valid-Until", releaseDate(validUntil)],
    ["Acquire-By-Hash", "yes"],
    ["Architectures", [...architectures].sort().join(" ")],
    ["Components", COMPONENT],
    ["Description", `Packages of the channel ${channel}`],
    ["SHA256", ["", ...listed].join("\n")],
  ]);
}
