import { describe, expect, it } from "vitest";
import type { RemsimClient } from "../../documents/remsimClient.ts";
import { CLASH_QUIET_MS, seeInstance } from "./clash.ts";
import { at, client } from "./live.table.ts";

/** Heartbeats a minute apart, by instance; gives the moments at which a clash began, and the client as it is then. */
function heard(instances: string, stepSeconds = 60): { begins: number[]; client: RemsimClient } {
  let one = client();
  const begins: number[] = [];
  [...instances].forEach((name, n) => {
    const sight = seeInstance(one, name === "-" ? undefined : name, at(n * stepSeconds));
    if (sight.begins) begins.push(n);
    one = { ...one, ...sight.changes };
  });
  return { begins, client: one };
}

describe("who speaks under a client's name", () => {
  it.each([
    ["one router", "AAAA", []],
    ["a restart", "AAABBB", []],
    ["many restarts", "ABCDEFGHIJ", []],
    ["two routers that alternate", "ABA", [2]],
    ["two routers, told once", "ABABABABAB", [2]],
    ["two routers, unevenly", "AAAABAAAABAAAA", [5]],
    ["three routers", "ABCABC", [3]],
    ["five routers", "ABCDEABCDE", [5]],
    ["an add-on that names no instance", "----", []],
    ["an old add-on and a new one", "A-A-A", []],
  ] as [string, string, number[]][])("%s", (_, instances, begins) => {
    expect(heard(instances).begins).toEqual(begins);
  });

  it("notes the last time they alternated", () => {
    expect(heard("ABAB").client.clashAt).toEqual(at(180));
    expect(heard("ABABBB").client.clashAt).toEqual(at(180));
  });

  it("is over after an hour in which nobody alternated, and may begin again", () => {
    const minutes = CLASH_QUIET_MS / 60_000;
    const quiet = `ABA${"A".repeat(minutes)}`;
    expect(heard(quiet).client.clashAt).toBeNull();
    expect(heard(`${quiet}B`).begins).toEqual([2, quiet.length]);
  });

  it("remembers a bounded number of former instances", () => {
    const { client: one } = heard("ABCDEFGHIJ");
    expect([one.instanceId, one.previousInstanceIds]).toEqual(["J", ["I", "H", "G", "F"]]);
  });
});
