// Reads the tar archives that dpkg-deb and its like write for control.tar: ustar, GNU and pax (tar(5), POSIX pax).
import { packageFault } from "./fault.ts";
import { latin1 } from "./latin1.ts";

const BLOCK = 512;
const SPACE = 0x20;
/** Entries that are looked at: a control.tar has about ten. */
const ENTRY_LIMIT = 1000;
/** Octets that a header which only says more of the next entry may have. */
const EXTENSION_LIMIT = 32 * 1024;

interface TarEntry {
  name: string;
  /** The type flag: "0" for a plain file, whatever an old writer left there for it. */
  type: string;
  content: Uint8Array;
}

const fault = (message: string) => packageFault("control.tar", message);

/** A field up to its first NUL. Names are compared with ASCII ones only, so octets may stand for characters. */
function textAt(block: Uint8Array, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return latin1(end < 0 ? field : field.subarray(0, end));
}

/** An octal number, or, marked by its first bit, a binary one (GNU). */
function numberAt(block: Uint8Array, offset: number, length: number): number {
  const first = block[offset] ?? 0;
  if ((first & 0x80) !== 0) {
    const value = block.subarray(offset + 1, offset + length).reduce((sum, octet) => sum * 256 + octet, first & 0x7f);
    if (!Number.isSafeInteger(value)) throw fault("has an entry of an impossible size");
    return value;
  }
  const end = offset + length;
  let at = offset;
  while (at < end && block[at] === SPACE) at++;
  let value = 0;
  for (let digit = octalAt(block, at); at < end && digit >= 0; digit = octalAt(block, ++at)) value = value * 8 + digit;
  while (at < end && block[at] === SPACE) at++;
  if (at < end && block[at] !== 0) throw fault("has a header that is not tar's");
  return value;
}

/** The octal digit at an offset, -1 if there is none. */
function octalAt(block: Uint8Array, offset: number): number {
  const digit = (block[offset] ?? 0) - 0x30;
  return digit >= 0 && digit <= 7 ? digit : -1;
}

/** The sum of the header's octets, the checksum itself taken as spaces. */
function checkSum(block: Uint8Array): void {
  const CHECKSUM_AT = 148;
  let sum = 8 * 0x20;
  for (let n = 0; n < CHECKSUM_AT; n++) sum += block[n] ?? 0;
  for (let n = CHECKSUM_AT + 8; n < BLOCK; n++) sum += block[n] ?? 0;
  if (numberAt(block, CHECKSUM_AT, 8) !== sum) throw fault("has a header whose checksum is wrong");
}

function isZero(block: Uint8Array): boolean {
  for (let n = 0; n < BLOCK; n++) if (block[n] !== 0) return false;
  return true;
}

function nameOf(block: Uint8Array): string {
  const name = textAt(block, 0, 100);
  const hasPrefix = block[345] !== 0 && textAt(block, 257, 6) === "ustar";
  return hasPrefix ? `${textAt(block, 345, 155)}/${name}` : name;
}

/** The value of `path` in a pax extended header: records of "length key=value\n". */
function paxPath(content: Uint8Array): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const digits = space < 0 ? "" : textAt(content, at, space - at);
    const length = /^\d{1,7}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (end <= space + 1 || end > content.length) throw fault("has a pax header that is not one");
    const record = textAt(content, space + 1, end - space - 2);
    if (record.startsWith("path=")) path = record.slice("path=".length);
    at = end;
  }
  return path;
}

/** All entries, with the long names of GNU ("L") and pax ("x") put in their place. */
function* entries(tar: Uint8Array): Generator<TarEntry> {
  let longName: string | undefined;
  let count = 0;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const block = tar.subarray(at, at + BLOCK);
    if (isZero(block)) return;
    if (++count > ENTRY_LIMIT) throw fault(`has more than ${ENTRY_LIMIT} entries`);
    checkSum(block);
    const size = numberAt(block, 124, 12);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw fault("is cut short");
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = textAt(block, 156, 1) || "0";
    if ("LKxg".includes(type) && size > EXTENSION_LIMIT) throw fault("has an extended header that is too large");
    if (type === "L") longName = textAt(content, 0, content.length);
    else if (type === "x") longName = paxPath(content) ?? longName;
    else if (type !== "K" && type !== "g") {
      yield { name: longName ?? nameOf(block), type, content };
      longName = undefined;
    }
  }
  if (tar.length < BLOCK) throw fault("is not a tar archive");
}

/**
 * The content of the one plain file of this name, alone or below `./`.
 * @throws AppError invalid-argument, field "control.tar": not a tar archive, cut short, none or two of the name, not a file.
 */
export function tarFile(tar: Uint8Array, name: string): Uint8Array {
  let found: Uint8Array | undefined;
  for (const entry of entries(tar)) {
    if (entry.name.replace(/^(?:\.\/+)+/, "") !== name) continue;
    if (found) throw fault(`has the file ${name} twice`);
    if (entry.type !== "0" && entry.type !== "7") throw fault(`has ${name}, but not as a file`);
    found = entry.content;
  }
  if (!found) throw fault(`has no file ${name}`);
  return found;
}
