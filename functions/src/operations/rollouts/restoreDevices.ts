import {
  type Epc,
  type ExactPackage,
  type Move,
  moved,
  type Rollout,
  type RolloutDevice,
  type Step,
  settled,
  type TenantId,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { exactly } from "./exactPackages.ts";
import { canBeTold, tellDevice } from "./tellDevice.ts";
import { passOver, whoIsNext } from "./whoIsNext.ts";

type Pool = Map<string, ExactPackage | undefined>;

/**
 * Tells committed devices to go back to what they had, at once, whatever the maintenance window says; those out of reach last. One that cannot go
 * back is failed and says why; one that had these versions before is rolled_back as it is. Gives how many devices moved.
 */
export async function restoreDevices(
  deps: Deps,
  stored: Stored<Rollout>,
  step: Extract<Step, { kind: "restore" }>,
): Promise<number> {
  const rollout = stored.data;
  const front = (limit: number) => deps.store.rolloutDevices.committed(rollout, limit);
  const { told, passedOver } = await whoIsNext(deps, rollout, step.limit, front);
  if (told.length + passedOver.length === 0) return 0;
  const devices = told.map(({ device }) => device);
  const pool = await formerPackages(deps, rollout, devices);
  const write = deps.store.write();
  passOver(deps, write, passedOver);
  const moves: Move[] = [];
  for (const { device, epc } of told) {
    const move = restoreDevice(deps, write, rollout, device, epc, pool);
    if (move) moves.push(move);
  }
  const { counts, underWay, restored } = moved(rollout, moves);
  await write.update(stored, { counts, underWay, restored, updatedAt: deps.now() }).commit();
  return moves.length + passedOver.length;
}

function restoreDevice(
  deps: Deps,
  write: Write,
  rollout: Rollout,
  device: Stored<RolloutDevice>,
  epc: Stored<Epc> | undefined,
  pool: Pool,
): Move | undefined {
  const former = formerOf(rollout, device.data, epc?.data, pool);
  if (former.kind === "decided" || !epc) {
    const { state, message } = former.kind === "decided" ? former : { state: "failed" as const, message: RETIRED };
    const turn = settled(device.data, state, message, deps.now());
    write.update(device, turn.changes);
    return turn.move;
  }
  if (!canBeTold(epc.data, rollout)) {
    write.update(device, { updatedAt: deps.now(), message: "Waits until its earlier commands are done" });
    return undefined;
  }
  return tellDevice(deps, write, rollout, device, epc, { goal: "restore", packages: former.packages }).move;
}

const RETIRED = "The EPC is retired";

type Former =
  | { kind: "packages"; packages: ExactPackage[] }
  | { kind: "decided"; state: "rolled_back" | "failed"; message: string };

function formerOf(rollout: Rollout, device: RolloutDevice, epc: Epc | undefined, pool: Pool): Former {
  const failed = (message: string): Former => ({ kind: "decided", state: "failed", message });
  if (!epc || epc.state === "retired") return failed(RETIRED);
  const packages: ExactPackage[] = [];
  for (const { name, version } of rollout.packages) {
    const before = device.previous[name];
    const now = epc.packages?.[name];
    if (now !== undefined && now !== version && now !== before)
      return failed(`Left alone: ${name} has since become ${now}`);
    if (before === undefined) return failed(`Cannot go back: it did not say which ${name} it had`);
    if (before === "") return failed(`Cannot go back: it had no ${name} before`);
    if (before === version) continue;
    const exact = pool.get(`${name}=${before}`);
    if (!exact) return failed(`Cannot go back: the repository has no ${name} ${before}`);
    packages.push(exact);
  }
  if (packages.length > 0) return { kind: "packages", packages: [...packages, ...alongside(rollout, device, pool)] };
  return { kind: "decided", state: "rolled_back", message: "It had these versions before" };
}

/** What apt changed along with the rollout's packages, as far as the pool has what it was: an older version may need older neighbours. */
function alongside(rollout: Rollout, device: RolloutDevice, pool: Pool): ExactPackage[] {
  return Object.entries(device.previous).flatMap(([name, before]) => {
    const isOwn = rollout.packages.some((one) => one.name === name);
    return isOwn ? [] : (pool.get(`${name}=${before}`) ?? []);
  });
}

/** The versions these devices had, with their hashes from the pool. */
async function formerPackages(
  deps: Deps,
  { tenantId }: Rollout,
  devices: readonly Stored<RolloutDevice>[],
): Promise<Pool> {
  const pool: Pool = new Map();
  for (const { data } of devices) {
    for (const [name, version] of Object.entries(data.previous)) {
      const key = `${name}=${version}`;
      if (version && !pool.has(key)) pool.set(key, await inPool(deps, tenantId, name, version));
    }
  }
  return pool;
}

async function inPool(
  deps: Deps,
  tenantId: TenantId,
  name: string,
  version: string,
): Promise<ExactPackage | undefined> {
  const found = await deps.store.packages.versions(tenantId, name, version);
  const kept = found.map((stored) => stored.data).filter((one) => !one.deleting);
  return exactly(kept, { name, version });
}
