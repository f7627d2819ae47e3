import {
  AppError,
  type api,
  type BankIdHolder,
  paths,
  type RemsimServer,
  SIM_BANKS_MAX,
  type SimBank,
} from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { fitSlots } from "./bankSlots.ts";
import { serverFor } from "./servers.ts";

type Input = typeof api.createSimBank.body._zod.output;

/** How long the maker of a bank is left alone before somebody may take up its work, ms. */
const MAKING_MS = 30_000;

/** The tenant's banks, in the order of their numbers. */
export async function listSimBanks(deps: Deps, caller: MemberCaller): Promise<SimBank[]> {
  const banks = await deps.store.simBanks.all(caller.tenantId);
  return banks.map(({ data }) => data).sort((a, b) => a.bankId - b.bankId);
}

/**
 * Makes a bank and its empty slots. The number is taken first and the bank switched on last; a call that broke off between is completed by
 * the same call again.
 */
export async function createSimBank(deps: Deps, caller: MemberCaller, input: Input): Promise<SimBank> {
  const server = await serverFor(deps, caller.tenantId, input.server_id);
  await untilUncontended(() => takeNumber(deps, caller, input, server.data));
  await fitSlots(deps, caller.tenantId, input.bank_id, input.slots);
  return untilUncontended(async () => {
    const stored = await deps.store.simBanks.need("bank", caller.tenantId, input.bank_id);
    if (isMade(stored.data)) throw exists(input.bank_id);
    const changes = { label: input.label, regions: input.regions, slots: input.slots, enabled: true };
    const write = deps.store.write().update(stored, { ...changes, updatedAt: deps.now() });
    audit(deps, write, caller.tenantId, caller, {
      action: "simBank.create",
      target: String(input.bank_id),
      summary: `made bank ${input.bank_id} (${input.label}) with ${input.slots} slots on ${input.server_id}`,
    });
    await write.commit();
    return { ...stored.data, ...changes };
  });
}

/** Whether the bank's slots were all made. */
export function isMade(bank: SimBank): boolean {
  return bank.slots > 0;
}

function exists(bankId: number): AppError {
  return new AppError("already-exists", `bank_id: there is a bank ${bankId} already`, { field: "bank_id" });
}

async function takeNumber(deps: Deps, caller: MemberCaller, input: Input, server: RemsimServer): Promise<void> {
  const { tenantId } = caller;
  const [stored, holder] = await Promise.all([
    deps.store.simBanks.get(tenantId, input.bank_id),
    deps.store.remsimBankIds.get(server.id, input.bank_id),
  ]);
  if (stored) return resume(deps, stored, server);
  if (holder) {
    const message = `bank_id: another tenant has bank ${input.bank_id} on server ${server.id}`;
    throw new AppError("already-exists", message, { field: "bank_id" });
  }
  if ((await deps.store.simBanks.countAll(tenantId)) >= SIM_BANKS_MAX) {
    const message = `bank_id: a tenant has at most ${SIM_BANKS_MAX} banks`;
    throw new AppError("resource-exhausted", message, { field: "bank_id" });
  }
  const now = deps.now();
  const taken: BankIdHolder = { schemaVersion: 1, tenantId, createdAt: now };
  const bank: SimBank = {
    schemaVersion: 1,
    id: String(input.bank_id),
    tenantId,
    bankId: input.bank_id,
    label: input.label,
    serverId: server.id,
    serverHost: server.host,
    serverPort: server.port,
    regions: input.regions,
    slots: 0,
    enabled: false,
    createdAt: now,
    updatedAt: now,
  };
  const write = deps.store.write().create(paths.remsimBankId(server.id, input.bank_id), taken);
  await write.create(paths.simBank(tenantId, input.bank_id), bank).commit();
}

/** Takes up a bank whose maker broke off. */
async function resume(deps: Deps, stored: Stored<SimBank>, server: RemsimServer): Promise<void> {
  const bank = stored.data;
  if (isMade(bank) || bank.serverId !== server.id) throw exists(bank.bankId);
  const now = deps.now();
  if (now.getTime() - bank.updatedAt.getTime() < MAKING_MS) {
    const message = `bank_id: bank ${bank.bankId} is being made right now; try again in half a minute`;
    throw new AppError("aborted", message, { field: "bank_id", reason: "bank_being_made" });
  }
  await deps.store.write().update(stored, { updatedAt: now }).commit();
}
