import { CsvError } from "@wisptools/core/domain/subscription/csv";
import { cutImport } from "@wisptools/core/domain/subscription/importDocuments";

/** A file of subscribers, cut into rows without reading more into them than where each begins and ends: the server reads. */
export interface RowFile {
  format: "csv" | "open5gs";
  /** The CSV's first line, sent with each part. */
  header: string;
  rows: readonly string[];
}

export interface Part {
  /** Place of its first row in the file, from 0. */
  offset: number;
  count: number;
  text: string;
}

/** The contract takes 400 000 characters a call. */
const MOST_CHARACTERS = 390_000;

/** CSV, or JSON as Open5GS exports it: an array, one document, or a document a line. Throws an Error with what is wrong, in plain words. */
export function readRows(text: string): RowFile {
  const format = /^\uFEFF?\s*[[{]/.test(text) ? "open5gs" : "csv";
  const { header = "", rows } = cut(format, text);
  if (format === "csv" && !/imsi/i.test(header)) {
    throw new Error("The first line must name the columns, one of them imsi.");
  }
  if (rows.length === 0) throw new Error("The file has no rows.");
  const long = rows.findIndex((row) => row.length + header.length > MOST_CHARACTERS);
  if (long >= 0) throw new Error(`Row ${long + 1} is too long. Is this a file of subscribers?`);
  return { format, header, rows };
}

function cut(format: RowFile["format"], text: string): ReturnType<typeof cutImport> {
  try {
    return cutImport(format, text);
  } catch (error) {
    // Its first record is the header.
    if (error instanceof CsvError) throw new Error(`Row ${error.record - 1} ${error.message}.`);
    throw new Error("The file begins like a JSON array, but is none.");
  }
}

/** Rows from `offset` on, as many as `most` and the size of a call allow. */
export function partAt(file: RowFile, offset: number, most: number): Part {
  let size = file.header.length + 1;
  let end = offset;
  while (end < file.rows.length && end - offset < most) {
    size += (file.rows[end]?.length ?? 0) + 1;
    if (size > MOST_CHARACTERS) break;
    end++;
  }
  const rows = file.rows.slice(offset, end);
  return { offset, count: rows.length, text: [...(file.header ? [file.header] : []), ...rows].join("\n") };
}

/** Hex of the file's SHA-256: a resumed import must be of the same file. */
export async function sha256(data: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...digest].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
