import {
  type EpcId,
  type GroupCounts,
  hasAll,
  type Rollout,
  type RolloutDevice,
  type RolloutId,
  type TenantId,
} from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { type Matched, matchDevices } from "./matchDevices.ts";

/** Devices listed by one write. */
const BATCH = 200;
const PAGE = 500;

type Listed = Pick<RolloutDevice, "epcId" | "group" | "state" | "timeZone">;

/**
 * Lists a rollout's devices, then lets it run. May be begun again after a crash, and by two at once: what is listed stays, and each write
 * insists on the rollout as it was read. `known`: whom it means, when the caller has just found out.
 */
export async function prepareRollout(deps: Deps, tenantId: TenantId, id: RolloutId, known?: Matched[]): Promise<void> {
  await untilUncontended(async (attempt) => {
    const stored = await deps.store.rollouts.need("rollout", tenantId, id);
    if (stored.data.state !== "preparing") return;
    const matched = (attempt === 0 && known) || (await matchDevices(deps, tenantId, stored.data));
    const listed = await listedDevices(deps, stored.data);
    const last = await listMissing(deps, stored, matched, listed);
    if (last) await letRun(deps, last, [...listed.values()]);
  });
}

async function listedDevices(deps: Deps, rollout: Rollout): Promise<Map<EpcId, Listed>> {
  const listed = new Map<EpcId, Listed>();
  let after: string | undefined;
  do {
    const page = await deps.store.rolloutDevices.page(rollout, PAGE, after);
    for (const device of page.items) listed.set(device.epcId, device);
    after = page.next;
  } while (after);
  return listed;
}

/** Adds to `listed` what it writes; gives the rollout as it then is, or undefined when it is no longer being prepared. */
async function listMissing(
  deps: Deps,
  stored: Stored<Rollout>,
  matched: readonly Matched[],
  listed: Map<EpcId, Listed>,
): Promise<Stored<Rollout> | undefined> {
  const { tenantId, id, packages } = stored.data;
  const tenant = (await deps.store.tenants.need("tenant", tenantId)).data;
  const missing = matched.filter((epc) => !listed.has(epc.id));
  let current = stored;
  for (let from = 0; from < missing.length; from += BATCH) {
    const now = deps.now();
    const write = deps.store.write();
    for (const epc of missing.slice(from, from + BATCH)) {
      const timeZone = epc.timeZone ?? tenant.settings.timeZone ?? "UTC";
      const device = newDevice(stored.data, epc, timeZone, hasAll(epc.packages, packages), now);
      write.create(deps.store.rolloutDevices.path(tenantId, id, epc.id), device);
      listed.set(epc.id, device);
    }
    await write.update(current, { updatedAt: now }).commit();
    current = await deps.store.rollouts.need("rollout", tenantId, id);
    if (current.data.state !== "preparing") return undefined;
  }
  return current;
}

function newDevice(rollout: Rollout, epc: Matched, timeZone: string, unchanged: boolean, now: Date): RolloutDevice {
  const state = unchanged ? "committed" : "pending";
  const message = unchanged ? "Already at these versions" : "";
  return {
    schemaVersion: 1,
    epcId: epc.id,
    tenantId: rollout.tenantId,
    rolloutId: rollout.id,
    siteName: epc.siteName,
    group: epc.group,
    timeZone,
    state,
    underWay: false,
    goal: "update",
    attempt: 0,
    previous: unchanged ? Object.fromEntries(rollout.packages.map(({ name, version }) => [name, version])) : {},
    message,
    history: unchanged ? [{ attempt: 0, state, at: now, message }] : [],
    updatedAt: now,
  };
}

async function letRun(deps: Deps, stored: Stored<Rollout>, devices: readonly Listed[]): Promise<void> {
  const now = deps.now();
  const groupSizes = stored.data.strategy.groups.map(() => 0);
  const counts: Record<string, GroupCounts> = {};
  for (const { group, state } of devices) {
    groupSizes[group] = (groupSizes[group] ?? 0) + 1;
    const of = counts[group] ?? {};
    of[state] = (of[state] ?? 0) + 1;
    counts[group] = of;
  }
  const timeZones = [...new Set(devices.map((device) => device.timeZone))].sort();
  const figures = { devices: devices.length, groupSizes, counts, timeZones, updatedAt: now };
  const write = deps.store.write();
  write.update(stored, { ...figures, state: "running", startedAt: now });
  await write.commit();
}
