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

/** The value of a field that every entry has, on one line; the entry begins at `start`. */
export function entryField(text: string, start: number, name: string): string {
  const prefix = `${name}: `;
  const at = text.startsWith(prefix, start) ? start : text.indexOf(`\n${prefix}`, start) + 1;
  if (at === 0 && start > 0) throw new Error(`an index entry has no ${name}`);
  const from = at + prefix.length;
  const end = text.indexOf("\n", from);
  return text.slice(from, end < 0 ? text.length : end);
}

/**
 * What the entry that begins at `start` says; it was written by `packageStanza`.
 * @throws Error if it was not: an index of ours that has such an entry is damaged.
 */
export function readEntry(text: string, start = 0): PackageEntry {
  const name = entryField(text, start, "Package");
  const version = entryField(text, start, "Version");
  const architecture = Architecture.parse(entryField(text, start, "Architecture"));
  return {
    id: `${name}_${version}_${architecture}` as PackageId,
    name,
    version,
    architecture,
    size: Number(entryField(text, start, "Size")),
    sha256: entryField(text, start, "SHA256"),
    summary: entryField(text, start, "Description"),
  };
}
