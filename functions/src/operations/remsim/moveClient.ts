import { randomUUID } from "node:crypto";
import {
  AppError,
  type BankSlot,
  bankFault,
  bankSlotId,
  type ChosenCard,
  hasProfilesLeft,
  type RemsimAssignment,
  type RemsimClient,
  type SimSlot,
  sameBankSlot,
} from "@wisptools/core";
import { type Stored, untilUncontended, type Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { type Actor, audit } from "../audit.ts";
import { swapCard } from "./assignCard.ts";
import { type Choice, chooseCard } from "./chooseCard.ts";
import { bankOf } from "./heldCard.ts";
import { inTurn } from "./inTurn.ts";
import { pendingCommand } from "./pendingCommand.ts";
import { withoutReassign } from "./release.ts";
import { remsimEvent } from "./remsimEvent.ts";
import { readRemsimSettings } from "./remsimSettings.ts";
import { tenantCards } from "./tenantCards.ts";

export interface MovedClient {
  from: BankSlot;
  to: BankSlot;
  iccid: string;
  imsi: string;
}

/** A client and the card it has, as the mover saw them. */
interface Moving {
  deps: Deps;
  actor: Actor;
  stored: Stored<RemsimClient>;
  held: RemsimAssignment;
  reason: string;
}

/**
 * Moves a client to another card on the same remsim-server: `to`, or one that its policies give, of the network it asked for (or has, if it
 * asked for none). Its RSPRO identity stays, so it need not register again; the add-on is told to look at its modem. Whether its policy allows
 * to move it (`assignment.remap`) is the caller's question.
 * @throws 412 when it holds nothing, or not the card it had; 404 or 412 about `to`; 503 `no_slot`
 */
export async function moveClient(
  deps: Deps,
  actor: Actor,
  client: Stored<RemsimClient>,
  to: BankSlot | undefined,
  reason: string,
): Promise<MovedClient> {
  const { tenantId, key } = client.data;
  return untilUncontended(async (attempt) => {
    const stored = attempt === 0 ? client : await deps.store.remsimClients.need("client", tenantId, key);
    const held = stored.data.assignment;
    if (!held) throw new AppError("failed-precondition", "this client holds no card");
    if (client.data.assignment && !sameBankSlot(held.slot, client.data.assignment.slot)) {
      throw new AppError("failed-precondition", "this client got another card at the same time");
    }
    const moving: Moving = { deps, actor, stored, held, reason };
    return held.poolId ? inTurn(`pools of ${tenantId}`, () => move(moving, to, attempt)) : move(moving, to, attempt);
  });
}

async function move(moving: Moving, to: BankSlot | undefined, attempt: number): Promise<MovedClient> {
  const { deps, stored, held } = moving;
  const { tenantId } = stored.data;
  const [{ data: settings }, all] = await Promise.all([
    readRemsimSettings(deps, tenantId),
    deps.store.simBanks.all(tenantId),
  ]);
  const banks = all.map(({ data }) => data).filter(({ serverId }) => serverId === held.serverId);
  const choice = { tenantId, settings, banks };
  const chosen = to ? await named(moving, choice, to) : await another(moving, choice, attempt);
  const write = deps.store.write();
  const assignment = await swapCard(deps, write, stored.data, held, { choice, chosen, attempt });
  tell(moving, write, assignment);
  await write.commit();
  log.remsimMoved({
    tenantId,
    clientKey: stored.data.key,
    from: bankSlotId(held.slot),
    to: bankSlotId(assignment.slot),
  });
  return { from: held.slot, to: assignment.slot, iccid: assignment.iccid, imsi: assignment.imsi };
}

function another(
  { deps, stored, held }: Moving,
  choice: Choice,
  attempt: number,
): Promise<ChosenCard<Stored<SimSlot>>> {
  const { key, clientId, mode, mccMnc, region } = stored.data;
  const wishes = { key, clientId, mode, mccMnc, region, lastSlot: null, not: held.slot, like: held.mccMnc };
  return chooseCard(deps, choice, { ...wishes, ownPool: held.poolId }, attempt);
}

/** The card that a person named, if a client may have it. */
async function named(
  { deps, stored, held }: Moving,
  { tenantId, settings, banks }: Choice,
  to: BankSlot,
): Promise<ChosenCard<Stored<SimSlot>>> {
  const place = bankSlotId(to);
  const refuse = (why: string) => new AppError("failed-precondition", `to: ${why}`, { field: "to" });
  const card = await deps.store.simSlots.get(tenantId, to.bankId, to.slotId);
  if (!card) throw new AppError("not-found", `to: there is no slot ${place}`, { field: "to" });
  const { data } = card;
  if (sameBankSlot(held.slot, to)) throw refuse(`it has slot ${place} already`);
  if (!banks.some(({ bankId }) => bankId === to.bankId)) throw refuse(`bank ${to.bankId} is on another server`);
  const fault = bankFault(bankOf(banks, to), {});
  if (fault) throw refuse(`bank ${to.bankId} ${fault}`);
  const pool = settings.pools.find(({ id }) => id === data.poolId);
  if ((stored.data.mode === "KI_PROXY_SWSIM") !== (data.poolId !== null)) {
    throw refuse(data.poolId ? `slot ${place} is in a KI pool` : `slot ${place} is in no KI pool`);
  }
  if (data.state !== "available") throw refuse(`slot ${place} is ${data.state}`);
  if (data.availableAt > deps.now() && data.lastClient !== stored.data.key)
    throw refuse(`slot ${place} is cooling down`);
  if (pool && (!pool.enabled || data.profiles >= pool.profilesPerSlot))
    throw refuse(`pool ${pool.name} has no room there`);
  if (pool && pool.id !== held.poolId && !(await hasProfilesLeft(tenantCards(deps, tenantId, banks), pool)))
    throw refuse(`pool ${pool.name} has its ${pool.maxProfiles} profiles`);
  return { card, policyId: null, remap: held.remap, poolId: data.poolId };
}

function tell({ deps, actor, stored, held, reason }: Moving, write: Write, to: RemsimAssignment): void {
  const { tenantId, key, clientId, pendingCommands } = stored.data;
  const command = pendingCommand(deps, { type: "reassign", iccid: to.iccid, imsi: to.imsi }, actor.actorName);
  write.update(stored, {
    assignment: to,
    lastSlot: to.slot,
    pendingCommands: [...withoutReassign(pendingCommands), command],
    ...(to.poolId === null ? {} : { profileId: randomUUID() }),
    updatedAt: deps.now(),
  });
  const summary = `${clientId} moved from slot ${bankSlotId(held.slot)} to ${bankSlotId(to.slot)}: ${reason}`;
  audit(deps, write, tenantId, actor, { action: "remsimClient.reassign", target: key, summary });
  remsimEvent(deps, write, tenantId, {
    type: "slot_reassigned",
    severity: "info",
    message: summary,
    clientKey: key,
    ...to.slot,
    data: { client_id: clientId, from: bankSlotId(held.slot), to: bankSlotId(to.slot), iccid: to.iccid, imsi: to.imsi },
  });
}
