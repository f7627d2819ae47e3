import type { Epc } from "@wisptools/core/documents/epc";
import { expect, it } from "vitest";
import { updatesKey } from "./updatesKey.ts";

const epc = (packages: Record<string, string>, ...commands: [id: string, type: string, state: string][]) =>
  ({
    packages,
    pendingCommands: commands.map(([id, type, state]) => ({ id, request: { type }, state })),
  }) as unknown as Epc;

it("stays the same with other commands and another order, and changes with versions and what was told", () => {
  const before = updatesKey(epc({ a1: "1", b1: "2" }, ["c1", "update", "queued"]));
  expect(updatesKey(epc({ b1: "2", a1: "1" }, ["c0", "reboot", "queued"], ["c1", "update", "queued"]))).toBe(before);
  expect(updatesKey(epc({ a1: "1", b1: "3" }, ["c1", "update", "queued"]))).not.toBe(before);
  expect(updatesKey(epc({ a1: "1", b1: "2" }, ["c1", "update", "delivered"]))).not.toBe(before);
  expect(updatesKey(epc({ a1: "1", b1: "2" }))).not.toBe(before);
});
