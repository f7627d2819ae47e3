import { describe, expect, it } from "vitest";
import { byNumber, byText, type Column, nextSort, sorted, visibleSlice } from "./table.ts";

type Row = { name: string; load?: number };
const columns: Column<Row>[] = [
  { key: "name", label: "Name", width: 100, order: byText((row) => row.name) },
  { key: "load", label: "Load", width: 100, order: byNumber((row) => row.load) },
  { key: "note", label: "Note", width: 100 },
];
const rows: Row[] = [{ name: "site 10", load: 2 }, { name: "Site 9" }, { name: "alpha", load: 1 }];
const names = (sort: string) => sorted(rows, columns, sort).map((row) => row.name);

describe("sorted", () => {
  it("orders text as people do: numbers by value, case aside", () => {
    expect(names("name")).toEqual(["alpha", "Site 9", "site 10"]);
    expect(names("-name")).toEqual(["site 10", "Site 9", "alpha"]);
  });
  it("puts what was not measured last", () => expect(names("load")).toEqual(["alpha", "site 10", "Site 9"]));
  it("leaves the rows alone for a column without an order", () => {
    expect(sorted(rows, columns, "note")).toBe(rows);
    expect(sorted(rows, columns, "")).toBe(rows);
  });
  it("turns round when asked again", () => {
    expect([nextSort("", "a"), nextSort("a", "a"), nextSort("-a", "a")]).toEqual(["a", "-a", "a"]);
  });
});

describe("visibleSlice", () => {
  it("draws a short table whole", () => expect(visibleSlice(100, 36, 0, 100)).toEqual({ from: 0, to: 100 }));
  it("draws what is in view and a margin", () => {
    expect(visibleSlice(1000, 36, 3600, 720)).toEqual({ from: 92, to: 128 });
    expect(visibleSlice(1000, 36, 0, 720)).toEqual({ from: 0, to: 28 });
    expect(visibleSlice(1000, 36, 35_280, 720)).toEqual({ from: 972, to: 1000 });
  });
});
