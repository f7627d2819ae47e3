import { describe, expect, it } from "vitest";
import type { RolloutDevice } from "../../documents/rollout.ts";
import { CommandId } from "../ids.ts";
import { isUnheard, overdue, passedOver, settled, silenceSeconds, told, withdrawn } from "./deviceTurn.ts";
import { device, later, NOW } from "./rollout.table.ts";

const commandId = CommandId.parse("cmd_00000000000000aa");
const after = (before: RolloutDevice, turn: { changes: object }): RolloutDevice => ({ ...before, ...turn.changes });
const waiting = device({ underWay: false, attempt: 0 });

describe("told", () => {
  const telling = { commandId, expiresAt: later(3600), silenceSeconds: 100 };

  it("begins an attempt that may wait for the device as long as the command", () => {
    const turn = told(waiting, { goal: "update", ...telling }, NOW);
    expect(turn.move).toEqual({ group: 0, from: "pending", to: "pending", underWay: 1, restored: 0 });
    expect(after(waiting, turn)).toMatchObject({ underWay: true, attempt: 1, commandId, silenceSeconds: 100 });
    expect(turn.changes.dueAt?.getTime()).toBeGreaterThan(telling.expiresAt.getTime());
  });

  it("leaves a committed device committed until it moves", () => {
    const turn = told(device({ state: "committed", underWay: false }), { goal: "restore", ...telling }, NOW);
    expect(turn.move).toEqual({ group: 0, from: "committed", to: "committed", underWay: 1, restored: 0 });
    expect(turn.changes).toMatchObject({ goal: "restore", attempt: 2 });
  });
});

it("a device that was passed over is as new once it is told", () => {
  const passed = { ...waiting, ...passedOver(later(60)) } as RolloutDevice;
  expect(passed).toMatchObject({ passedOver: true, state: "pending", underWay: false, updatedAt: later(60) });
  const telling = { goal: "update" as const, commandId, expiresAt: later(3600), silenceSeconds: 100 };
  expect(told(passed, telling, NOW).changes).toHaveProperty("passedOver", undefined);
});

it.each<[Partial<RolloutDevice>, boolean]>([
  [{}, true],
  [{ underWay: false }, false],
  [{ state: "downloading" }, false],
  [{ state: "committed", goal: "restore" }, true],
  [{ state: "committed", goal: "restore", underWay: false }, false],
  [{ state: "downloading", goal: "restore" }, false],
])("isUnheard %o: %s", (changes, expected) => expect(isUnheard(device(changes))).toBe(expected));

it("withdrawn waits again, in the state it had", () => {
  for (const before of [device(), device({ state: "committed", goal: "restore" })]) {
    const turn = withdrawn(before, "taken back", NOW);
    expect(turn.move).toMatchObject({ from: before.state, to: before.state, underWay: -1, restored: 0 });
    expect(after(before, turn)).toMatchObject({
      underWay: false,
      goal: "update",
      dueAt: undefined,
      commandId: undefined,
    });
  }
});

it("settled ends a device, and its turn if it had one", () => {
  expect(settled(waiting, "failed", "retired", NOW)).toMatchObject({
    changes: { state: "failed", message: "retired", underWay: false },
    move: { from: "pending", to: "failed", underWay: 0 },
  });
  expect(settled(device(), "failed", "", NOW).move.underWay).toBe(-1);
});

describe("overdue", () => {
  it("tells a device that was not heard of three times, then fails it", () => {
    let one = device();
    for (const unheard of [1, 2]) {
      one = after(one, overdue(one, NOW));
      expect(one).toMatchObject({ state: "pending", underWay: false, unheard });
      one = { ...one, underWay: true };
    }
    const turn = overdue(one, NOW);
    expect(turn.move).toMatchObject({ from: "pending", to: "failed", underWay: -1 });
    expect(turn.changes).toMatchObject({ silent: true, underWay: false, dueAt: undefined });
  });

  it("fails one that began and fell silent at once", () => {
    const turn = overdue(device({ state: "installing" }), NOW);
    expect(turn.changes).toMatchObject({ state: "failed", silent: true });
    expect(turn.changes.message).toContain("installing");
  });

  it("lets one that was told to go back keep its committed state while it waits", () => {
    const turn = overdue(device({ state: "committed", goal: "restore" }), NOW);
    expect(turn.move).toMatchObject({ from: "committed", to: "committed", underWay: -1 });
  });
});

it("silenceSeconds has room for the download besides health and report", () => {
  expect(silenceSeconds({ healthSeconds: 100, reportSeconds: 900 })).toBe(6 * 3600 + 1000);
});
