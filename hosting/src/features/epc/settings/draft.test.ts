import { ChannelName } from "@wisptools/core/domain/apt/ids";
import { describe, expect, it } from "vitest";
import { changes, makesVersion, plmnChoices, toDraft } from "./draft.ts";

const epc = {
  siteName: "Hilltop",
  tags: ["north"],
  notes: "",
  location: { latitude: 46.8, longitude: -96.7, source: "address" as const },
  plmn: { mcc: "001", mnc: "01" },
  tac: 7,
  settings: {},
};
const channel = ChannelName.parse("dev");
const tenant = { apns: [{ name: "internet", uePool: "10.45.0.0/16" }], plmns: [{ mcc: "315", mnc: "010" }] };
const began = toDraft(epc, tenant);
const after = (patch: object) => changes({ ...began, ...patch }, began);

describe("changes", () => {
  it("sends nothing that was not touched", () => expect(changes(toDraft(epc, tenant), began)).toEqual({}));

  it.each([
    [{ siteName: " Ridge " }, { site_name: "Ridge" }, false],
    [{ tags: "north, solar  north" }, { tags: ["north", "solar"] }, false],
    [{ latitude: "", longitude: "" }, { location: null }, false],
    [{ latitude: "47,5" }, { location: { latitude: 47.5, longitude: -96.7 } }, false],
    [{ plmn: "315/010" }, { plmn: { mcc: "315", mnc: "010" } }, true],
    [{ tac: "9" }, { tac: 9 }, true],
    [{ nat: "no" }, { settings: { nat: false } }, true],
    [{ channel: "dev" }, { settings: { channel: "dev" } }, true],
    [{ timeZone: " Europe/Vienna" }, { time_zone: "Europe/Vienna" }, false],
    [{ pcrf: "local" }, { settings: { localPcrf: true } }, true],
    [{ dns: "1.1.1.1 9.9.9.9" }, { settings: { dns: ["1.1.1.1", "9.9.9.9"] } }, true],
    [{ ownApns: true }, { settings: { apns: tenant.apns } }, true],
  ])("%j becomes %j", (patch, body, version) => {
    expect(after(patch)).toEqual(body);
    expect(makesVersion(after(patch))).toBe(version);
  });

  it("keeps the other settings when one changes", () => {
    const own = toDraft({ ...epc, settings: { nat: true, s1apAddress: "10.0.0.1", localPcrf: true, channel } }, tenant);
    expect(changes({ ...own, dns: "1.1.1.1" }, own)).toEqual({
      settings: { nat: true, s1apAddress: "10.0.0.1", localPcrf: true, channel: "dev", dns: ["1.1.1.1"] },
    });
  });

  it("goes back to the tenant's clock", () => {
    const own = toDraft({ ...epc, timeZone: "Europe/Vienna" }, tenant);
    expect(changes({ ...own, timeZone: "" }, own)).toEqual({ time_zone: null });
  });

  it("makes half a location an error the contract names", () => {
    expect(after({ longitude: "" }).location?.longitude).toBeNaN();
  });
});

it("offers the EPC's PLMN even when the tenant has dropped it", () => {
  expect(plmnChoices(epc, tenant)).toEqual(["001/01", "315/010"]);
});
