/** One record of a CSV text, and the text it stands in without its line end. */
export interface CsvRecord {
  cells: string[];
  raw: string;
}

/** A quote that is not where RFC 4180 allows one. `record` counts from 1, blank lines not. */
export class CsvError extends Error {
  override readonly name = "CsvError";
  readonly record: number;

  constructor(record: number, message: string) {
    super(message);
    this.record = record;
  }
}

/** A cell with its separator, line end or end of text: quoted, where a quote is doubled, or bare. */
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/** The records of a CSV text (RFC 4180), with any line ends; a byte order mark and blank lines are passed over. */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const cell = new RegExp(CELL);
  let cells: string[] = [];
  let start = text.startsWith("\ufeff") ? 1 : 0;
  cell.lastIndex = start;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const match = cell.exec(text);
    if (!match) throw new CsvError(records.length + 1, "has a quote inside a cell, or one that is not closed");
    const [, quoted, bare = "", end = ""] = match;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    const isBlank = cells.length === 1 && quoted === undefined && bare.trim() === "";
    if (!isBlank) records.push({ cells, raw: text.slice(start, cell.lastIndex - end.length) });
    cells = [];
    start = cell.lastIndex;
  }
  return records;
}

/** What spreadsheets take for a formula when a cell begins with it. */
const FORMULA = /^[=+\-@\t\r]/;

/** A record as CSV (RFC 4180), without its line end; cells that a spreadsheet would calculate begin with an apostrophe. */
export function csvLine(cells: readonly string[]): string {
  return cells
    .map((cell) => (FORMULA.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(",");
}

/** A cell as it was before `csvLine` made it harmless. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}
