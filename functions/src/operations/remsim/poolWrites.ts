import type { KiPool, SimSlot } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { chunks } from "./chunks.ts";
import { readRemsimSettings, type SettingsRead, writeRemsimSettings } from "./remsimSettings.ts";

export interface SlotChange {
  stored: Stored<SimSlot>;
  changes: Pick<SimSlot, "poolId" | "state">;
}

export interface PoolChange {
  read: SettingsRead;
  pool: KiPool;
  /** How it shall be; undefined: gone. */
  after: KiPool | undefined;
  slots: SlotChange[];
  verb: "made" | "changed" | "deleted";
}

/**
 * Writes a pool and its marks on slots. What fits one write goes whole or not at all. A larger pool is in the settings first, switched off,
 * and takes its state with the last part; the same call again completes one that broke off.
 */
export async function writePool(deps: Deps, caller: MemberCaller, change: PoolChange): Promise<void> {
  const parts = chunks(change.slots);
  const last = parts.pop() ?? [];
  let { read } = change;
  if (parts.length > 0) {
    const off = { ...(change.after ?? change.pool), enabled: false };
    const write = deps.store.write();
    writeRemsimSettings(deps, write, read, { pools: withPool(read, change.pool, off) });
    await write.commit();
    for (const part of parts) await marks(deps, part).commit();
    read = await readRemsimSettings(deps, caller.tenantId);
  }
  const write = marks(deps, last);
  writeRemsimSettings(deps, write, read, { pools: withPool(read, change.pool, change.after) });
  const { name, bankId, firstSlot, lastSlot } = change.after ?? change.pool;
  audit(deps, write, caller.tenantId, caller, {
    action: change.verb === "deleted" ? "kiPool.delete" : "kiPool.put",
    target: change.pool.id,
    summary: `${change.verb} the pool ${name}: bank ${bankId}, slots ${firstSlot} to ${lastSlot}`,
  });
  await write.commit();
}

function marks(deps: Deps, part: readonly SlotChange[]) {
  const write = deps.store.write();
  for (const { stored, changes } of part) write.update(stored, { ...changes, updatedAt: deps.now() });
  return write;
}

function withPool({ data: { pools } }: SettingsRead, pool: KiPool, after: KiPool | undefined): KiPool[] {
  const next = after ? [after] : [];
  const known = pools.some(({ id }) => id === pool.id);
  return known ? pools.flatMap((one) => (one.id === pool.id ? next : [one])) : [...pools, ...next];
}
