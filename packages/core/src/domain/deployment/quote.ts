// Each context that values are written into has one function that makes any value safe there. Nothing else interpolates.

/** A POSIX shell word: single quotes, with those inside closed, escaped and opened again. NUL can't be in a shell word. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
}

/**
 * A YAML double-quoted scalar (YAML 1.2 5.7): all but printable ASCII is escaped, by code point, as YAML's escapes know no
 * surrogate pairs. `@` is escaped too: what the box fills in (see Mark) can't be spelt by a value.
 */
export function yamlQuote(value: string): string {
  const text = value.toWellFormed().replace(/["\\@]|[^ -~]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
  });
  return `"${text}"`;
}

/** A string of freeDiameter's configuration, which has no escapes: what no identity, realm, host or path has is left out. */
export function freeDiameterQuote(value: string): string {
  return `"${value.replace(/[^ -~]|["\\@]/gu, "")}"`;
}

/** The rest of a line: for KEY=value files, snmpd.conf and deb822 fields, where only a line's end ends the value. */
export function restOfLine(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

/** A here-document's delimiter that is no line of the text. */
export function delimiterFor(text: string): string {
  const lines = new Set(text.split("\n"));
  let delimiter = "WISPTOOLS_END";
  while (lines.has(delimiter)) delimiter += "_";
  return delimiter;
}
