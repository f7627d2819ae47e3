import { type PackageControl, packageFilename } from "./control.ts";
import { renderField, renderStanza } from "./deb822.ts";
import { Architecture, type PackageId } from "./ids.ts";

/** The .deb itself: octets, and their hash in lower-case hex. */
export interface PackageFile {
  size: number;
  sha256: string;
}

/** What a Packages index says of one package. */
export interface PackageEntry {
  id: PackageId;
  name: string;
  version: string;
  architecture: Architecture;
  size: number;
  sha256: string;
  /** First line of the description. */
  summary: string;
}

/** Fields that are the index's to say, whatever a control file has (apt-ftparchive(1) drops them, too). */
const INDEX_FIELDS = /^(?:filename|size|md5sum|sha1|sha256|sha512|description-md5|status|config-version|conffiles)$/i;

/** Where the .deb is below the repository's root; named by its content, so that it never changes. */
export function poolPath(control: Pick<PackageControl, "name" | "version" | "architecture">, sha256: string): string {
  return `pool/${sha256}/${packageFilename(control)}`;
}

/**
 * A package's entry in a Packages index: its control fields in their order, Package first, then Filename, Size and SHA256.
 * Ends with one line end.
 */
export function packageStanza(control: PackageControl, file: PackageFile): string {
  const fields = control.fields.filter(([name]) => name !== "Package" && !INDEX_FIELDS.test(name));
  return (
    renderField(["Package", control.name]) +
    renderStanza(fields) +
    `Filename: ${poolPath(control, file.sha256)}\nSize: ${file.size}\nSHA256: ${file.sha256}\n`
  );
}

/** The entry that begins at `start` of a text of many. */
export function entryAt(text: string, start: number): string {
  const separator = text.indexOf("\n\n", start);
  return text.slice(start, separator < 0 ? text.length : separator + 1);
}

/** The first line of a field that every entry has. */
export function entryField(entry: string, name: string): string {
  const prefix = `${name}: `;
  const at = entry.startsWith(prefix) ? 0 : entry.indexOf(`\n${prefix}`) + 1;
  if (at === 0 && !entry.startsWith(prefix)) throw new Error(`an index entry has no ${name}`);
  return entry.slice(at + prefix.length, entry.indexOf("\n", at));
}

/**
 * What an entry says that was written by `packageStanza`.
 * @throws Error if it was not: an index of ours that has such an entry is damaged.
 */
export function readEntry(entry: string): PackageEntry {
  const name = entryField(entry, "Package");
  const version = entryField(entry, "Version");
  const architecture = Architecture.parse(entryField(entry, "Architecture"));
  return {
    id: `${name}_${version}_${architecture}` as PackageId,
    name,
    version,
    architecture,
    size: Number(entryField(entry, "Size")),
    sha256: entryField(entry, "SHA256"),
    summary: entryField(entry, "Description"),
  };
}
