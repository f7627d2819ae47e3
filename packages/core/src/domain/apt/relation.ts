// Relationship fields (Debian Policy 7.1). One that apt cannot read makes it refuse the whole index, for every device.

/** name[:architecture] [(operator version)] */
const RELATION =
  /^[A-Za-z0-9][A-Za-z0-9+._-]*(?::[a-z0-9-]+)?(?:\s*\(\s*(?:<<|<=|=|>=|>>|<|>)\s*[A-Za-z0-9.+~:-]+\s*\))?$/;

/** What is wrong with the value of a Depends field or the like, if something is. A comma may end it. */
export function relationFault(value: string): string | undefined {
  const entries = value.replace(/,\s*$/, "").split(",");
  for (const entry of entries) {
    for (const alternative of entry.split("|").map((text) => text.trim())) {
      if (!RELATION.test(alternative)) return `"${alternative.slice(0, 80)}" is not a package with an optional version`;
    }
  }
  return undefined;
}
