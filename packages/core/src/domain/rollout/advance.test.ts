import { describe, expect, it } from "vitest";
import type { Rollout } from "../../documents/rollout.ts";
import { advance, afterStep, isHeldUp, type Step, unheardSince, waitsForRoom } from "./advance.ts";
import { RolloutState } from "./ids.ts";
import { later, NOW, rollout, strategy } from "./rollout.table.ts";

const counts = (first: Rollout["counts"][string], second: Rollout["counts"][string] = { pending: 18 }) => ({
  "0": first,
  "1": second,
});
const both = { committed: 2 };
const start = (groups: number[], limit: number): Step => ({ kind: "start", groups, limit });
const wait: Step = { kind: "wait" };

describe("advance, running", () => {
  it.each<[string, Partial<Rollout>, Step | Partial<Step>]>([
    ["begins with the first group alone", {}, start([0], 4)],
    ["begins no more than its limit leaves", { underWay: 3 }, start([0], 1)],
    ["waits at its limit", { underWay: 4 }, wait],
    ["waits above its limit", { underWay: 5 }, wait],
    ["waits while nobody is left to begin", { counts: counts({ installing: 2 }), underWay: 2 }, wait],
    ["lets a group succeed", { counts: counts(both) }, { kind: "groupSucceeded" }],
    [
      "does not let it succeed with a device missing",
      { counts: counts({ committed: 1, installing: 1 }), underWay: 1 },
      wait,
    ],
    ["soaks", { counts: counts(both), groupSucceededAt: later(-3599) }, wait],
    ["asks after the soak", { counts: counts(both), groupSucceededAt: later(-3600) }, { kind: "awaitApproval" }],
    [
      "goes on when nobody need be asked",
      {
        counts: counts(both),
        groupSucceededAt: later(-3600),
        strategy: strategy({ groups: strategy().groups.map((group) => ({ ...group, approval: false })) }),
      },
      { kind: "nextGroup" },
    ],
    [
      "begins what is left of earlier groups too",
      { group: 1, counts: counts({ committed: 1, pending: 1 }) },
      start([0, 1], 4),
    ],
    ["begins the last group", { group: 1, counts: counts(both) }, start([1], 4)],
    [
      "passes an empty group by, without soak or question",
      { groupSizes: [0, 18], devices: 18, counts: { "1": { pending: 18 } } },
      { kind: "nextGroup" },
    ],
    [
      "ends when all have ended",
      { group: 1, counts: counts(both, { committed: 17, failed: 1 }) },
      { kind: "end", into: "completed", reason: "19 of 20 devices committed" },
    ],
    [
      "ends though later groups have no device",
      { groupSizes: [1, 0], devices: 1, counts: { "0": { committed: 1 } } },
      { kind: "end", into: "completed", reason: "1 of 1 device committed" },
    ],
    [
      "does not end while one is under way",
      { group: 1, counts: counts(both, { committed: 17, health_check: 1 }), underWay: 1 },
      wait,
    ],
    ["stops at the share of a group", { counts: counts({ failed: 1, pending: 1 }) }, { kind: "stop", into: "paused" }],
    ["stops before it succeeds", { counts: counts({ committed: 1, rolled_back: 1 }) }, { kind: "stop" }],
    [
      "stops at the share of an earlier group",
      { group: 1, counts: counts({ committed: 1, rolled_back: 1 }) },
      { kind: "stop" },
    ],
    ["does not stop below it", { group: 1, counts: counts(both, { failed: 3, pending: 15 }) }, start([1], 4)],
    [
      "stops at it",
      { group: 1, counts: counts(both, { failed: 2, rolled_back: 2, pending: 14 }) },
      { kind: "stop", reason: "4 of 18 devices of group 2 failed or went back; 20 % stop it" },
    ],
    [
      "stops at the count in all",
      {
        group: 1,
        strategy: strategy({ failurePercent: 100, failureCount: 3 }),
        counts: counts({ committed: 1, failed: 1 }, { failed: 2, pending: 16 }),
      },
      { kind: "stop", reason: "3 devices failed or went back; 3 stop it" },
    ],
    [
      "takes back instead of pausing",
      { strategy: strategy({ onFailure: "rollback" }), counts: counts({ failed: 1, committed: 1 }) },
      { kind: "stop", into: "rolling_back" },
    ],
    [
      "counts no failure that was forgiven",
      { counts: counts({ failed: 1, pending: 1 }), forgiven: { "0": 1 } },
      start([0], 4),
    ],
    ["counts those after", { counts: counts({ failed: 2 }), forgiven: { "0": 1 } }, { kind: "stop" }],
    [
      "lets a group succeed without the forgiven",
      { counts: counts({ failed: 1, committed: 1 }), forgiven: { "0": 1 } },
      { kind: "groupSucceeded" },
    ],
    [
      "lets a group of forgiven ones alone succeed",
      { counts: counts({ failed: 2 }), forgiven: { "0": 2 } },
      { kind: "groupSucceeded" },
    ],
    [
      "pauses when a group has ended short of its success",
      { strategy: strategy({ failurePercent: 60 }), counts: counts({ failed: 1, committed: 1 }) },
      { kind: "stop", into: "paused", reason: "Group 1 ended with 1 of 2 devices committed; 100 % are needed" },
    ],
    [
      "pauses even if failures would be taken back",
      {
        strategy: strategy({ failurePercent: 60, onFailure: "rollback" }),
        counts: counts({ failed: 1, committed: 1 }),
      },
      { kind: "stop", into: "paused" },
    ],
    [
      "begins the rest of a group while it soaks",
      {
        strategy: strategy({
          groups: [
            { upToPercent: 10, successPercent: 50, soakMinutes: 60, approval: false },
            strategy().groups[1] as never,
          ],
        }),
        counts: counts({ committed: 1, pending: 1 }),
        groupSucceededAt: NOW,
      },
      start([0], 4),
    ],
  ])("%s", (_, changes, expected) => {
    expect(advance(rollout(changes), NOW)).toMatchObject(expected);
  });
});

