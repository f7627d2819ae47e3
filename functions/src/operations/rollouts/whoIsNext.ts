import {
  type Epc,
  type InLine,
  isReachable,
  nextInLine,
  passedOver,
  type Rollout,
  type RolloutDevice,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

/** Devices told by one write: three documents each, and far below what one write may hold. */
export const TOLD_AT_ONCE = 25;

export interface Candidate extends InLine {
  device: Stored<RolloutDevice>;
  epc: Stored<Epc> | undefined;
}

/**
 * Whom of a rollout's line to tell next, at most `room`, and who is passed over, being out of reach. `front` gives the line's first devices. It
 * is looked at further than there is room only when some of those at its front cannot be reached.
 */
export async function whoIsNext(
  deps: Deps,
  rollout: Rollout,
  room: number,
  front: (limit: number) => Promise<Stored<RolloutDevice>[]>,
): Promise<{ told: Candidate[]; passedOver: Candidate[] }> {
  const limit = Math.min(room, TOLD_AT_ONCE);
  const first = nextInLine(await candidates(deps, rollout, await front(limit)), limit);
  if (first.passedOver.length === 0 || limit === TOLD_AT_ONCE) return first;
  return nextInLine(await candidates(deps, rollout, await front(TOLD_AT_ONCE)), limit);
}

/** Adds to a write that these let others go first. */
export function passOver(deps: Deps, write: Write, candidates: readonly Candidate[]): void {
  for (const { device } of candidates) write.update(device, passedOver(deps.now()));
}

export async function candidates(
  deps: Deps,
  { tenantId }: Rollout,
  devices: readonly Stored<RolloutDevice>[],
): Promise<Candidate[]> {
  const epcs = await deps.store.epcs.getAll(devices.map(({ data }) => [tenantId, data.epcId]));
  const now = deps.now();
  return devices.map((device, n) => {
    const epc = epcs[n];
    return {
      device,
      epc,
      passedOver: device.data.passedOver === true,
      isReachable: !epc || isReachable(epc.data, now),
    };
  });
}
