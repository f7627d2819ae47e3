import { AppError, type BankSlot, bankSlotId, RSPRO_MAX, type SimBank, type TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";

/** Numbers looked at before all of a bank are. */
const PROBES = 10;
/** Attempts with probes; after them every number of the bank is read. */
const PROBED_ATTEMPTS = 4;

/**
 * The RSPRO identity of a client that gets a whole card: the card's own numbers, unless a client that was moved away keeps those; then others
 * of the bank, at last of the server's other banks of this tenant. Only create() of its map makes it certain.
 */
export async function freeIdentity(
  deps: Deps,
  bank: SimBank,
  slot: BankSlot,
  banks: readonly SimBank[],
  attempt: number,
): Promise<BankSlot> {
  const { tenantId } = bank;
  if (attempt === 0 || (await deps.store.slotMaps.get(tenantId, bankSlotId(slot))) === undefined) return slot;
  const isFree = async (places: BankSlot[]) =>
    (await deps.store.slotMaps.getAll(places.map((place) => [tenantId, bankSlotId(place)]))).map((map) => !map);
  if (attempt < PROBED_ATTEMPTS) return probed(bank.bankId, 1, isFree);
  const others = banks.filter((other) => other.serverId === bank.serverId && other.bankId !== bank.bankId);
  for (const { bankId } of [bank, ...others]) {
    const number = anyOf(1, await deps.store.slotMaps.numbersOf(tenantId, bankId));
    if (number !== undefined) return { bankId, slotId: number };
  }
  throw noNumber(bank.bankId);
}

/**
 * The bank slot of a profile of a KI pool, above the bank's slots, where its bankd answers with the card's key; a new client has it as its
 * RSPRO identity too. Only create() of its claim and its map makes it certain.
 */
export async function freeProfileNumber(deps: Deps, bank: SimBank, attempt: number): Promise<BankSlot> {
  const { tenantId, bankId, slots } = bank;
  const first = slots + 1;
  if (first > RSPRO_MAX) throw noNumber(bankId);
  if (attempt === 0) return { bankId, slotId: randomFrom(first) };
  if (attempt < PROBED_ATTEMPTS) {
    return probed(bankId, first, async (places) => {
      const keys = places.map((place): [TenantId, string] => [tenantId, bankSlotId(place)]);
      const [maps, claims] = await Promise.all([deps.store.slotMaps.getAll(keys), deps.store.slotClaims.getAll(keys)]);
      return keys.map((_, n) => !maps[n] && !claims[n]);
    });
  }
  const [maps, claims] = await Promise.all([
    deps.store.slotMaps.numbersOf(tenantId, bankId),
    deps.store.slotClaims.numbersOf(tenantId, bankId),
  ]);
  const slotId = anyOf(first, new Set([...maps, ...claims]));
  if (slotId === undefined) throw noNumber(bankId);
  return { bankId, slotId };
}

/** One of some random numbers that is free; any of them when none is: then the next attempt looks at others. */
async function probed(
  bankId: number,
  first: number,
  isFree: (places: BankSlot[]) => Promise<boolean[]>,
): Promise<BankSlot> {
  const numbers = new Set(Array.from({ length: PROBES }, () => randomFrom(first)));
  const places = [...numbers].map((slotId) => ({ bankId, slotId }));
  const free = await isFree(places);
  return places.find((_, n) => free[n]) ?? (places[0] as BankSlot);
}

function randomFrom(first: number): number {
  return first + Math.floor(Math.random() * (RSPRO_MAX + 1 - first));
}

/** Any number of `first` to the last that is not taken. */
function anyOf(first: number, taken: ReadonlySet<number>): number | undefined {
  const free = Array.from({ length: RSPRO_MAX + 1 - first }, (_, n) => first + n).filter((n) => !taken.has(n));
  return free[Math.floor(Math.random() * free.length)];
}

function noNumber(bankId: number): AppError {
  return new AppError("unavailable", `bank ${bankId} has no RSPRO number left for another client`, {
    reason: "no_slot",
    retryAfter: 60,
  });
}