describe("advance", () => {
  it.each(RolloutState.options)("%s: says something that fits the state", (state) => {
    const quiet = ["preparing", "paused", "completed", "aborted"].includes(state);
    const step = advance(rollout({ state, counts: counts({ failed: 1, committed: 1 }) }), NOW);
    expect(step.kind === "wait").toBe(quiet);
  });

  it.each<[string, Partial<Rollout>, Partial<Step>]>([
    ["begins what is left of the group", { counts: counts({ committed: 1, pending: 1 }) }, start([0], 4)],
    ["does not begin the next", { counts: counts(both) }, wait],
    ["stops", { counts: counts({ committed: 1, rolled_back: 1 }) }, { kind: "stop" }],
  ])("awaiting approval %s", (_, changes, expected) => {
    expect(advance(rollout({ state: "awaiting_approval", ...changes }), NOW)).toMatchObject(expected);
  });

  it.each<[string, Partial<Rollout>, Partial<Step>]>([
    ["tells committed ones", { counts: counts(both) }, { kind: "restore", limit: 4 }],
    ["tells no more than its limit leaves", { counts: counts(both), underWay: 2 }, { kind: "restore", limit: 2 }],
    ["waits at its limit", { counts: counts(both), underWay: 4 }, wait],
    [
      "waits for those under way, which may yet commit",
      { counts: counts({ installing: 1, rolled_back: 1 }), underWay: 1 },
      wait,
    ],
    [
      "ends when none has it any more",
      { counts: counts({ rolled_back: 1, failed: 1 }), restored: 1 },
      { kind: "end", into: "rolled_back", reason: "1 device went back to what they had; 1 failed" },
    ],
    ["does not mind failures", { counts: counts(both, { failed: 18 }) }, { kind: "restore" }],
  ])("rolling back %s", (_, changes, expected) => {
    expect(advance(rollout({ state: "rolling_back", ...changes }), NOW)).toMatchObject(expected);
  });
});

