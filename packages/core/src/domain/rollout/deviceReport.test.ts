import { describe, expect, it } from "vitest";
import type { RolloutDevice } from "../../documents/rollout.ts";
import { applyDeviceReport, type DeviceReport, isDeviceEnd } from "./deviceReport.ts";
import { RolloutDeviceState } from "./ids.ts";
import { device, later, NOW } from "./rollout.table.ts";

const report = (state: DeviceReport["state"], changes: Partial<DeviceReport> = {}): DeviceReport => ({
  attempt: 1,
  state,
  message: "",
  ...changes,
});
const ended = (state: RolloutDevice["state"], changes: Partial<RolloutDevice> = {}): RolloutDevice =>
  device({ state, underWay: false, ...changes });
const restoring = (state: RolloutDevice["state"] = "committed") => device({ state, goal: "restore", attempt: 2 });

describe("applyDeviceReport moves", () => {
  it.each<[string, RolloutDevice, DeviceReport, RolloutDevice["state"], -1 | 0 | 1, 0 | 1]>([
    ["a device that begins", device(), report("downloading"), "downloading", 0, 0],
    ["over states that were not reported", device(), report("health_check"), "health_check", 0, 0],
    ["forward", device({ state: "downloaded" }), report("installing"), "installing", 0, 0],
    ["to its end", device({ state: "health_check" }), report("committed"), "committed", -1, 0],
    ["from nothing to its end", device(), report("committed"), "committed", -1, 0],
    ["one that took itself back", device({ state: "installing" }), report("rolled_back"), "rolled_back", -1, 0],
    ["one that failed", device({ state: "downloading" }), report("failed"), "failed", -1, 0],
    ["one that begins to go back", restoring(), report("downloading", { attempt: 2 }), "downloading", 0, 0],
    [
      "one that is well with what it had: it is restored",
      restoring(),
      report("committed", { attempt: 2 }),
      "rolled_back",
      -1,
      1,
    ],
    [
      "one that was not well with what it had: it has the update still",
      restoring("installing"),
      report("rolled_back", { attempt: 2 }),
      "failed",
      -1,
      0,
    ],
    [
      "one that says it went back, and has what it had",
      device({ state: "installing", goal: "restore", attempt: 2, previous: { a: "1" } }),
      report("rolled_back", { attempt: 2, installed: { a: "1" } }),
      "rolled_back",
      -1,
      1,
    ],
    [
      "one that says it went back, and has the update",
      device({ state: "installing", goal: "restore", attempt: 2, previous: { a: "1" } }),
      report("rolled_back", { attempt: 2, installed: { a: "2" } }),
      "failed",
      -1,
      0,
    ],
    ["one that could not go back", restoring("installing"), report("failed", { attempt: 2 }), "failed", -1, 0],
    [
      "a silent failure that says it committed",
      ended("failed", { silent: true }),
      report("committed"),
      "committed",
      0,
      0,
    ],
    [
      "a silent failure that says it went back",
      ended("failed", { silent: true }),
      report("rolled_back"),
      "rolled_back",
      0,
      0,
    ],
    [
      "a committed one that took itself back, as it heard no answer",
      ended("committed"),
      report("rolled_back"),
      "rolled_back",
      0,
      0,
    ],
    ["a committed one that failed in going back", ended("committed"), report("failed"), "failed", 0, 0],
    ["one whose telling had run out when it spoke", ended("pending"), report("downloading"), "downloading", 1, 0],
    ["one whose telling had run out, to its end", ended("pending"), report("committed"), "committed", 0, 0],
  ])("%s", (_, before, said, state, underWay, restored) => {
    const turn = applyDeviceReport(before, said, NOW);
    expect(turn).toMatchObject({
      kind: "moved",
      ended: isDeviceEnd(state),
      changes: { state, underWay: !isDeviceEnd(state) },
      move: { group: 0, from: before.state, to: state, underWay, restored },
    });
  });
});

describe("applyDeviceReport ignores", () => {
  it.each<[string, RolloutDevice, DeviceReport, string]>([
    ["what it has heard", device({ state: "installing" }), report("installing"), "not forward"],
    ["what lies behind", device({ state: "installing" }), report("downloading"), "not forward"],
    ["an earlier attempt", device({ attempt: 2 }), report("committed"), "another attempt"],
    ["an attempt that was never told", device(), report("committed", { attempt: 2 }), "another attempt"],
    ["a second end", ended("committed"), report("committed"), "at an end"],
    ["a start after the end", ended("committed"), report("downloading"), "at an end"],
    ["a commit after it went back", ended("rolled_back"), report("committed"), "at an end"],
    ["a commit after a failure of its own", ended("failed"), report("committed"), "at an end"],
    ["a start after a silent failure", ended("failed", { silent: true }), report("downloading"), "at an end"],
    ["a failure after a silent failure", ended("failed", { silent: true }), report("failed"), "at an end"],
    ["the end of the update while it is told to go back", restoring(), report("committed"), "another attempt"],
    ["a failure after it was restored", ended("rolled_back", { goal: "restore" }), report("failed"), "at an end"],
  ])("%s", (_, before, said, why) => {
    expect(applyDeviceReport(before, said, NOW)).toEqual({ kind: "ignored", why });
  });

  it("any report that it has taken, in every state", () => {
    for (const goal of ["update", "restore"] as const) {
      for (const state of RolloutDeviceState.exclude(["pending"]).options) {
        const before = device({ goal, state: goal === "restore" ? "committed" : "pending" });
        const turn = applyDeviceReport(before, report(state), NOW);
        if (turn.kind !== "moved") throw new Error(`${goal} ${state} was not taken`);
        const after = { ...before, ...turn.changes } as RolloutDevice;
        expect(applyDeviceReport(after, report(state), later(1)).kind).toBe("ignored");
      }
    }
  });
});

describe("applyDeviceReport", () => {
  const changesOf = (before: RolloutDevice, said: DeviceReport) => {
    const turn = applyDeviceReport(before, said, NOW);
    if (turn.kind !== "moved") throw new Error(turn.why);
    return turn.changes;
  };

  it("gives the device time until its next word, and none after its last", () => {
    expect(changesOf(device(), report("downloading")).dueAt).toEqual(later(3600));
    const last = changesOf(device(), report("committed"));
    expect(last.dueAt).toBeUndefined();
    expect("dueAt" in last).toBe(true);
  });

  it("forgets how often it was not heard of: it is heard", () => {
    for (const state of ["downloading", "committed"] as const) {
      const changes = changesOf(device({ unheard: 2 }), report(state));
      expect(changes).toHaveProperty("unheard", undefined);
    }
  });

  it("keeps what the device had before, as it said first", () => {
    const said = report("downloading", { previous: { a: "1", b: "" } });
    expect(changesOf(device(), said).previous).toEqual({ a: "1", b: "" });
    expect(changesOf(device({ previous: { a: "0.9" } }), said).previous).toEqual({ a: "0.9", b: "" });
    expect(changesOf(restoring(), { ...said, attempt: 2 }).previous).toBeUndefined();
  });

  it("remembers when each state was reached, the last forty", () => {
    const entry = { attempt: 1, state: "downloading" as const, at: NOW, message: "" };
    const { history } = changesOf(device({ history: [entry] }), report("installing", { message: "dpkg" }));
    expect(history).toEqual([entry, { attempt: 1, state: "installing", at: NOW, message: "dpkg" }]);
    expect(changesOf(device({ history: Array(60).fill(entry) }), report("installing")).history).toHaveLength(40);
  });
});
