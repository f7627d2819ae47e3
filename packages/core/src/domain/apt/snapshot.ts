// A snapshot is one text: the Packages entries of all its packages, a blank line between two, in the order of their keys.
// It may have 10,000 entries and more of 600 octets each; adding one finds its place by bisection and copies the rest.
import { AppError } from "../../errors.ts";
import type { PackageId } from "./ids.ts";
import { entryAt, entryField, type PackageEntry, readEntry } from "./stanza.ts";
import { compareVersions } from "./version.ts";

interface Key {
  name: string;
  version: string;
  architecture: string;
}

function keyOfEntry(entry: string): Key {
  return {
    name: entryField(entry, "Package"),
    version: entryField(entry, "Version"),
    architecture: entryField(entry, "Architecture"),
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By name, then version as Debian orders them, then architecture. Versions that Debian calls equal (1.0, 1.00) by their text. */
function compareKeys(a: Key, b: Key): number {
  return (
    compareText(a.name, b.name) ||
    compareVersions(a.version, b.version) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture, b.architecture)
  );
}

/** Start of the entry that the octet at `at` belongs to. */
function entryStart(text: string, at: number): number {
  const separator = at < 2 ? -1 : text.lastIndexOf("\n\n", at - 2);
  return separator < 0 ? 0 : separator + 2;
}

/** Start of the entry after the one at `start`; the text's end after the last. */
function nextEntry(text: string, start: number): number {
  const separator = text.indexOf("\n\n", start);
  return separator < 0 ? text.length : separator + 2;
}

/** Start of the first entry that is not before the key, and whether it is the key's own. */
function find(text: string, key: Key): { at: number; found: boolean } {
  let low = 0;
  let high = text.length;
  let found = false;
  while (low < high) {
    const start = entryStart(text, Math.floor((low + high) / 2));
    const order = compareKeys(keyOfEntry(entryAt(text, start)), key);
    if (order === 0) found = true;
    if (order < 0) low = nextEntry(text, start);
    else high = start;
  }
  return { at: low, found };
}

function keyOf(id: PackageId): Key {
  const [name = "", version = "", architecture = ""] = id.split("_");
  return { name, version, architecture };
}

/** What becomes of each key that is touched, in order; an entry that is added again changes nothing. */
function edits(add: readonly string[], remove: readonly PackageId[]): { key: Key; entry: string | undefined }[] {
  const byId = new Map<string, { key: Key; entry: string | undefined }>();
  for (const id of remove) byId.set(id, { key: keyOf(id), entry: undefined });
  for (const entry of add) {
    const key = keyOfEntry(entry);
    const id = `${key.name}_${key.version}_${key.architecture}`;
    const other = byId.get(id)?.entry;
    if (other !== undefined && other !== entry) {
      throw new AppError("already-exists", `add: has ${id} twice, with different contents`, { field: "add" });
    }
    byId.set(id, { key, entry });
  }
  return [...byId.values()].sort((a, b) => compareKeys(a.key, b.key));
}

/**
 * The snapshot with `add` (entries by `packageStanza`) and without `remove`. An entry of a package that is there replaces it;
 * removing one that is not there changes nothing; what is in both is added. The order of the arguments does not matter.
 * @throws AppError already-exists if `add` has two different entries of one package.
 */
export function mergeSnapshot(text: string, add: readonly string[], remove: readonly PackageId[] = []): string {
  const pieces: string[] = [];
  let copied = 0;
  const copyTo = (end: number) => {
    if (end > copied) pieces.push(text.slice(copied, end), end === text.length ? "\n" : "");
    copied = end;
  };
  for (const { key, entry } of edits(add, remove)) {
    const { at, found } = find(text, key);
    copyTo(at);
    if (found) copied = nextEntry(text, at);
    if (entry !== undefined) pieces.push(entry, "\n");
  }
  copyTo(text.length);
  // Each entry is followed by a blank line now; the last needs none.
  return pieces.join("").slice(0, -1);
}

/** All packages of a snapshot, or of any part of one that begins with an entry, in its order. */
export function packagesOf(text: string): PackageEntry[] {
  const packages: PackageEntry[] = [];
  for (let start = 0; start < text.length; start = nextEntry(text, start))
    packages.push(readEntry(entryAt(text, start)));
  return packages;
}

/** The entry of one package, undefined if the snapshot has none. */
export function packageIn(text: string, id: PackageId): PackageEntry | undefined {
  const { at, found } = find(text, keyOf(id));
  return found ? readEntry(entryAt(text, at)) : undefined;
}
