import { AppError } from "../../errors.ts";
import { parseCsv } from "./csv.ts";
import type { ImportFormat } from "./importRows.ts";

/** A document of an Open5GS import, or why its line is none. */
export type DocumentRow = { document: unknown } | { fault: string };

/** The documents of a text: a JSON array, one document, or one document per line. Throws `invalid-argument` for an array that is no JSON. */
export function documentRows(text: string): DocumentRow[] {
  const trimmed = text.replace(/^\ufeff/, "").trim();
  if (trimmed.startsWith("[")) {
    const array = json(trimmed);
    if ("fault" in array || !Array.isArray(array.document)) {
      throw new AppError("invalid-argument", "text: is not a JSON array", { field: "text" });
    }
    return array.document.map((document) => ({ document }));
  }
  const lines = trimmed.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  const whole = lines.length > 1 ? json(trimmed) : undefined;
  return whole && "document" in whole ? [whole] : lines.map(json);
}

function json(text: string): DocumentRow {
  try {
    return { document: JSON.parse(text) };
  } catch {
    return { fault: "is not JSON" };
  }
}

/** A file cut into its rows, so that a client can send some at a time: the text of a part is `header` and its rows, a line each. */
export interface ImportFile {
  /** Of CSV; undefined for documents. */
  header: string | undefined;
  rows: string[];
}

/** Cuts an import file between its rows. Throws CsvError or `invalid-argument` where it cannot be read at all. */
export function cutImport(format: ImportFormat, text: string): ImportFile {
  if (format === "csv") {
    const [header, ...records] = parseCsv(text).map(({ raw }) => raw);
    return { header: header ?? "", rows: records };
  }
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== "");
  const rows = documentRows(text);
  const isByLine = rows.length === lines.length && !text.trimStart().startsWith("[");
  return {
    header: undefined,
    rows: rows.map((row, index) => (isByLine || "fault" in row ? (lines[index] ?? "") : JSON.stringify(row.document))),
  };
}
