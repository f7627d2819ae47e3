import { describe, expect, it } from "vitest";
import { NOW, policy } from "./cards.table.ts";
import type { SlotPolicy } from "./policy.ts";
import { type Asking, mismatches } from "./policyMatch.ts";

const asking = (changes: Partial<Asking> = {}): Asking => ({
  clientId: "vm-slot0",
  mode: "ONE_TO_ONE_SWSIM",
  mccMnc: "310410",
  region: "eu",
  ...changes,
});
const daily = [0, 1, 2, 3, 4, 5, 6];
const window = (start: string, end: string, days = daily, timeZone = "Europe/Vienna") => ({
  days,
  start,
  end,
  timeZone,
});

describe("a policy", () => {
  it.each<[string, SlotPolicy["match"], Partial<Asking>, boolean]>([
    ["any client without conditions", {}, { mccMnc: "", region: null }, true],
    ["a client of its mode", { modes: ["KI_PROXY_SWSIM", "ONE_TO_ONE_SWSIM"] }, {}, true],
    ["a client of another mode", { modes: ["KI_PROXY_SWSIM"] }, {}, false],
    ["a client of its network", { carriers: ["26201", "310410"] }, {}, true],
    ["a client of its country", { carriers: ["310"] }, {}, true],
    ["a client of another network of that country", { carriers: ["310260"] }, {}, false],
    ["a client of a longer network code", { carriers: ["31041"] }, {}, false],
    ["a client that asks for no network", { carriers: ["310"] }, { mccMnc: "" }, false],
    ["a login of its region", { regions: ["us", "eu"] }, {}, true],
    ["a login of another region", { regions: ["us"] }, {}, false],
    ["a login of no region", { regions: ["us"] }, { region: null }, false],
    ["a client id that begins so", { clientPrefix: "vm-" }, {}, true],
    ["a client id that has it within", { clientPrefix: "slot" }, {}, false],
  ])("is for %s", (_, match, changes, fits) => {
    expect(mismatches(policy({ match }), asking(changes), NOW).length === 0).toBe(fits);
  });

  it("names each condition that fails, by what was asked", () => {
    const match = { modes: ["KI_PROXY_SWSIM" as const], carriers: ["262"], regions: ["us"], clientPrefix: "x" };
    expect(mismatches(policy({ enabled: false, match }), asking({ mccMnc: "", region: null }), NOW)).toEqual([
      "it is switched off",
      "it is for KI_PROXY_SWSIM, not for ONE_TO_ONE_SWSIM",
      "it is for clients of 262; this one asks for no network",
      "it is for logins of us; this one is of no region",
      "it is for client ids that begin with x",
    ]);
  });

  // Vienna goes from 02:00 to 03:00 on 29 March 2026 at 01:00 UTC, and from 03:00 to 02:00 on 25 October at 01:00 UTC.
  it.each<[string, ReturnType<typeof window>, string, boolean]>([
    ["within its hours", window("08:00", "18:00"), "2026-06-10T06:00:00Z", true],
    ["before them by its zone's clock", window("08:00", "18:00"), "2026-06-10T05:59:59Z", false],
    ["at their end", window("08:00", "18:00"), "2026-06-10T16:00:00Z", false],
    ["before midnight", window("22:00", "02:00"), "2026-06-10T20:30:00Z", true],
    ["after midnight", window("22:00", "02:00"), "2026-06-10T23:59:00Z", true],
    ["after midnight of a day on which it begins", window("22:00", "02:00", [3]), "2026-06-10T23:30:00Z", true],
    ["before midnight of a day on which it does not", window("22:00", "02:00", [3]), "2026-06-09T20:30:00Z", false],
    ["over midnight into the hour that the clock skips", window("23:00", "03:00"), "2026-03-29T00:59:00Z", true],
    ["after that hour", window("23:00", "03:00"), "2026-03-29T01:00:00Z", false],
    ["over midnight in the hour that comes twice, first", window("23:00", "02:30"), "2026-10-25T00:15:00Z", true],
    ["between", window("23:00", "02:30"), "2026-10-25T00:45:00Z", false],
    ["and again", window("23:00", "02:30"), "2026-10-25T01:15:00Z", true],
  ])("with a window is judged %s", (_, when, at, open) => {
    expect(mismatches(policy({ match: { window: when } }), asking(), new Date(at)).length === 0).toBe(open);
  });
});
