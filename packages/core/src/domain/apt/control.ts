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
const KnownFields = z.looseObject({
  Package: PackageName,
  Version: PackageVersion,
  Architecture,
  Maintainer: Line,
  Description: z.string().regex(/^[^\n]/, "must begin with a summary"),
  Source: Line.optional(),
  Section: Token.optional(),
  Priority: Token.optional(),
  Homepage: Line.optional(),
  Essential: Flag.optional(),
  Important: Flag.optional(),
  Protected: Flag.optional(),
  "Multi-Arch": z.enum(["no", "same", "foreign", "allowed"]).optional(),
  "Installed-Size": z
    .string()
    .regex(/^\d{1,12}$/, "must be a number of KiB")
    .optional(),
  "Pre-Depends": Relation.optional(),
  Depends: Relation.optional(),
  Recommends: Relation.optional(),
  Suggests: Relation.optional(),
  Enhances: Relation.optional(),
  Breaks: Relation.optional(),
  Conflicts: Relation.optional(),
  Replaces: Relation.optional(),
  Provides: Relation.optional(),
});

const SPELLING = new Map(Object.keys(KnownFields.shape).map((name) => [name.toLowerCase(), name]));

/**
 * The checked control file of a package.
 * @param text of the file `control`, one stanza.
 * @throws AppError invalid-argument, its field the one that is missing or wrong.
 */
export function packageControl(text: string): PackageControl {
  const fields = parseStanza(text)
    .filter(([, value]) => value !== "")
    .map(([name, value]): Field => [SPELLING.get(name.toLowerCase()) ?? name, value]);
  const parsed = KnownFields.safeParse(Object.fromEntries(fields));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0] ?? "control");
    const isMissing = !fields.some(([known]) => known === name);
    throw packageFault(name, isMissing ? "is missing" : (issue?.message ?? "is wrong"));
  }
  const { Package: name, Version: version, Architecture: architecture, Maintainer, Description } = parsed.data;
  const id = PackageId.parse(`${name}_${version}_${architecture}`);
  const summary = Description.split("\n", 1)[0] ?? "";
  return { id, name, version, architecture, maintainer: Maintainer, summary, fields };
}

/** name_version_architecture.deb, the version without its epoch, as dpkg-name(1) and every archive spell it. */
export function packageFilename({
  name,
  version,
  architecture,
}: Pick<PackageControl, "name" | "version" | "architecture">) {
  return `${name}_${version.replace(/^\d+:/, "")}_${architecture}.deb`;
}
