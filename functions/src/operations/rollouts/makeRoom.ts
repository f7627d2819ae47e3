import { begunGroups, type EpcId, isUnheard, paths, type Rollout } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { frontOfLine, openZones } from "./startDevices.ts";
import { canBeTold } from "./tellDevice.ts";
import { candidates, passOver, TOLD_AT_ONCE } from "./whoIsNext.ts";
import { withdraw } from "./withdrawCommands.ts";

/** Of the devices that fill a rollout's places, as many as one look takes. */
const PLACES = 100;
const MESSAGE = "Its command was taken back, as it is out of reach and others wait that can be reached";

/**
 * Gives places of a rollout that is held up to devices that can be reached: as many commands are taken back from those out of reach, which
 * have not fetched them, so that the limit holds whoever comes back. Of a long line some are looked at, and go to its end, so that the next
 * look sees others.
 */
export async function makeRoom(deps: Deps, rollout: Rollout): Promise<void> {
  const zones = openZones(rollout, deps.now());
  if (zones?.length === 0) return;
  const front = await frontOfLine(deps, rollout, begunGroups(rollout), TOLD_AT_ONCE, zones);
  const line = await candidates(deps, rollout, front);
  const ready = line.filter(({ epc, isReachable }) => isReachable && epc && canBeTold(epc.data, rollout)).length;
  if (ready > 0)
    for (const epcId of await outOfReach(deps, rollout, ready)) await withdraw(deps, rollout, epcId, MESSAGE);
  const write = deps.store.write();
  if (ready > 0 || line.length >= TOLD_AT_ONCE)
    passOver(
      deps,
      write,
      line.filter((one) => !one.isReachable),
    );
  await write.patch(paths.rollout(rollout.tenantId, rollout.id), { updatedAt: deps.now() }).commit();
}

async function outOfReach(deps: Deps, rollout: Rollout, limit: number): Promise<EpcId[]> {
  const told = await deps.store.rolloutDevices.unheard(rollout, PLACES);
  const unheard = told.filter(({ data }) => data.goal === "update" && isUnheard(data));
  const places = await candidates(deps, rollout, unheard);
  return places.flatMap(({ device, isReachable }) => (isReachable ? [] : [device.data.epcId])).slice(0, limit);
}
