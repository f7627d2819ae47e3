import { packageFault } from "./fault.ts";

/** A field of a stanza; the lines of its value are joined by "\n", without the space that a continuation line begins with. */
export type Field = readonly [name: string, value: string];

/** deb822(5): printable ASCII without space and colon, not beginning as a comment or a signature does. */
const NAME = /^[!"$-,.-9;-~][!-9;-~]*$/;
/** Everything that is not text: C0 without tab and line feed, DEL and C1, and the line ends that only Unicode knows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what they are looked for by.
const NOT_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

function checkText(field: string, value: string): void {
  if (NOT_TEXT.test(value)) throw packageFault(field, "has a control character");
}

const isBlank = (code: number) => code === 0x20 || code === 0x09;
const isLineEnd = (code: number) => code === 0x0a;

/** The text without such characters at its end. */
function withoutEnd(text: string, isCut: (code: number) => boolean): string {
  let end = text.length;
  while (end > 0 && isCut(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * The fields of one stanza (deb822(5)), in their order. Lines end with "\n"; blank lines may follow it, nothing else.
 * @throws AppError invalid-argument, field = the field, or "control" for a line that belongs to none.
 */
export function parseStanza(text: string): Field[] {
  const fields = new Map<string, { name: string; lines: string[] }>();
  let current: { name: string; lines: string[] } | undefined;
  const lines = withoutEnd(text, isLineEnd).split("\n");
  for (const [n, line] of lines.entries()) {
    if (isBlank(line.charCodeAt(0))) {
      if (!current) throw packageFault("control", `line ${n + 1} continues no field`);
      if (line.trim() === "") throw packageFault(current.name, `has an empty line (line ${n + 1})`);
      current.lines.push(withoutEnd(line.slice(1), isBlank));
      continue;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (!NAME.test(name)) {
      throw packageFault("control", line === "" ? "has more than one stanza" : `line ${n + 1} is not a field`);
    }
    const key = name.toLowerCase();
    if (fields.has(key)) throw packageFault(name, "is there twice");
    let start = colon + 1;
    while (isBlank(line.charCodeAt(start))) start++;
    current = { name, lines: [withoutEnd(line.slice(start), isBlank)] };
    fields.set(key, current);
  }
  const parsed = [...fields.values()].map(({ name, lines }): Field => [name, lines.join("\n")]);
  if (NOT_TEXT.test(text)) for (const [name, value] of parsed) checkText(name, value);
  return parsed;
}

/**
 * A field as it stands in a stanza, with its last line end. Whatever the value has, it stays within the field: each line
 * after the first begins with a space, and an empty one is written as " .".
 * @throws AppError invalid-argument for a name that is none or a value with control characters, CR included.
 */
export function renderField([name, value]: Field): string {
  if (!NAME.test(name)) throw packageFault("control", "has a field without a proper name");
  checkText(name, value);
  if (!value.includes("\n")) return value === "" ? `${name}:\n` : `${name}: ${value}\n`;
  const [first = "", ...rest] = value.split("\n");
  const continued = rest.map((line) => ` ${line.trim() === "" ? "." : line}\n`).join("");
  return `${name}:${first === "" ? "" : ` ${first}`}\n${continued}`;
}

/** A stanza of these fields; ends with one line end. */
export function renderStanza(fields: readonly Field[]): string {
  return fields.map(renderField).join("");
}
