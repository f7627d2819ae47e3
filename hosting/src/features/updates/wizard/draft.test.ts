import { createRollout } from "@wisptools/core/api/rollouts";
import { describe, expect, it } from "vitest";
import { emptyPlan, presetGroups, suggestedName, toBody } from "./draft.ts";
import { checkStep, faultsOf, STEPS, stepOf } from "./steps.ts";

const draft = { ...emptyPlan("stable"), name: "Agent", packages: { "wisptools-agent": "1.4.0" } };
const fields = (patch: object) => faultsOf(toBody({ ...draft, ...patch })).map((issue) => issue.field);

describe("toBody", () => {
  it("is what the contract takes, with no filter for no choice", () => {
    const body = toBody(draft);
    expect(createRollout.body.safeParse(body).success).toBe(true);
    expect(body.target).toEqual({});
    expect(body.strategy).not.toHaveProperty("window");
  });

  it("has each filter that was chosen, and the window's days in order", () => {
    const body = toBody({
      ...draft,
      tags: ["north"],
      sites: ["Hilltop"],
      epcIds: ["epc_00000000000000a1"],
      installedName: "wisptools-agent",
      installedVersions: ["1.3.0"],
      windowed: true,
      days: [6, 0],
    });
    expect(body.target).toEqual({
      tags: ["north"],
      sites: ["Hilltop"],
      epcIds: ["epc_00000000000000a1"],
      installed: { name: "wisptools-agent", versions: ["1.3.0"] },
    });
    expect(body.strategy?.window).toEqual({ days: [0, 6], start: "02:00", end: "05:00" });
    expect(createRollout.body.safeParse(body).success).toBe(true);
  });

  it.each(["careful", "fast", "once"] as const)("takes the preset %s", (name) => {
    expect(fields({ groups: presetGroups(name) })).toEqual([]);
  });
});

describe("faultsOf", () => {
  const [first = { upTo: "", success: "", soak: "", approval: false }] = presetGroups("careful");
  it.each([
    [{ packages: {} }, "packages"],
    [{ installedName: "a-package" }, "target.installed.versions"],
    [{ groups: [{ ...first, upTo: "50" }] }, "strategy.groups"],
    [{ groups: [{ ...first, upTo: "100", soak: "soon" }] }, "strategy.groups.0.soakMinutes"],
    [{ failurePercent: "" }, "strategy.failurePercent"],
    [{ windowed: true, days: [] }, "strategy.window.days"],
    [{ windowed: true, start: "" }, "strategy.window.start"],
    [{ name: " " }, "name"],
  ])("%j is at %s, and at its step", (patch, field) => {
    expect(fields(patch)).toContain(field);
    const step = STEPS[stepOf({ field, message: "" })];
    expect(step && (() => checkStep(step, toBody({ ...draft, ...patch })))).toThrow("correct the marked");
    for (const other of STEPS.filter((one) => one !== step)) checkStep(other, toBody({ ...draft, ...patch }));
  });
});

describe("suggestedName", () => {
  it.each([
    [{}, ""],
    [{ a1: "1.0" }, "a1 1.0"],
    [{ a1: "1.0", b2: "2.0", c3: "3" }, "a1 1.0 and 2 more"],
  ])("%j is %s", (packages, name) => expect(suggestedName(packages)).toBe(name));
});
