import { describe, expect, it } from "vitest";
import type { RemsimClient } from "../../documents/remsimClient.ts";
import { CLASH_MS, isClash } from "./isClash.ts";
import { at, client, NOW } from "./live.table.ts";
import { addressAfter } from "./routerAddress.ts";

const HERE = "192.0.2.1";
const THERE = "192.0.2.2";
const ago = (ms: number) => new Date(NOW.getTime() - ms);

describe("where a client is after a heartbeat", () => {
  it.each<[string, Partial<RemsimClient>, string | undefined, string, string]>([
    ["the same router, elsewhere", { instanceId: "a" }, "a", THERE, THERE],
    ["the same router, from who knows where", { instanceId: "a" }, "a", "", HERE],
    ["an add-on that names no instance", {}, undefined, THERE, THERE],
    ["the first heartbeat of all", { heartbeatAt: null }, "a", THERE, THERE],
    ["a restart with another address", { instanceId: "a", heartbeatAt: ago(CLASH_MS) }, "b", THERE, THERE],
    ["a stranger right after it", { instanceId: "a", heartbeatAt: ago(CLASH_MS - 1) }, "b", THERE, HERE],
    ["a second router that comes again", { instanceId: "a", previousInstanceIds: ["b"] }, "b", THERE, HERE],
    ["one without a name beside one that has one", { instanceId: "a" }, undefined, THERE, HERE],
  ])("%s", (_, fields, instanceId, address, expected) => {
    const one = client({ address: HERE, heartbeatAt: ago(CLASH_MS), ...fields });
    expect(addressAfter(one, instanceId, address, NOW)).toBe(expected);
  });

  it("lets a router that moved register again at once, and still refuses another", () => {
    const before = client({ address: HERE, heartbeatAt: ago(60_000), instanceId: "a" });
    const moved = { ...before, heartbeatAt: NOW, address: addressAfter(before, "a", THERE, NOW) };
    expect([isClash(moved, THERE, at(1)), isClash(moved, "192.0.2.3", at(1))]).toEqual([false, true]);
  });
});
