import { AppError, paths, RSPRO_MAX, type SimBank, simBankAlertId } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { resolveAlert } from "../alerts.ts";
import { audit } from "../audit.ts";
import { checkFree } from "./bankSlots.ts";
import { CHUNK, chunks } from "./chunks.ts";
import { readRemsimSettings } from "./remsimSettings.ts";

/** Takes away a bank that nobody holds a slot of; its cards stay, in no slot. A large one is switched off first, and goes in parts. */
export async function deleteSimBank(deps: Deps, caller: MemberCaller, bankId: number): Promise<void> {
  while (!(await untilUncontended(() => step(deps, caller, bankId))));
}

/** Whether that was the last step. */
async function step(deps: Deps, caller: MemberCaller, bankId: number): Promise<boolean> {
  const stored = await deps.store.simBanks.need("bank", caller.tenantId, bankId);
  await checkUnused(deps, stored.data);
  const slots = await deps.store.simSlots.range(caller.tenantId, bankId, 1, RSPRO_MAX);
  for (const { data } of slots) checkFree(data);
  const parts = chunks(slots, CHUNK / 2); // a card is told too
  const last = parts.pop() ?? [];
  if (parts.length > 0 && stored.data.enabled) {
    await deps.store.write().update(stored, { enabled: false, updatedAt: deps.now() }).commit();
    return false;
  }
  for (const part of parts) await removal(deps, part).commit();
  const write = lastRemoval(deps, caller, stored, removal(deps, last));
  if (stored.data.failedOverAt) {
    resolveAlert(deps, write, await deps.store.alerts.get(caller.tenantId, simBankAlertId(bankId)));
  }
  await write.commit();
  return true;
}

/** A client that was moved to another bank keeps its RSPRO identity, which must not go to another tenant with the bank's number. */
async function checkUnused(deps: Deps, { tenantId, bankId }: SimBank): Promise<void> {
  const { pools } = (await readRemsimSettings(deps, tenantId)).data;
  const pool = pools.find((one) => one.bankId === bankId);
  if (pool) throw new AppError("failed-precondition", `bank ${bankId} has the pool ${pool.name}: delete that first`);
  const [number] = await deps.store.slotMaps.numbersOf(tenantId, bankId);
  if (number === undefined) return;
  throw new AppError("failed-precondition", `a client has the RSPRO identity ${bankId}-${number}: release it first`, {
    reason: "identity_held",
  });
}

type Slots = Awaited<ReturnType<Deps["store"]["simSlots"]["range"]>>;

function removal(deps: Deps, slots: Slots) {
  const write = deps.store.write();
  for (const slot of slots) {
    const { tenantId, iccid } = slot.data;
    write.remove(slot);
    if (iccid !== "") write.patch(paths.simCard(tenantId, iccid), { slot: undefined, updatedAt: deps.now() });
  }
  return write;
}

function lastRemoval(
  deps: Deps,
  caller: MemberCaller,
  stored: Stored<SimBank>,
  write: ReturnType<typeof removal>,
): ReturnType<typeof removal> {
  const { data } = stored;
  write.remove(stored).delete(paths.remsimBankId(data.serverId, data.bankId));
  audit(deps, write, caller.tenantId, caller, {
    action: "simBank.delete",
    target: String(data.bankId),
    summary: `deleted bank ${data.bankId} (${data.label})`,
  });
  return write;
}
