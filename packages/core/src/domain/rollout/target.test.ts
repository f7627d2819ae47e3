import { describe, expect, it } from "vitest";
import { ChannelName } from "../apt/ids.ts";
import { EpcId } from "../ids.ts";
import type { RolloutTarget } from "./strategy.ts";
import { hasAll, matchesTarget, type Targeted } from "./target.ts";

const [stable, canary] = ["stable", "canary"].map((name) => ChannelName.parse(name)) as [ChannelName, ChannelName];
const id = EpcId.parse("epc_00000000000000aa");
const other = EpcId.parse("epc_00000000000000bb");
const epc: Targeted = {
  id,
  siteName: "Hill",
  tags: ["north", "5g"],
  state: "online",
  settings: {},
  packages: { "wisptools-agent": "1.0" },
};

describe("matchesTarget", () => {
  it.each<[string, RolloutTarget, ChannelName, Partial<Targeted>, boolean]>([
    ["everyone on the default channel", {}, stable, {}, true],
    ["nobody of another channel", {}, canary, {}, false],
    ["one set to that channel", {}, canary, { settings: { channel: canary } }, true],
    ["nobody who left the default channel", {}, stable, { settings: { channel: canary } }, false],
    ["an offline one", {}, stable, { state: "offline" }, true],
    ["never a retired one", {}, stable, { state: "retired" }, false],
    ["never a retired one that is named", { epcIds: [id] }, stable, { state: "retired" }, false],
    ["one that is named", { epcIds: [other, id] }, stable, {}, true],
    ["not one that is not named", { epcIds: [other] }, stable, {}, false],
    ["any of the tags", { tags: ["south", "5g"] }, stable, {}, true],
    ["none of the tags", { tags: ["south"] }, stable, {}, false],
    ["any of the sites", { sites: ["Hill", "Dale"] }, stable, {}, true],
    ["none of the sites", { sites: ["Dale"] }, stable, {}, false],
    ["an installed version", { installed: { name: "wisptools-agent", versions: ["0.9", "1.0"] } }, stable, {}, true],
    ["another version", { installed: { name: "wisptools-agent", versions: ["0.9"] } }, stable, {}, false],
    ["a package it has not", { installed: { name: "open5gs", versions: ["1.0"] } }, stable, {}, false],
    [
      "versions never reported",
      { installed: { name: "a0", versions: ["1.0"] } },
      stable,
      { packages: undefined as never },
      false,
    ],
    ["all filters, of which one fails", { tags: ["5g"], sites: ["Dale"] }, stable, {}, false],
    ["all filters that fit", { tags: ["5g"], sites: ["Hill"], epcIds: [id] }, stable, {}, true],
  ])("%s", (_, target, channel, changes, expected) => {
    expect(matchesTarget(target, channel, { ...epc, ...changes })).toBe(expected);
  });
});

it("hasAll asks for each exact version", () => {
  const wanted = [
    { name: "a", version: "1" },
    { name: "b", version: "2" },
  ];
  expect(hasAll({ a: "1", b: "2", c: "3" }, wanted)).toBe(true);
  expect(hasAll({ a: "1", b: "2.1" }, wanted)).toBe(false);
  expect(hasAll({ a: "1" }, wanted)).toBe(false);
  expect(hasAll(undefined, wanted)).toBe(false);
});
