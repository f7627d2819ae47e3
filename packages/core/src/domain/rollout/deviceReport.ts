import type { RolloutDevice } from "../../documents/rollout.ts";
import { remembered, type Turn } from "./deviceTurn.ts";
import { RolloutDeviceState } from "./ids.ts";

/** A device's word on where it stands. */
export interface DeviceReport {
  attempt: number;
  state: Exclude<RolloutDeviceState, "pending">;
  message: string;
  /** The versions it had before this attempt; "" for a package it did not have. */
  previous?: Readonly<Record<string, string>> | undefined;
  /** Those it has now. */
  installed?: Readonly<Record<string, string>> | undefined;
}

export type ReportedTurn =
  | ({ kind: "moved"; ended: boolean } & Turn)
  | { kind: "ignored"; why: "another attempt" | "not forward" | "at an end" };

/** The order in which a device goes through its states; the ends are equal. */
const RANK: Record<RolloutDeviceState, number> = {
  pending: 0,
  downloading: 1,
  downloaded: 2,
  installing: 3,
  health_check: 4,
  committed: 5,
  rolled_back: 5,
  failed: 5,
};

/** Whether a device's part is over with this state. */
export function isDeviceEnd(state: RolloutDeviceState): boolean {
  return RANK[state] === RANK.committed;
}

/**
 * What a device's report changes. Reports may come twice, late and out of order:
 * - One of another attempt than the current one is ignored, as is one that does not lead forward.
 * - In an attempt to restore, `committed` means that it is well with the versions it had: it is rolled_back. `rolled_back` there means that
 *   it was not, and is again where the rollout had brought it: that has failed, unless what it has installed says otherwise. It begins at
 *   `committed`, so its first `downloading` leads forward.
 * - An end stays, but for two ends that were not the device's last word: a device that failed by silence may say how it ended, and one that
 *   committed may still go back by itself, when it did not hear that its report had arrived.
 * - A device whose telling had run out before it spoke is under way from its first report on.
 */
export function applyDeviceReport(device: RolloutDevice, report: DeviceReport, now: Date): ReportedTurn {
  if (report.attempt !== device.attempt) return { kind: "ignored", why: "another attempt" };
  const restoring = device.goal === "restore";
  const state = restoring ? restoredState(device, report) : report.state;
  const refused = refusal(device, state);
  if (refused) return { kind: "ignored", why: refused };
  const ended = isDeviceEnd(state);
  const dueAt = ended ? undefined : new Date(now.getTime() + (device.silenceSeconds ?? 0) * 1000);
  return {
    kind: "moved",
    ended,
    changes: {
      state,
      message: report.message,
      underWay: !ended,
      dueAt,
      silent: undefined,
      unheard: undefined,
      // The first word holds: an attempt that is told again would name what the first one installed.
      ...(restoring ? {} : { previous: { ...report.previous, ...device.previous } }),
      history: remembered(device, state, report.message, now),
      updatedAt: now,
    },
    move: {
      group: device.group,
      from: device.state,
      to: state,
      underWay: (Number(!ended) - Number(device.underWay)) as -1 | 0 | 1,
      restored: restoring && state === "rolled_back" ? 1 : 0,
    },
  };
}

function restoredState(device: RolloutDevice, { state, installed }: DeviceReport): DeviceReport["state"] {
  if (state !== "rolled_back" && state !== "committed") return state;
  const has = Object.entries(installed ?? {});
  const isBack = has.length > 0 && has.every(([name, version]) => device.previous[name] === version);
  return state === "committed" || isBack ? "rolled_back" : "failed";
}

function refusal(device: RolloutDevice, state: RolloutDeviceState): "not forward" | "at an end" | undefined {
  if (isDeviceEnd(device.state) && !device.underWay) {
    const late = device.silent === true && state !== "failed" && isDeviceEnd(state);
    const fellBack = device.state === "committed" && device.goal === "update" && state !== "committed";
    return late || (fellBack && isDeviceEnd(state)) ? undefined : "at an end";
  }
  const rank = device.goal === "restore" && device.state === "committed" ? 0 : RANK[device.state];
  return RANK[state] > rank ? undefined : "not forward";
}

/** The states a device may report. */
export const ReportedState = RolloutDeviceState.exclude(["pending"]);
