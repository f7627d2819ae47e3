import type { z } from "zod";
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

/** What is wrong with a field's value, if something is. */
type Check = (value: string) => string | undefined;

const fits =
  (schema: z.ZodType<string>): Check =>
  (value) =>
    schema.safeParse(value).error?.issues[0]?.message;
const matches =
  (pattern: RegExp, message: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : message;
const token = matches(/^[A-Za-z0-9+._/-]{1,64}$/, "must be one word");
const flag = matches(/^(?:yes|no)$/, "must be yes or no");
const line = matches(/^[^\n]{1,1000}$/, "must be one line of at most 1000 characters");

/** Fields by the spelling of Policy 5.3 and deb-control(5). Others may be there and are kept as they are. */
const KNOWN_FIELDS: Record<string, Check> = {
  Package: fits(PackageName),
  Version: fits(PackageVersion),
  Architecture: fits(Architecture),
  Maintainer: line,
  Description: matches(/^[^\n]/, "must begin with a summary"),
  Source: line,
  Section: token,
  Priority: token,
  Homepage: line,
  Essential: flag,
  Important: flag,
  Protected: flag,
  "Multi-Arch": matches(/^(?:no|same|foreign|allowed)$/, "must be no, same, foreign or allowed"),
  "Installed-Size": matches(/^\d{1,12}$/, "must be a number of KiB"),
  "Pre-Depends": relationFault,
  Depends: relationFault,
  Recommends: relationFault,
  Suggests: relationFault,
  Enhances: relationFault,
  Breaks: relationFault,
  Conflicts: relationFault,
  Replaces: relationFault,
  Provides: relationFault,
};

const KNOWN = new Map(Object.entries(KNOWN_FIELDS).map(([name, check]) => [name.toLowerCase(), { name, check }]));

/** A field as Policy spells it; its value is checked if its name is known. */
function checkedField([given, value]: Field): Field {
  const known = KNOWN.get(given.toLowerCase());
  if (!known) return [given, value];
  const fault = known.check(value);
  if (fault) throw packageFault(known.name, fault);
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
