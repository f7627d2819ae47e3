import { describe, expect, it } from "vitest";
import { partAt, readRows, sha256 } from "./rows.ts";

describe("readRows", () => {
  it("cuts CSV at line ends, but not within quotes", () => {
    const file = readRows('\uFEFFimsi,label\r\n00101,"two\nlines, ""quoted"""\r\n\r\n00102,b\r\n');
    expect(file).toEqual({
      format: "csv",
      header: "imsi,label",
      rows: ['00101,"two\nlines, ""quoted"""', "00102,b"],
    });
  });
  it.each([
    ["an array", '[{"imsi":"1"},\n {"imsi":"2"}]'],
    ["a document a line", '{"imsi":"1"}\n\n{"imsi":"2"}\n'],
  ])("takes JSON as %s", (_, text) =>
    expect(readRows(text)).toEqual({ format: "open5gs", header: "", rows: ['{"imsi":"1"}', '{"imsi":"2"}'] }),
  );
  it("takes one document over several lines", () =>
    expect(readRows('{\n "imsi": "1"\n}').rows).toEqual(['{"imsi":"1"}']));
  it.each([
    ["", "columns"],
    ["imsi,k\n", "no rows"],
    ["name;value\n1;2", "columns"],
    ['imsi,label\n1,"open', "Row 1 has a quote"],
    ['[{"imsi":"1"}', "none"],
    [`imsi,label\n1,${"x".repeat(400_000)}`, "Row 1 is too long"],
  ])("says what is wrong with %j", (text, words) => expect(() => readRows(text)).toThrow(words));
});

describe("partAt", () => {
  const file = readRows(`imsi\n${Array.from({ length: 10 }, (_, i) => `00101${i}`).join("\n")}`);
  it("begins each part with the header", () =>
    expect(partAt(file, 3, 2)).toEqual({ offset: 3, count: 2, text: "imsi\n001013\n001014" }));
  it("ends with the file", () => expect(partAt(file, 8, 50).count).toBe(2));
  it("stays within what a call takes", () => {
    const wide = readRows(`imsi,label\n${Array.from({ length: 9 }, () => `1,${"x".repeat(100_000)}`).join("\n")}`);
    const sizes = [0, 3, 6].map((offset) => partAt(wide, offset, 100));
    expect(sizes.map((part) => part.count)).toEqual([3, 3, 3]);
    expect(Math.max(...sizes.map((part) => part.text.length))).toBeLessThanOrEqual(400_000);
  });
});

it("knows a file by its SHA-256", async () => {
  expect(await sha256(new TextEncoder().encode("abc").buffer as ArrayBuffer)).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
