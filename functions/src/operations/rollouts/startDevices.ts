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
import { passOver, whoIsNext } from "./whoIsNext.ts";

/**
 * Tells the next devices to go, as many as the step allows and one write holds, whose maintenance window is open; those out of reach last: the
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
  const front = (limit: number) => frontOfLine(deps, rollout, step.groups, limit, timeZones);
  const { told, passedOver } = await whoIsNext(deps, rollout, step.limit, front);
  if (told.length + passedOver.length === 0) return 0;
  const write = deps.store.write();
  passOver(deps, write, passedOver);
  const moves: Move[] = [];
  const closing = closings(rollout, now);
  for (const { device, epc } of told) {
    const move = startDevice(deps, write, rollout, device, epc, closing);
    if (move) moves.push(move);
  }
  const figures = moved(rollout, moves);
  await write.update(stored, { counts: figures.counts, underWay: figures.underWay, updatedAt: now }).commit();
  return moves.length + passedOver.length;
}

/** At most `limit` waiting devices that nobody was let before yet, of the earliest groups that have such, and those passed over before them. */
export async function frontOfLine(
  deps: Deps,
  rollout: Rollout,
  groups: readonly number[],
  limit: number,
  timeZones: readonly string[] | undefined,
): Promise<Stored<RolloutDevice>[]> {
  const devices: Stored<RolloutDevice>[] = [];
  let room = limit;
  for (const group of groups) {
    if (room <= 0) break;
    const waiting = await deps.store.rolloutDevices.waiting(rollout, group, room, timeZones);
    room -= waiting.filter(({ data }) => !data.passedOver).length;
    devices.push(...waiting);
  }
  return devices;
}

function startDevice(
  deps: Deps,
  write: Write,
  rollout: Rollout,
  device: Stored<RolloutDevice>,
  epc: Stored<Epc> | undefined,
  closing: (timeZone: string) => Date | undefined,
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
  const notAfter = closing(device.data.timeZone);
  return tellDevice(deps, write, rollout, device, epc, { goal: "update", packages: rollout.packages, notAfter }).move;
}

/** The clocks by which the window is open; undefined when there is no window. */
export function openZones({ strategy, timeZones = [] }: Rollout, now: Date): string[] | undefined {
  const { window } = strategy;
  return window && timeZones.filter((zone) => windowIsOpen(window, zone, now.getTime()));
}

/** When the window closes by a clock, found once for each: a fleet has few clocks, and finding it takes long. */
function closings({ strategy }: Rollout, now: Date): (timeZone: string) => Date | undefined {
  const known = new Map<string, Date | undefined>();
  return (timeZone) => {
    if (!known.has(timeZone)) {
      const end = strategy.window && windowEnd(strategy.window, timeZone, now.getTime());
      known.set(timeZone, end === undefined ? undefined : new Date(end));
    }
    return known.get(timeZone);
  };
}
