import { AppError } from "../../errors.ts";
import { CsvError, type CsvRecord, parseCsv, plainCell } from "./csv.ts";

/** A row of a CSV text by its columns: trimmed, empty cells left out. `fault`: it has more or fewer cells than the header. */
export interface CsvRow<C extends string> {
  given: Partial<Record<C, string>>;
  fault?: string;
}

/**
 * The rows of a CSV text with a header, its columns in any order. Throws `invalid-argument`, naming `field`, for what spoils the whole text:
 * an unknown column, one that is there twice, a stray quote.
 */
export function csvTable<C extends string>(
  text: string,
  columns: readonly C[],
  field: string,
): { header: C[]; rows: CsvRow<C>[] } {
  const refused = (message: string) => new AppError("invalid-argument", `${field}: ${message}`, { field });
  const [first, ...records] = recordsOf(text, refused);
  const header = columnsOf(first?.cells ?? [], columns, refused);
  const rows = records.map(({ cells }) => {
    const given = Object.fromEntries(
      header.flatMap((column, index) => {
        const cell = plainCell(cells[index] ?? "").trim();
        return cell === "" ? [] : [[column, cell]];
      }),
    ) as Partial<Record<C, string>>;
    if (cells.length === header.length) return { given };
    return { given, fault: `has ${cells.length} cells, the header has ${header.length}` };
  });
  return { header, rows };
}

function recordsOf(text: string, refused: (message: string) => AppError): CsvRecord[] {
  try {
    return parseCsv(text);
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const where = cause.record === 1 ? "the header" : `row ${cause.record - 1}`;
    throw refused(`${where} ${cause.message}`);
  }
}

function columnsOf<C extends string>(
  header: readonly string[],
  columns: readonly C[],
  refused: (message: string) => AppError,
): C[] {
  const names = header.map((name) => name.trim().toLowerCase());
  const known: readonly string[] = columns;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw refused(`unknown column "${unknown}"; columns are ${columns.join(", ")}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refused(`column ${twice} is there twice`);
  return names as C[];
}
