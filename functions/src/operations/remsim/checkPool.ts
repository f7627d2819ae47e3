import { AppError, type KiPool, RSPRO_MAX, type SimBank } from "@wisptools/core";

/** Most pools that the settings have room for. */
const POOLS = 50;

/** Refuses a pool that cannot be on its bank beside the others. */
export function checkPool(pool: KiPool, before: KiPool | undefined, bank: SimBank, pools: readonly KiPool[]): void {
  const refused = (code: "invalid-argument" | "failed-precondition" | "already-exists", field: string, words: string) =>
    new AppError(code, `${field}: ${words}`, { field });
  if (before && before.bankId !== pool.bankId) {
    throw refused("invalid-argument", "bankId", `a pool stays on its bank (${before.bankId}); make another`);
  }
  if (pool.lastSlot < pool.firstSlot) throw refused("invalid-argument", "lastSlot", "is before firstSlot");
  if (pool.lastSlot > bank.slots) {
    throw refused("invalid-argument", "lastSlot", `bank ${bank.bankId} has ${bank.slots} slots`);
  }
  if (bank.slots >= RSPRO_MAX) {
    const words = `bank ${bank.bankId} has ${RSPRO_MAX} slots, so no RSPRO number is left for a profile`;
    throw refused("failed-precondition", "bankId", words);
  }
  const others = pools.filter(({ id }) => id !== pool.id);
  if (!before && others.length >= POOLS) throw refused("failed-precondition", "name", `there are ${POOLS} pools`);
  const overlapping = others.find(
    (other) => other.bankId === pool.bankId && other.firstSlot <= pool.lastSlot && pool.firstSlot <= other.lastSlot,
  );
  if (overlapping) {
    const { name, firstSlot, lastSlot } = overlapping;
    throw refused("already-exists", "firstSlot", `pool ${name} has slots ${firstSlot} to ${lastSlot}`);
  }
}
