import { describe, expect, it } from "vitest";
import { type Field, parseStanza, renderField, renderStanza } from "./deb822.ts";

describe("reading a stanza", () => {
  it("keeps the fields' order, their names, and the lines of their values", () => {
    const text = "Package: foo\nDescription:  short \n long\n .\n\t  list\nEmpty:\nList:\n a\n b\n\n\n";
    expect(parseStanza(text)).toEqual([
      ["Package", "foo"],
      ["Description", "short\nlong\n.\n  list"],
      ["Empty", ""],
      ["List", "\na\nb"],
    ]);
  });

  it.each([
    ["control", "Package foo\n", /line 1 is not a field/],
    ["control", " foo\n", /line 1 continues no field/],
    ["control", "A: 1\n\nB: 2\n", /more than one stanza/],
    ["control", "", /more than one stanza|not a field/],
    ["control", "#A: 1\n", /line 1 is not a field/],
    ["control", "-A: 1\n", /line 1 is not a field/],
    ["control", "Pa ckage: 1\n", /not a field/],
    ["control", "Ä: 1\n", /not a field/],
    ["package", "Package: a\npackage: b\n", /twice/],
    ["A", "A: 1\n \nB: 2\n", /empty line/],
    ["A", "A: 1\r\n", /control character/],
    ["A", "A: 1\rB: 2\n", /control character/],
    ["A", "A: 1\n 2\r\n", /control character/],
    ["A", "A: \u0000\n", /control character/],
    ["A", "A: a\u0085b\n", /control character/],
    ["A", "A: a\u2028b\n", /control character/],
  ])("refuses with field %s: %j", (field, text, message) => {
    expect(() => parseStanza(text)).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
    expect(() => parseStanza(text)).toThrow(message);
  });
});

describe("writing a stanza", () => {
  it("gives back what was read", () => {
    const text = "Package: foo\nDescription: short\n long\n .\n   list\nList:\n a\n b\n";
    expect(renderStanza(parseStanza(text))).toBe(text);
  });

  it.each<[string, Field]>([
    ["a line that looks like a field", ["Label", "x\nSuite: stable"]],
    ["an empty line", ["Label", "x\n\nPackage: y"]],
    ["a line of spaces", ["Label", "x\n   \nPackage: y"]],
    ["lines at the end", ["Label", "x\n\n"]],
  ])("keeps %s within its field", (_name, field) => {
    const parsed = parseStanza(`${renderField(field)}After: it\n`);
    expect(parsed.map(([name]) => name)).toEqual(["Label", "After"]);
  });

  it.each<Field>([
    ["A", "x\ry"],
    ["A", "x\u0000"],
    ["A: b\nC", "x"],
    ["", "x"],
    ["A B", "x"],
  ])("refuses %j: %j", (...field) => {
    expect(() => renderField(field)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});
