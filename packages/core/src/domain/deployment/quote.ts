// Each context that values are written into has one function that makes any value safe there. Nothing else interpolates.

/** A POSIX shell word: single quotes, with those inside closed, escaped and opened again. NUL can't be in a shell word. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
}

/** A YAML double-quoted scalar: JSON's escapes are a subset of YAML 1.2's (5.7), and non-ASCII is escaped too. */
export function yamlQuote(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A string of freeDiameter's configuration, which has no escapes: what could end it is left out. */
export function freeDiameterQuote(value: string): string {
  return `"${value.replace(/["\\]|\p{Cc}/gu, "")}"`;
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
