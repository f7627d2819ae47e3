import type { Rollout } from "@wisptools/core/documents/rollout";
import { may } from "@wisptools/core/domain/roles";
import { describe, expect, it } from "vitest";
import { ACTIONS, actionsFor } from "./actions.ts";

const rollout = {
  state: "running",
  group: 0,
  groupSizes: [2, 8],
  counts: { "0": { committed: 1, failed: 1 }, "1": { pending: 8 } },
  underWay: 1,
} as unknown as Rollout;

describe("actionsFor", () => {
  it.each([
    ["running", "engineer", ["pause", "abort", "rollback"]],
    ["awaiting_approval", "engineer", ["pause", "abort", "rollback"]],
    ["awaiting_approval", "admin", ["pause", "approve", "abort", "rollback"]],
    ["paused", "engineer", ["resume", "abort", "rollback"]],
    ["completed", "engineer", ["rollback"]],
    ["rolled_back", "owner", []],
    ["running", "viewer", []],
  ] as const)("%s offers a %s %j", (state, role, offered) => {
    expect(actionsFor({ state }, (permission) => may(role, permission))).toEqual(offered);
  });
});

describe("consequences name what happens", () => {
  it.each([
    ["pause", rollout, /No further EPC begins.*1 EPC under way goes on/],
    ["abort", rollout, /8 EPCs never begin; 1 that committed keep/],
    ["approve", rollout, /Group 2 may begin: 8 EPCs/],
    ["rollback", rollout, /1 EPC that committed goes back/],
    ["resume", rollout, /^8 EPCs still wait/],
    ["resume", { ...rollout, stoppedAt: new Date() }, /^The 1 that failed or went back are accepted/],
  ] as const)("%s", (action, of, said) => {
    expect(ACTIONS[action].consequence(of as Rollout)).toMatch(said);
  });
});
