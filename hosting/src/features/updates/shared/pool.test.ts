import { describe, expect, it } from "vitest";
import type { PackageRow } from "../../../data/updateSources.ts";
import { byName } from "./pool.ts";

const row = (name: string, version: string, architecture = "all", day = 1) =>
  ({ name, version, architecture, size: 10, uploadedAt: new Date(Date.UTC(2026, 0, day)) }) as PackageRow;

describe("byName", () => {
  it("makes one entry of all versions, the newest by Debian's order", () => {
    const rows = [
      row("a1", "1.9", "amd64"),
      row("a1", "1.10", "amd64", 3),
      row("a1", "1.10", "arm64", 2),
      row("b1", "1"),
    ];
    expect(byName(rows)).toEqual([
      {
        name: "a1",
        newest: rows[1],
        versions: 2,
        architectures: ["amd64", "arm64"],
        size: 30,
        uploadedAt: new Date("2026-01-03T00:00:00Z"),
      },
      { name: "b1", newest: rows[3], versions: 1, architectures: ["all"], size: 10, uploadedAt: rows[3]?.uploadedAt },
    ]);
  });
});
