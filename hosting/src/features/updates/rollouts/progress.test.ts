import { describe, expect, it } from "vitest";
import { endedPercent, overall, phaseOf, soakEnds, tallyOf, tallyWords } from "./progress.ts";

describe("tallyOf", () => {
  it("puts each state in its part", () => {
    const counts = {
      pending: 1,
      downloading: 2,
      downloaded: 3,
      installing: 4,
      health_check: 5,
      committed: 6,
      rolled_back: 7,
      failed: 8,
    };
    expect(tallyOf(counts, 36)).toEqual({
      total: 36,
      pending: 1,
      underWay: 14,
      committed: 6,
      rolledBack: 7,
      failed: 8,
    });
  });

  it("takes what is not counted yet for pending", () => {
    expect(tallyOf({ committed: 2 }, 5)).toMatchObject({ committed: 2, pending: 3 });
    expect(tallyOf(undefined, 5).pending).toBe(5);
  });

  it("shows no negative figures between two increments", () => {
    expect(tallyOf({ pending: -1, committed: 2 }, 2)).toMatchObject({ pending: 0, committed: 2 });
  });
});

describe("the whole of a rollout", () => {
  const rollout = { groupSizes: [2, 3], counts: { "0": { committed: 1, failed: 1 }, "1": { installing: 1 } } };

  it("is the sum of its groups", () => {
    expect(overall(rollout)).toEqual({ total: 5, committed: 1, underWay: 1, rolledBack: 0, failed: 1, pending: 2 });
    expect(endedPercent(overall(rollout))).toBe(40);
    expect(tallyWords(overall(rollout))).toBe("1 of 5 committed, 1 under way, 1 failed");
  });

  it("of nobody has not ended", () => expect(endedPercent(tallyOf({}, 0))).toBe(0));
});

describe("phaseOf", () => {
  const at = new Date("2026-11-21T10:00:00Z");
  it.each([
    [{ state: "running", group: 1 }, ["ended", "open", "waiting"]],
    [{ state: "running", group: 0, groupSucceededAt: at }, ["soaking", "waiting", "waiting"]],
    [{ state: "completed", group: 2 }, ["ended", "ended", "ended"]],
    [{ state: "paused", group: 0 }, ["open", "waiting", "waiting"]],
  ] as const)("%j", (rollout, phases) => {
    expect([0, 1, 2].map((i) => phaseOf(rollout, i))).toEqual(phases);
  });

  it("tells when a wait ends", () => {
    const group = { upToPercent: 100, successPercent: 100, soakMinutes: 30, approval: false };
    const strategy = { groups: [group] } as Parameters<typeof soakEnds>[0]["strategy"];
    const rollout = { state: "running", group: 0, strategy } as const;
    expect(soakEnds({ ...rollout, groupSucceededAt: at })).toEqual(new Date("2026-11-21T10:30:00Z"));
    expect(soakEnds(rollout)).toBeUndefined();
  });
});
