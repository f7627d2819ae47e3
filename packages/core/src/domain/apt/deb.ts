// Reads a .deb (deb(5)) from its first octets: what a caller streams past it need not be kept. Inflating is the caller's.
import { AR_HEADER_LENGTH, AR_MAGIC_LENGTH, type ArMember, arMember, checkArMagic } from "./ar.ts";
import { packageFault } from "./fault.ts";
import { latin1 } from "./latin1.ts";
import { tarFile } from "./tar.ts";

/** Octets that control.tar may have as it lies in the file, and inflated; inflate with the latter as the limit. */
export const CONTROL_ARCHIVE_LIMIT = 8 * 1024 ** 2;
export const CONTROL_ARCHIVE_EXPANDED_LIMIT = 32 * 1024 ** 2;
/** Octets the file `control` may have. */
export const CONTROL_FILE_LIMIT = 256 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Octets of members that a reader passes over, before control.tar and again before data.tar. */
const IGNORED_LIMIT = 64 * 1024;

export type Compression = "none" | "gzip" | "xz" | "zstd" | "bzip2" | "lzma";

/** A tar archive within a .deb. `offset` counts from the start of the file. */
export interface PackagePart {
  name: string;
  compression: Compression;
  offset: number;
  size: number;
}

export interface DebianArchiveHead {
  complete: true;
  control: PackagePart;
  data: PackagePart;
}

/** So many octets from the start of the file must be here before more can be said. At most 8.2 MiB, never more than the file. */
export interface IncompleteHead {
  complete: false;
  needed: number;
}

const COMPRESSIONS: Record<string, Compression> = {
  "": "none",
  ".gz": "gzip",
  ".xz": "xz",
  ".zst": "zstd",
  ".bz2": "bzip2",
  ".lzma": "lzma",
};

const CONTROL_COMPRESSIONS: readonly Compression[] = ["none", "gzip", "xz", "zstd"];

function partOf(member: ArMember, stem: "control.tar" | "data.tar"): PackagePart {
  const compression = member.name.startsWith(stem) ? COMPRESSIONS[member.name.slice(stem.length)] : undefined;
  if (!compression) throw packageFault("file", `has the member ${member.name} where ${stem} must be`);
  return { name: member.name, compression, offset: member.offset, size: member.size };
}

/** Reads headers one after the other, as far as the octets go. */
class HeadReader {
  private at = AR_MAGIC_LENGTH;
  private readonly bytes: Uint8Array;
  private readonly fileSize: number;

  constructor(bytes: Uint8Array, fileSize: number) {
    this.bytes = bytes;
    this.fileSize = fileSize;
  }

  /** Undefined if these octets are here, else how many are needed. */
  wants(length: number): IncompleteHead | undefined {
    if (length > this.fileSize)
      throw packageFault("file", `ends at octet ${this.fileSize}, before its last member does`);
    return this.bytes.length < length ? { complete: false, needed: length } : undefined;
  }

  /** The next member's header; its content must fit the file, but need not be here. */
  next(): ArMember | IncompleteHead {
    const missing = this.wants(this.at + AR_HEADER_LENGTH);
    if (missing) return missing;
    const member = arMember(this.bytes, this.at);
    if (member.offset + member.size > this.fileSize) {
      throw packageFault("file", `ends at octet ${this.fileSize}, before its member ${member.name} does`);
    }
    this.at = member.next;
    return member;
  }

  /** Like `next`, past members that begin with an underscore: deb(5) lets older readers ignore those. */
  nextKnown(): ArMember | IncompleteHead {
    const limit = this.at + IGNORED_LIMIT;
    for (;;) {
      const member = this.next();
      if ("complete" in member || !member.name.startsWith("_")) return member;
      if (this.at > limit) throw packageFault("file", `has too much before its archives: the member ${member.name}`);
    }
  }
}

/** The first member names the format: 2.x, which all of today are (deb(5)). */
function checkFormat(bytes: Uint8Array, member: ArMember): void {
  const text = latin1(bytes.subarray(member.offset, member.offset + Math.min(member.size, 16)));
  if (!/^2\.\d{1,3}\n/.test(text)) throw packageFault("file", "is a Debian package of an unknown format, not 2.0");
}

/**
 * Where the parts of a .deb are, from its first octets. Ask again with as many octets as `needed` says; octets from
 * `data.offset` on are never needed. Members after data.tar are ignored, as deb(5) has it.
 * @param bytes the file's first octets, as many as are here.
 * @param fileSize octets of the whole file.
 * @throws AppError invalid-argument, field "file", for what is not a .deb or is cut short.
 */
export function readDebianArchiveHead(bytes: Uint8Array, fileSize: number): DebianArchiveHead | IncompleteHead {
  const reader = new HeadReader(bytes, fileSize);
  const missing = reader.wants(AR_MAGIC_LENGTH);
  if (missing) return missing;
  checkArMagic(bytes);
  const first = reader.next();
  if ("complete" in first) return first;
  if (first.name !== "debian-binary") throw packageFault("file", "is an ar archive but not a Debian package");
  const missingFormat = reader.wants(first.offset + Math.min(first.size, 16));
  if (missingFormat) return missingFormat;
  checkFormat(bytes, first);
  const second = reader.nextKnown();
  if ("complete" in second) return second;
  const control = partOf(second, "control.tar");
  if (!CONTROL_COMPRESSIONS.includes(control.compression)) {
    throw packageFault("file", `has ${control.name}; only control.tar, .gz, .xz and .zst are read`);
  }
  if (control.size > CONTROL_ARCHIVE_LIMIT) throw packageFault("file", `has more than 8 MiB of ${control.name}`);
  const third = reader.nextKnown();
  return "complete" in third ? third : { complete: true, control, data: partOf(third, "data.tar") };
}

/**
 * The text of the file `control` in an inflated control.tar.
 * @throws AppError invalid-argument, field "control.tar" or "control": not a tar archive, none or two in it, too large, not UTF-8.
 */
export function controlOf(tar: Uint8Array): string {
  const content = tarFile(tar, "control");
  if (content.length > CONTROL_FILE_LIMIT) throw packageFault("control", `is larger than ${CONTROL_FILE_LIMIT} octets`);
  try {
    return utf8.decode(content);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw packageFault("control", "is not UTF-8");
  }
}
