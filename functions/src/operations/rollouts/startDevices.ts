import {
  type Epc,
  type Move,
  moved,
  type Rollout,
  type RolloutDevice,
  type Step,
  settled,
  windowEnd,
  windowIsOpen,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { canBeTold, tellDevice } from "./tellDevice.ts";

/** Devices told by one write: three documents each, and far below what one write may hold. */
export const TOLD_AT_ONCE = 25;

/**
 * Tells the next devices to go, as many as the step allows and one write holds, whose maintenance window is open; those out of reach too: the
 * command waits for them, but no longer than the window. One whose queue is full, or whom another rollout keeps busy, goes to the end of the
 * line. The write insists on the rollout as it was read, so that neither a stop nor the limit is passed by. Gives how many devices moved.
 */
export async function startDevices(
  deps: Deps,
  stored: Stored<Rollout>,
  step: Extract<Step, { kind: "start" }>,
): Promise<number> {
  const rollout = stored.data;
  const now = deps.now();
  const timeZones = openZones(rollout, now);
  if (timeZones?.length === 0) return 0;
  const devices = await waitingDevices(deps, rollout, step, timeZones);
  if (devices.length === 0) return 0;
  const epcs = await deps.store.epcs.getAll(devices.map(({ data }) => [rollout.tenantId, data.epcId]));
  const write = deps.store.write();
  const moves: Move[] = [];
  for (const [n, device] of devices.entries()) {
    const move = startDevice(deps, write, rollout, device, epcs[n]);
    if (move) moves.push(move);
  }
  const figures = moved(rollout, moves);
  await write.update(stored, { counts: figures.counts, underWay: figures.underWay, updatedAt: now }).commit();
  return moves.length;
}

async function waitingDevices(
  deps: Deps,
  rollout: Rollout,
  { groups, limit }: { groups: readonly number[]; limit: number },
  timeZones: readonly string[] | undefined,
): Promise<Stored<RolloutDevice>[]> {
  const devices: Stored<RolloutDevice>[] = [];
  for (const group of groups) {
    const room = Math.min(limit, TOLD_AT_ONCE) - devices.length;
    if (room <= 0) break;
    devices.push(...(await deps.store.rolloutDevices.waiting(rollout, group, room, timeZones)));
  }
  return devices;
}

function startDevice(
  deps: Deps,
  write: Write,
  rollout: Rollout,
  device: Stored<RolloutDevice>,
  epc: Stored<Epc> | undefined,
): Move | undefined {
  const now = deps.now();
  if (!epc || epc.data.state === "retired") {
    const turn = settled(device.data, "failed", "The EPC is retired", now);
    write.update(device, turn.changes);
    return turn.move;
  }
  if (!canBeTold(epc.data, rollout)) {
    write.update(device, { updatedAt: now, message: "Waits until its earlier commands are done" });
    return undefined;
  }
  const notAfter = closing(rollout, device.data.timeZone, now);
  return tellDevice(deps, write, rollout, device, epc, { goal: "update", packages: rollout.packages, notAfter }).move;
}

/** The clocks by which the window is open; undefined when there is no window. */
function openZones({ strategy, timeZones = [] }: Rollout, now: Date): string[] | undefined {
  const { window } = strategy;
  return window && timeZones.filter((zone) => windowIsOpen(window, zone, now.getTime()));
}

function closing({ strategy }: Rollout, timeZone: string, now: Date): Date | undefined {
  const end = strategy.window && windowEnd(strategy.window, timeZone, now.getTime());
  return end === undefined ? undefined : new Date(end);
}
