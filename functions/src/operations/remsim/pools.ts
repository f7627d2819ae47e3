import {
  AppError,
  type KiPool,
  KiPoolId,
  poolCapacity,
  type RemsimSettings,
  RSPRO_MAX,
  type SimBank,
  type SimSlot,
  settledSlotState,
  slotHolder,
} from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { randomHex } from "../secrets.ts";
import { checkPool } from "./checkPool.ts";
import { type PoolChange, type SlotChange, writePool } from "./poolWrites.ts";
import { readRemsimSettings } from "./remsimSettings.ts";

type Fields = Omit<KiPool, "id">;
/** How many profiles a pool has room for, used or not: the least of what bounds it. */
export interface PoolBounds {
  profiles: number;
  limit: number;
  /** RSPRO numbers above its bank's slots; the pools of a bank share them. */
  numbers: number;
  cards: number;
}

export interface PoolView {
  pool: KiPool;
  capacity: PoolBounds;
}

/** Makes a pool of the slots `firstSlot` to `lastSlot` of a bank; no client may hold one of them. */
export async function createKiPool(deps: Deps, caller: MemberCaller, fields: Fields): Promise<PoolView> {
  const pool: KiPool = { id: KiPoolId.parse(`kp_${randomHex(8)}`), ...fields };
  return untilUncontended((attempt) => put(deps, caller, pool, attempt === 0 ? "new" : "any"));
}

/** Changes a pool. It stays on its bank, and gives up a card only while no profile uses its key. */
export async function updateKiPool(deps: Deps, caller: MemberCaller, id: KiPoolId, fields: Fields): Promise<PoolView> {
  return untilUncontended(() => put(deps, caller, { id, ...fields }, "known"));
}

async function put(deps: Deps, caller: MemberCaller, pool: KiPool, expect: "new" | "known" | "any"): Promise<PoolView> {
  const read = await readRemsimSettings(deps, caller.tenantId);
  const before = read.data.pools.find(({ id }) => id === pool.id);
  if (expect === "known" && !before) throw new AppError("not-found", "pool not found");
  const bank = (await deps.store.simBanks.need("bank", caller.tenantId, pool.bankId)).data;
  checkPool(pool, before, bank, read.data.pools);
  const slots = await slotsOf(deps, bank, pool);
  const changes = slots.flatMap((slot) => changeOf(slot, pool));
  const change: PoolChange = { read, pool, after: pool, slots: changes, verb: before ? "changed" : "made" };
  await writePool(deps, caller, change);
  return { pool, capacity: capacityOf(pool, bank, slots) };
}

/** The slots in its range, and those that are still marked as its. */
async function slotsOf(deps: Deps, { tenantId, bankId }: SimBank, pool: KiPool): Promise<Stored<SimSlot>[]> {
  const [range, marked] = await Promise.all([
    deps.store.simSlots.range(tenantId, bankId, pool.firstSlot, pool.lastSlot),
    deps.store.simSlots.ofPool(tenantId, bankId, pool.id),
  ]);
  return [...new Map([...range, ...marked].map((slot) => [slot.path, slot])).values()];
}

function isIn(pool: KiPool, slotId: number): boolean {
  return slotId >= pool.firstSlot && slotId <= pool.lastSlot;
}

/** What must change of a slot so that it is the pool's or no longer is. */
function changeOf(stored: Stored<SimSlot>, pool: KiPool): SlotChange[] {
  const slot = stored.data;
  const inside = isIn(pool, slot.slotId);
  const joins = inside && slot.poolId !== pool.id;
  const leaves = !inside;
  const holder = slotHolder(slot);
  if ((joins || leaves) && holder) {
    const field = leaves && slot.slotId < pool.firstSlot ? "firstSlot" : "lastSlot";
    const message = `${field}: slot ${slot.slotId} cannot ${joins ? "join" : "leave"} the pool while ${holder}`;
    throw new AppError("failed-precondition", message, { field, reason: "slot_held" });
  }
  const state = settledSlotState(slot, inside ? pool.profilesPerSlot : null);
  const poolId = inside ? pool.id : null;
  return poolId === slot.poolId && state === slot.state ? [] : [{ stored, changes: { poolId, state } }];
}

function capacityOf(pool: KiPool, bank: SimBank, slots: readonly Stored<SimSlot>[]): PoolBounds {
  const works = ({ data }: Stored<SimSlot>) =>
    isIn(pool, data.slotId) && data.iccid !== "" && data.state !== "disabled" && data.state !== "faulty";
  const working = slots.filter(works).length;
  const numbers = RSPRO_MAX - bank.slots;
  return {
    profiles: poolCapacity(pool, working, numbers),
    limit: pool.maxProfiles,
    numbers,
    cards: working * pool.profilesPerSlot,
  };
}

/** Takes a pool apart; none of its cards may be in use, and no policy may name it. */
export async function deleteKiPool(deps: Deps, caller: MemberCaller, id: KiPoolId): Promise<void> {
  await untilUncontended(async () => {
    const read = await readRemsimSettings(deps, caller.tenantId);
    const pool = read.data.pools.find((one) => one.id === id);
    if (!pool) throw new AppError("not-found", "pool not found");
    checkUnnamed(read.data, pool);
    const marked = await deps.store.simSlots.ofPool(caller.tenantId, pool.bankId, id);
    const slots = marked.map((stored): SlotChange => {
      const holder = slotHolder(stored.data);
      if (holder) throw new AppError("failed-precondition", `slot ${stored.data.slotId}: ${holder}`);
      return { stored, changes: { poolId: null, state: settledSlotState(stored.data, null) } };
    });
    await writePool(deps, caller, { read, pool, after: undefined, slots, verb: "deleted" });
  });
}

function checkUnnamed({ policies }: RemsimSettings, pool: KiPool): void {
  const policy = policies.find(({ choose }) => choose.poolId === pool.id);
  if (!policy) return;
  throw new AppError("failed-precondition", `the policy ${policy.name} chooses from this pool: change that first`);
}
