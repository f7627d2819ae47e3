import { z } from "zod";
import { type Field, parseStanza } from "./deb822.ts";
import { packageFault } from "./fault.ts";
import { Architecture, PackageId, PackageName, PackageVersion } from "./ids.ts";
import { relationFault } from "./relation.ts";

/** A package's control file (deb-control(5)), checked. */
export interface PackageControl {
  /** name_version_architecture, the version with its epoch. */
  id: PackageId;
  name: string;
  version: string;
  architecture: Architecture;
  maintainer: string;
  /** First line of the description. */
  summary: string;
  /** All fields that are not empty, in their order; those that this file knows are spelled as Policy spells them. */
  fields: Field[];
}

const Relation = z.string().superRefine((value, context) => {
  const message = relationFault(value);
  if (message) context.addIssue({ code: "custom", message });
});
const Token = z.string().regex(/^[A-Za-z0-9+._/-]{1,64}$/, "must be one word");
const Flag = z.enum(["yes", "no"]);
const Line = z.string().regex(/^[^\n]{1,1000}$/, "must be one line of at most 1000 characters");

/** Fields by the spelling of Policy 5.3 and deb-control(5). Others may be there and are kept as they are. */
const KNOWN_FIELDS: Record<string, z.ZodType<string>> = {
  Package: PackageName,
  Version: PackageVersion,
  Architecture,
  Maintainer: Line,
  Description: z.string().regex(/^[^\n]/, "must begin with a summary"),
  Source: Line,
  Section: Token,
  Priority: Token,
  Homepage: Line,
  Essential: Flag,
  Important: Flag,
  Protected: Flag,
  "Multi-Arch": z.enum(["no", "same", "foreign", "allowed"]),
  "Installed-Size": z.string().regex(/^\d{1,12}$/, "must be a number of KiB"),
  "Pre-Depends": Relation,
  Depends: Relation,
  Recommends: Relation,
  Suggests: Relation,
  Enhances: Relation,
  Breaks: Relation,
  Conflicts: Relation,
  Replaces: Relation,
  Provides: Relation,
};

const KNOWN = new Map(Object.entries(KNOWN_FIELDS).map(([name, schema]) => [name.toLowerCase(), { name, schema }]));

/** A field as Policy spells it; its value is checked if its name is known. */
function checkedField([given, value]: Field): Field {
  const known = KNOWN.get(given.toLowerCase());
  if (!known) return [given, value];
  const { success, error } = known.schema.safeParse(value);
  if (!success) throw packageFault(known.name, error.issues[0]?.message ?? "is wrong");
  return [known.name, value];
}

/**
 * The checked control file of a package.
 * @param text of the file `control`, one stanza.
 * @throws AppError invalid-argument, its field the one that is missing or wrong.
 */
export function packageControl(text: string): PackageControl {
  const fields = parseStanza(text)
    .filter(([, value]) => value !== "")
    .map(checkedField);
  const values = new Map(fields);
  const need = (field: string): string => {
    const value = values.get(field);
    if (value === undefined) throw packageFault(field, "is missing");
    return value;
  };
  const name = need("Package");
  const version = need("Version");
  const architecture = Architecture.parse(need("Architecture"));
  const maintainer = need("Maintainer");
  const summary = need("Description").split("\n", 1)[0] ?? "";
  const id = PackageId.parse(`${name}_${version}_${architecture}`);
  return { id, name, version, architecture, maintainer, summary, fields };
}

/** name_version_architecture.deb, the version without its epoch, as dpkg-name(1) and every archive spell it. */
export function packageFilename({
  name,
  version,
  architecture,
}: Pick<PackageControl, "name" | "version" | "architecture">) {
  return `${name}_${version.replace(/^\d+:/, "")}_${architecture}.deb`;
}
