import { AppError, type api, bankSlotId, type KiPool, type SimBank, type TenantId } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { fitSlots } from "./bankSlots.ts";
import { isMade } from "./banks.ts";
import { readRemsimSettings } from "./remsimSettings.ts";

type Input = typeof api.updateSimBank.body._zod.output;

/**
 * Changes a bank. The bank says how many slots it has before more are made, so that no profile gets their numbers, and after some were taken
 * away: the same call again completes one that broke off.
 */
export async function updateSimBank(deps: Deps, caller: MemberCaller, bankId: number, input: Input): Promise<SimBank> {
  const { tenantId } = caller;
  const before = (await deps.store.simBanks.need("bank", tenantId, bankId)).data;
  checkMade(before);
  if (input.slots !== undefined) await checkCount(deps, before, input.slots);
  if (input.slots !== undefined && input.slots < before.slots) await fitSlots(deps, tenantId, bankId, input.slots);
  const after = await untilUncontended(() => change(deps, caller, bankId, input));
  if (input.slots !== undefined && input.slots >= before.slots) await fitSlots(deps, tenantId, bankId, input.slots);
  return after;
}

function checkMade(bank: SimBank): void {
  if (isMade(bank)) return;
  throw new AppError("failed-precondition", `bank ${bank.bankId} is not whole: make it again`, {
    reason: "bank_being_made",
  });
}

async function change(deps: Deps, caller: MemberCaller, bankId: number, input: Input): Promise<SimBank> {
  const stored = await deps.store.simBanks.need("bank", caller.tenantId, bankId);
  const { label, regions, enabled, slots } = input;
  const changes = {
    ...(label === undefined ? {} : { label }),
    ...(regions === undefined ? {} : { regions }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(slots === undefined ? {} : { slots }),
    updatedAt: deps.now(),
  };
  const write = deps.store.write().update(stored, changes);
  audit(deps, write, caller.tenantId, caller, {
    action: "simBank.update",
    target: String(bankId),
    summary: `changed ${Object.keys(input).join(", ")} of bank ${bankId}`,
  });
  await write.commit();
  return { ...stored.data, ...changes };
}

async function checkCount(deps: Deps, bank: SimBank, slots: number): Promise<void> {
  const refused = (message: string) => new AppError("failed-precondition", `slots: ${message}`, { field: "slots" });
  const { pools } = (await readRemsimSettings(deps, bank.tenantId)).data;
  const own = pools.filter(({ bankId }) => bankId === bank.bankId);
  const cut = own.find(({ lastSlot }) => lastSlot > slots);
  if (cut) throw refused(`pool ${cut.name} goes to slot ${cut.lastSlot}`);
  const number = await profileNumber(deps, bank.tenantId, bank, own, slots);
  if (number !== undefined) throw refused(`a profile has the number ${bankSlotId({ ...bank, slotId: number })}`);
}

/** A number that the bank's new slots would take and by which a profile of its pools is reached. */
async function profileNumber(
  deps: Deps,
  tenantId: TenantId,
  { bankId, slots }: SimBank,
  pools: readonly KiPool[],
  wanted: number,
): Promise<number | undefined> {
  if (pools.length === 0 || wanted <= slots) return undefined;
  const taken = await deps.store.slotClaims.numbersOf(tenantId, bankId);
  return [...taken].find((number) => number > slots && number <= wanted);
}
