import type { RolloutDevice } from "../../documents/rollout.ts";
import type { CommandId } from "../ids.ts";
import type { Move } from "./counts.ts";
import type { RolloutDeviceState } from "./ids.ts";
import type { RolloutStrategy } from "./strategy.ts";

/** Fields of a device's document to change; undefined removes one. */
export type DeviceChanges = { [K in keyof RolloutDevice]?: RolloutDevice[K] | undefined };

/** What happens to a device, and what that does to the rollout's figures. */
export interface Turn {
  changes: DeviceChanges;
  move: Move;
}

/** Time for a download over a thin link, besides the time for health and report, ms. */
const DOWNLOAD_MS = 6 * 3_600_000;
/** A command that nobody fetched has expired a little before its device counts as unheard, ms. */
const EXPIRY_MARGIN_MS = 5 * 60_000;
/** Times a device is told to go before its silence is a failure. */
export const TELLINGS = 3;
const HISTORY_KEPT = 40;

/** How long a device under way may be silent between two reports, seconds. */
export function silenceSeconds(strategy: Pick<RolloutStrategy, "healthSeconds" | "reportSeconds">): number {
  return DOWNLOAD_MS / 1000 + strategy.healthSeconds + strategy.reportSeconds;
}

/** Telling a device to go, by a command that expires at `expiresAt`. Its state moves with its own first report. */
export function told(
  device: RolloutDevice,
  telling: { goal: RolloutDevice["goal"]; commandId: CommandId; expiresAt: Date; silenceSeconds: number },
  now: Date,
): Turn {
  const { goal, commandId, expiresAt } = telling;
  return {
    changes: {
      underWay: true,
      goal,
      attempt: device.attempt + 1,
      commandId,
      dueAt: new Date(expiresAt.getTime() + EXPIRY_MARGIN_MS),
      silenceSeconds: telling.silenceSeconds,
      silent: undefined,
      passedOver: undefined,
      message: "",
      updatedAt: now,
    },
    move: moveOf(device, device.state, 1),
  };
}

/** Whether it was told to go and has not said a word of it. */
export function isUnheard(device: Pick<RolloutDevice, "underWay" | "state" | "goal">): boolean {
  return device.underWay && (device.state === "pending" || (device.state === "committed" && device.goal === "restore"));
}

/** Letting others go first, at the end of the line. */
export function passedOver(now: Date): DeviceChanges {
  return { passedOver: true, message: "Out of reach: those that can be reached go first", updatedAt: now };
}

/** Taking back a command that its device never got: it waits again, as before it was told. */
export function withdrawn(device: RolloutDevice, message: string, now: Date): Turn {
  return {
    changes: { ...waiting, message, updatedAt: now },
    move: moveOf(device, device.state, -1),
  };
}

const waiting: DeviceChanges = { underWay: false, goal: "update", dueAt: undefined, commandId: undefined };

/** An end that is decided here, not by the device's word: retired, nothing to do, or not to be restored. */
export function settled(
  device: RolloutDevice,
  state: "committed" | "rolled_back" | "failed",
  message: string,
  now: Date,
): Turn {
  const wasUnderWay = device.underWay;
  return {
    changes: {
      state,
      message,
      underWay: false,
      dueAt: undefined,
      history: remembered(device, state, message, now),
      updatedAt: now,
    },
    move: moveOf(device, state, wasUnderWay ? -1 : 0),
  };
}

/**
 * What becomes of a device whose time is over. Not heard of since it was told: it waits again for its turn, and fails once it was told
 * TELLINGS times in vain. Fallen silent after it began: failed. A device that failed by silence may still say how it ended.
 */
export function overdue(device: RolloutDevice, now: Date): Turn {
  const unheard = (device.unheard ?? 0) + 1;
  if (isUnheard(device) && unheard < TELLINGS) {
    const turn = withdrawn(device, "Not heard of after it was told; it will be told again", now);
    return { ...turn, changes: { ...turn.changes, unheard } };
  }
  const message = isUnheard(device)
    ? `Not heard of, though it was told ${TELLINGS} times`
    : `No report any more after ${device.state}`;
  const turn = settled(device, "failed", message, now);
  return { ...turn, changes: { ...turn.changes, silent: true, unheard } };
}

/** The device's history with one more entry. */
export function remembered(
  device: RolloutDevice,
  state: RolloutDeviceState,
  message: string,
  at: Date,
): RolloutDevice["history"] {
  return [...device.history, { attempt: device.attempt, state, at, message }].slice(-HISTORY_KEPT);
}

function moveOf(device: RolloutDevice, to: RolloutDeviceState, underWay: Move["underWay"]): Move {
  const restored = device.goal === "restore" && to === "rolled_back" ? 1 : 0;
  return { group: device.group, from: device.state, to, underWay, restored };
}
