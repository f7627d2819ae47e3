import { packageFault } from "./fault.ts";
import { latin1 } from "./latin1.ts";

/** Octets of the magic that an archive begins with, and of a member's header (deb(5), ar(5)). */
export const AR_MAGIC_LENGTH = 8;
export const AR_HEADER_LENGTH = 60;

const MAGIC = "!<arch>\n";

/** A member of an `ar` archive: where its content is, and where the next header is. Offsets count from the archive's start. */
export interface ArMember {
  name: string;
  offset: number;
  size: number;
  next: number;
}

/** @throws AppError invalid-argument if the first octets are not those of an `ar` archive. */
export function checkArMagic(bytes: Uint8Array): void {
  if (latin1(bytes.subarray(0, AR_MAGIC_LENGTH)) !== MAGIC) {
    throw packageFault("file", "is not a Debian package: it does not begin as an ar archive");
  }
}

/**
 * The member whose header begins at `offset`; all of the header must be in `bytes`, its content need not.
 * @throws AppError invalid-argument for a header that is not one.
 */
export function arMember(bytes: Uint8Array, offset: number): ArMember {
  const header = latin1(bytes.subarray(offset, offset + AR_HEADER_LENGTH));
  // Name 16 octets, time 12, owner 6, group 6, mode 8, size 10, then "`\n". GNU ar ends a name with a slash.
  const name = header.slice(0, 16).trimEnd().replace(/\/$/, "");
  const digits = header.slice(48, 58).trimEnd();
  if (!/^[!-~]+$/.test(name) || !/^\d+$/.test(digits) || header.slice(58) !== "`\n") {
    throw packageFault("file", `is not a Debian package: no ar member header at octet ${offset}`);
  }
  const size = Number(digits);
  const start = offset + AR_HEADER_LENGTH;
  return { name, offset: start, size, next: start + size + (size % 2) };
}
