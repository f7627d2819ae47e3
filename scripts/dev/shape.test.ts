import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { shapeFaults } from "./shape.ts";

it.each([
  ["notes.md", 1, "notes.md: not expected at the root"],
  ["functions/src/index.ts", 41, "at most 40"],
  ["packages/store/src/store.ts", 301, "more than 300"],
  ["hosting/src/ui/Table.svelte", 301, "more than 300"],
  ["README.md", 900, undefined],
  ["packages/core/src/plmn.table.ts", 900, undefined],
  ["daemon/src/diameter/dictionary/gx.ts", 900, undefined],
  ["daemon/src/hss/air.test.ts", 900, undefined],
])("%s with %i lines: %s", (file, lines, fault) => {
  const root = mkdtempSync(join(tmpdir(), "shape-"));
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), "x\n".repeat(lines));
  const faults = shapeFaults(root, [file]);
  if (fault) expect(faults.join("\n")).toContain(fault);
  else expect(faults).toEqual([]);
});
