import { expect, it } from "vitest";
import type { RemsimAssignment } from "../../documents/remsimClient.ts";
import { NOW } from "./cards.table.ts";
import { CLASH_MS, isClash } from "./isClash.ts";

const ago = (ms: number) => new Date(NOW.getTime() - ms);
const assignment = {} as RemsimAssignment;
const live = { assignment, heartbeatAt: ago(1000), address: "192.0.2.1" };

it.each<[string, Partial<{ assignment: null; heartbeatAt: Date | null; address: string }>, string, boolean]>([
  ["a second router of a live one's name", {}, "192.0.2.2", true],
  ["the last moment of it", { heartbeatAt: ago(CLASH_MS - 1) }, "192.0.2.2", true],
  ["one that was silent", { heartbeatAt: ago(CLASH_MS) }, "192.0.2.2", false],
  ["one that sends no heartbeats", { heartbeatAt: null }, "192.0.2.2", false],
  ["a restart at the same address", {}, "192.0.2.1", false],
  ["one that gave its card back", { assignment: null }, "192.0.2.2", false],
  ["an unknown address", {}, "", false],
  ["a client whose address was unknown", { address: "" }, "192.0.2.2", false],
])("isClash knows %s", (_, changes, address, clash) => {
  expect(isClash({ ...live, ...changes }, address, NOW)).toBe(clash);
});
