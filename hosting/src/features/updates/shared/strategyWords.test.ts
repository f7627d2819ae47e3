import { DEFAULT_STRATEGY, RolloutTarget } from "@wisptools/core/domain/rollout/strategy";
import { describe, expect, it } from "vitest";
import { planWords, targetWords, windowWords } from "./strategyWords.ts";

describe("windowWords", () => {
  it.each([
    [[0, 1, 2, 3, 4, 5, 6], "02:00", "05:00", "every day, 02:00 to 05:00"],
    [[1, 2, 3, 4, 5], "02:00", "05:00", "Monday to Friday, 02:00 to 05:00"],
    [[0, 6], "22:00", "04:00", "Saturday and Sunday, 22:00 to 04:00 of the next day"],
    [[1, 3, 4, 5, 0], "01:00", "02:00", "Monday, Wednesday to Friday and Sunday, 01:00 to 02:00"],
    [[2], "00:00", "00:00", "Tuesday, 00:00 to 00:00 of the next day"],
  ])("%j %s-%s", (days, start, end, said) => expect(windowWords({ days, start, end })).toBe(said));
});

describe("targetWords", () => {
  it.each([
    [{}, "every EPC on stable"],
    [{ tags: ["north", "solar"] }, "EPCs on stable that are tagged north or solar"],
    [{ sites: ["a", "b", "c", "d", "e"] }, "EPCs on stable that stand at a, b, c or 2 more sites"],
    [
      { tags: ["north"], installed: { name: "open5gs-mme", versions: ["2.7.0", "2.7.1"] } },
      "EPCs on stable that are tagged north and have open5gs-mme 2.7.0 or 2.7.1",
    ],
    [{ epcIds: ["epc_00000000000000a1"] }, "1 chosen EPC on stable"],
  ])("%j", (target, said) => expect(targetWords(RolloutTarget.parse(target), "stable")).toBe(said));
});

describe("planWords", () => {
  const plan = { packages: [{ name: "wisptools-agent", version: "1.4.0" }], channel: "stable", target: {} };

  it("says what the usual strategy does", () => {
    expect(planWords({ ...plan, strategy: DEFAULT_STRATEGY, matched: 40, sizes: [2, 8, 30] })).toEqual([
      "wisptools-agent 1.4.0 goes to every EPC on stable (40 EPCs now).",
      "First 2 EPCs, up to 5 % of all.",
      "Then 8 EPCs, up to 25 % of all: once all of the group before committed, 1 h passed and an administrator approved.",
      "Last 30 EPCs, the rest: once 95 % of the group before committed and 1 h passed.",
      "An EPC begins at any hour; at most 50 are under way at a time.",
      "Each EPC keeps the update when its services stay well for 2 min. Otherwise, or when it cannot report within 15 min, it goes back by itself.",
      "If 10 % of a group, or 20 EPCs in all, fail or go back by themselves, it pauses: nobody else begins until a person resumes it.",
    ]);
  });

  it("says that a group is empty", () => {
    expect(planWords({ ...plan, strategy: DEFAULT_STRATEGY, sizes: [1, 0, 2] })[2]).toBe(
      "Then nobody: the group is empty, and passed over.",
    );
  });

  it("says that everybody begins at once, when, and what failure undoes", () => {
    const strategy = {
      ...DEFAULT_STRATEGY,
      groups: [{ upToPercent: 100, successPercent: 100, soakMinutes: 0, approval: false }],
      window: { days: [6], start: "01:00", end: "04:00" },
      onFailure: "rollback" as const,
    };
    const said = planWords({ ...plan, strategy }).join(" ");
    expect(said).toContain("goes to every EPC on stable. All of them may begin at once.");
    expect(said).toContain("begins only Saturday, 01:00 to 04:00, by the clock of its site");
    expect(said).toContain("those that had committed go back to what they had");
  });
});
