import { describe, expect, it } from "vitest";
import { CsvError, csvLine, parseCsv, plainCell } from "./csv.ts";

const cellsOf = (text: string) => parseCsv(text).map(({ cells }) => cells);

describe("parseCsv", () => {
  it.each([
    ["nothing", "", []],
    ["one record without a line end", "a,b", [["a", "b"]]],
    ["any line end", "a\r\nb\nc\rd", [["a"], ["b"], ["c"], ["d"]]],
    [
      "empty cells",
      "a,,\n,b,\n",
      [
        ["a", "", ""],
        ["", "b", ""],
      ],
    ],
    ["a trailing separator at the end of the text", "a,", [["a", ""]]],
    ["quotes around separators, line ends and quotes", '"a,1","b\r\n2","c""3"', [["a,1", "b\r\n2", 'c"3']]],
    ["a byte order mark", "\ufeffa,b\n", [["a", "b"]]],
    ["blank lines", "\na\n\n  \nb\n\n", [["a"], ["b"]]],
    ["a quoted empty cell, which is no blank line", '""\n', [[""]]],
  ])("reads %s", (_, text, expected) => {
    expect(cellsOf(text)).toEqual(expected);
  });

  it.each([
    ["an open quote", 'a\n"b', 2],
    ["a quote inside a bare cell", 'a"b', 1],
    ["text after a closing quote", 'a\nb\n"c"d', 3],
  ])("refuses %s, saying where", (_, text, record) => {
    expect(() => parseCsv(text)).toThrow(CsvError);
    try {
      parseCsv(text);
    } catch (error) {
      expect((error as CsvError).record).toBe(record);
    }
  });

  it("keeps the text of each record, so that a file can be cut between them", () => {
    const text = 'h,"x\ny"\r\n1,2\n\n3,4';
    expect(parseCsv(text).map(({ raw }) => raw)).toEqual(['h,"x\ny"', "1,2", "3,4"]);
  });

  it("reads a quarter of a million characters of one quoted cell", () => {
    const cell = 'x""y,\n'.repeat(50_000);
    expect(cellsOf(`"${cell}"`)).toEqual([[cell.replaceAll('""', '"')]]);
  });
});

describe("csvLine", () => {
  const cells = ["plain", "a,b", 'say "x"', "two\nlines", " spaces ", "", "=1+1", "+49", "-1", "@x", "\tx"];

  it("is read back as it was, formulas made harmless", () => {
    const [record] = parseCsv(csvLine(cells));
    expect(record?.cells.map(plainCell)).toEqual(cells);
    expect(record?.cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  });
});
