import { describe, expect, it } from "vitest";
import { following, installedVersions, offers } from "./offers.ts";

const held = (name: string, version: string) => ({ name, version, summary: `${name} at ${version}` });
const epc = (packages: Record<string, string> | undefined, channel?: string, state = "online") => ({
  state,
  siteName: "Site",
  tags: [],
  settings: { channel },
  packages,
});

describe("offers", () => {
  it("has each name once, its versions newest first, the newest's summary", () => {
    expect(offers([held("b1", "1.9"), held("a1", "1"), held("b1", "1.10"), held("b1", "1.10")])).toEqual([
      { name: "a1", summary: "a1 at 1", versions: ["1"] },
      { name: "b1", summary: "b1 at 1.10", versions: ["1.10", "1.9"] },
    ]);
  });
});

describe("following", () => {
  it("takes an EPC without a channel for one on stable, and leaves out retired ones", () => {
    const fleet = [epc({}), epc({}, "stable"), epc({}, "dev"), epc({}, "stable", "retired")];
    expect(following(fleet, "stable")).toEqual(fleet.slice(0, 2));
    expect(following(fleet, "dev")).toEqual([fleet[2]]);
  });
});

describe("installedVersions", () => {
  it("gathers what EPCs reported, newest first", () => {
    const fleet = [epc({ b1: "1.9", a1: "" }), epc({ b1: "1.10" }), epc({ b1: "1.9", c1: "2" }), epc(undefined)];
    expect([...installedVersions(fleet)]).toEqual([
      ["b1", ["1.10", "1.9"]],
      ["c1", ["2"]],
    ]);
  });
});
