import { describe, expect, it } from "vitest";
import type { Rollout } from "../../documents/rollout.ts";
import { ACTS_IN, actOn, ROLLOUT_ACTIONS } from "./act.ts";
import { advance } from "./advance.ts";
import { RolloutState } from "./ids.ts";
import { NOW, rollout } from "./rollout.table.ts";

const by = { name: "Ada", note: "" };
const after = (before: Rollout, action: Parameters<typeof actOn>[1]): Rollout =>
  ({ ...before, ...actOn(before, action, by, NOW) }) as Rollout;

describe("actOn", () => {
  it.each(ROLLOUT_ACTIONS.flatMap((action) => RolloutState.options.map((state) => [action, state] as const)))(
    "%s in %s is done or refused, by the table",
    (action, state) => {
      const act = () => actOn(rollout({ state }), action, by, NOW);
      if (ACTS_IN[action].includes(state)) expect(act().state).toBeDefined();
      else expect(act).toThrow(`this rollout is ${state}`);
    },
  );

  it("resumes where it was paused", () => {
    for (const state of ["running", "awaiting_approval"] as const) {
      const paused = after(rollout({ state }), "pause");
      expect(paused).toMatchObject({ state: "paused", resumesTo: state, stateReason: "Paused by Ada" });
      expect(after(paused, "resume")).toMatchObject({ state, stateReason: "", resumesTo: undefined });
    }
  });

  it("forgives failures when it resumes what stopped by itself, and only then", () => {
    const failed = rollout({ state: "paused", counts: { "0": { failed: 1, pending: 1 }, "1": { pending: 18 } } });
    const resumed = after({ ...failed, stoppedAt: NOW, forgiven: { "1": 1 } }, "resume");
    expect(resumed).toMatchObject({ forgiven: { "0": 1, "1": 1 }, stoppedAt: undefined });
    expect(advance(resumed, NOW).kind).toBe("start");
    expect(advance(after(failed, "resume"), NOW).kind).toBe("stop");
  });

  it("lets the next group begin by approval", () => {
    const approved = after(rollout({ state: "awaiting_approval", groupSucceededAt: NOW }), "approve");
    expect(approved).toMatchObject({ state: "running", group: 1, groupSucceededAt: undefined });
  });

  it("ends by abort, and takes back what is over", () => {
    const aborted = after(rollout(), "abort");
    expect(aborted).toMatchObject({ state: "aborted", endedAt: NOW });
    expect(after(aborted, "rollback")).toMatchObject({ state: "rolling_back", endedAt: undefined });
  });

  it("says who and why", () => {
    expect(actOn(rollout(), "abort", { name: "Ada", note: "wrong build" }, NOW).stateReason).toBe(
      "Aborted by Ada: wrong build",
    );
  });
});
