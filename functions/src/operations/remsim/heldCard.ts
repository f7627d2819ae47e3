import {
  AppError,
  type BankSlot,
  bankSlotId,
  type ChosenCard,
  paths,
  type RemsimAssignment,
  type RemsimClient,
  type RemsimSettings,
  type SimBank,
  type SimSlot,
  type SlotClaim,
  type SlotMap,
  settledSlotState,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

/** What says that a client holds its card; each is read so that a write may insist on it. */
export interface HeldCard {
  card: Stored<SimSlot> | undefined;
  claim: Stored<SlotClaim> | undefined;
  map: Stored<SlotMap> | undefined;
}

/** Three reads. What has gone to someone else since is left out. */
export async function readHeldCard(
  deps: Deps,
  { tenantId, key }: RemsimClient,
  assignment: RemsimAssignment,
): Promise<HeldCard> {
  const { slot, client, poolId } = assignment;
  const [card, map] = await Promise.all([
    deps.store.simSlots.get(tenantId, slot.bankId, slot.slotId),
    deps.store.slotMaps.get(tenantId, bankSlotId(client)),
  ]);
  const claim = await deps.store.slotClaims.get(
    tenantId,
    bankSlotId(poolId === null ? slot : (map?.data.bank ?? client)),
  );
  const holds =
    poolId === null ? card?.data.client?.key === key : card?.data.poolId === poolId && card.data.profiles > 0;
  return {
    card: holds ? card : undefined,
    claim: claim?.data.clientKey === key ? claim : undefined,
    map: map?.data.clientKey === key ? map : undefined,
  };
}

/** Gives a card back: to others after its cool-down, or a profile's place on it at once. Its map is left to the caller. */
export function freeCard(
  deps: Deps,
  write: Write,
  { card, claim }: HeldCard,
  client: RemsimClient,
  { coolDownSeconds, pools }: RemsimSettings,
): void {
  if (claim) write.remove(claim);
  if (!card) return;
  const updatedAt = deps.now();
  const { data } = card;
  if (data.poolId !== null) {
    const profiles = Math.max(0, data.profiles - 1);
    write.update(card, { profiles, state: settledSlotState({ ...data, profiles }, limitOf(pools, data)), updatedAt });
    return;
  }
  const after = { client: null, profiles: 0 };
  write.update(card, {
    ...after,
    state: settledSlotState({ ...data, ...after }, null),
    lastClient: client.key,
    availableAt: new Date(updatedAt.getTime() + coolDownSeconds * 1000),
    updatedAt,
  });
}

/** Takes a card, or room on a pool's card, and the bank slot it is reached by. Fails as a whole when others were quicker. */
export function takeCard(
  deps: Deps,
  write: Write,
  { card: stored }: ChosenCard<Stored<SimSlot>>,
  { key, clientId }: Pick<RemsimClient, "key" | "clientId">,
  number: BankSlot,
  { pools }: RemsimSettings,
): void {
  const { data } = stored;
  const updatedAt = deps.now();
  const profiles = data.profiles + 1;
  if (data.poolId === null) {
    write.update(stored, { client: { key, clientId }, profiles: 1, state: "assigned", updatedAt });
  } else {
    write.update(stored, { profiles, state: settledSlotState({ ...data, profiles }, limitOf(pools, data)), updatedAt });
  }
  const claim: SlotClaim = { schemaVersion: 1, tenantId: data.tenantId, clientKey: key, createdAt: updatedAt };
  write.create(paths.slotClaim(data.tenantId, bankSlotId(number)), claim);
}

/** Maps an RSPRO identity that no client has to a bank slot. */
export function createMap(
  deps: Deps,
  write: Write,
  bank: SimBank,
  { client, key, to }: { client: BankSlot; key: RemsimClient["key"]; to: BankSlot },
): void {
  const at = deps.now();
  const id = bankSlotId(client);
  const { tenantId, serverId } = bank;
  const times = { createdAt: at, mappedAt: at };
  const map: SlotMap = { schemaVersion: 1, id, tenantId, serverId, client, bank: to, clientKey: key, ...times };
  write.create(paths.slotMap(tenantId, id), map);
}

/** A client's word of its card, with which it answers for it again. */
export function assignmentOf(
  deps: Deps,
  { card, poolId, policyId, remap }: ChosenCard<Stored<SimSlot>>,
  bank: SimBank,
  client: BankSlot,
): RemsimAssignment {
  const { bankId, slotId, iccid, imsi, mccMnc, carrier } = card.data;
  return {
    slot: { bankId, slotId },
    client,
    serverId: bank.serverId,
    endpoint: endpointOf(bank),
    iccid,
    imsi,
    mccMnc,
    carrier,
    poolId,
    policyId,
    remap,
    since: deps.now(),
  };
}

/** Clients take the host for their remsim-server's. */
export function endpointOf({ serverHost, serverPort }: SimBank): string {
  return `${serverHost}:${serverPort}`;
}

export function bankOf(banks: readonly SimBank[], { bankId }: Pick<BankSlot, "bankId">): SimBank {
  const bank = banks.find((one) => one.bankId === bankId);
  if (!bank) throw new AppError("aborted", "the bank was deleted at the same time; try again");
  return bank;
}

function limitOf(pools: RemsimSettings["pools"], { poolId }: SimSlot): number | null {
  return pools.find(({ id }) => id === poolId)?.profilesPerSlot ?? null;
}