describe("advance, rolling back among boxes out of reach", () => {
  const full = rollout({ state: "rolling_back", counts: counts(both), underWay: 4 });

  it("does not count those that are unheard", () => {
    expect(advance(full, NOW, 1)).toEqual({ kind: "restore", limit: 1 });
    expect(advance(full, NOW, 4)).toEqual({ kind: "restore", limit: 4 });
    expect(advance({ ...full, underWay: 9 }, NOW, 4)).toEqual(wait);
    expect(advance({ ...full, counts: counts({ rolled_back: 2 }) }, NOW, 4)).toEqual(wait); // they are not at their end
  });

  it("counts them when an update begins", () => {
    expect(advance(rollout({ underWay: 4 }), NOW, 4)).toEqual(wait);
  });

  it.each<[string, Partial<Rollout>, boolean]>([
    ["full", {}, true],
    ["room", { underWay: 3 }, false],
    ["nobody to take back", { counts: counts({ failed: 2 }) }, false],
    ["running", { state: "running" }, false],
  ])("asks who is unheard only when it matters: %s", (_, changes, expected) => {
    expect(waitsForRoom({ ...full, ...changes })).toBe(expected);
  });

  it("gives a device time to be healthy before it counts as unheard", () => {
    expect(unheardSince({ strategy: strategy({ healthSeconds: 300 }) }, NOW)).toEqual(later(-900));
  });
});

describe("isHeldUp", () => {
  const full: Partial<Rollout> = { underWay: 4, updatedAt: later(-300) };
  it.each<[string, Partial<Rollout>, boolean]>([
    ["all places are taken, and nothing was told for a while", {}, true],
    ["asking, as devices of its groups may still wait", { state: "awaiting_approval" }, true],
    ["something was told just now", { updatedAt: later(-299) }, false],
    ["it has room", { underWay: 3 }, false],
    ["those who wait are of a later group", { counts: counts({ installing: 2 }) }, false],
    ["paused", { state: "paused" }, false],
    ["taken back", { state: "rolling_back" }, false],
  ])("%s", (_, changes, expected) => {
    expect(isHeldUp(rollout({ ...full, ...changes }), NOW)).toBe(expected);
  });
});

describe("advance, rolled back", () => {
  const over = (first: Rollout["counts"][string], underWay = 0) =>
    rollout({ state: "rolled_back", counts: counts(first, { rolled_back: 18 }), underWay, endedAt: NOW });

  it("stays so while no device has the update", () => {
    expect(advance(over({ rolled_back: 1, failed: 1 }), NOW)).toEqual(wait);
    expect(advance(over({ rolled_back: 1, installing: 1 }, 1), NOW)).toEqual(wait); // it was silent, and goes on
  });

  it("goes on when a device says late that it committed", () => {
    const before = over({ rolled_back: 1, committed: 1 });
    const step = advance(before, NOW);
    const reason = "1 device committed after the rest had gone back";
    expect(step).toEqual({ kind: "takeBackAgain", into: "rolling_back", reason });
    const after = { ...before, ...afterStep(before, step, NOW) } as Rollout;
    expect(after).toMatchObject({ state: "rolling_back", stateReason: reason, endedAt: undefined });
    expect(advance(after, NOW)).toEqual({ kind: "restore", limit: 4 });
  });
});

describe("afterStep", () => {
  it.each<[Step, Partial<Rollout> | undefined]>([
    [{ kind: "wait" }, undefined],
    [start([0], 1), undefined],
    [{ kind: "restore", limit: 1 }, undefined],
    [
      { kind: "stop", into: "paused", reason: "why" },
      { state: "paused", stateReason: "why", resumesTo: "running", stoppedAt: NOW },
    ],
    [{ kind: "groupSucceeded" }, { groupSucceededAt: NOW }],
    [
      { kind: "awaitApproval", reason: "why" },
      { state: "awaiting_approval", stateReason: "why" },
    ],
    [{ kind: "nextGroup" }, { state: "running", group: 1 }],
    [
      { kind: "end", into: "completed", reason: "all" },
      { state: "completed", stateReason: "all", endedAt: NOW },
    ],
  ])("%o", (step, expected) => {
    const changes = afterStep(rollout({ groupSucceededAt: NOW }), step, NOW);
    if (expected) expect(changes).toMatchObject(expected);
    else expect(changes).toBeUndefined();
  });

  it("a stop that takes back leaves nothing to resume", () => {
    const changes = afterStep(rollout(), { kind: "stop", into: "rolling_back", reason: "" }, NOW);
    expect(changes).toMatchObject({ state: "rolling_back", resumesTo: undefined, stoppedAt: NOW });
  });
});
