import type {
  BankSlot,
  ChosenCard,
  ClientKey,
  RemsimAssignment,
  RemsimClient,
  SimBank,
  SimSlot,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import type { Choice } from "./chooseCard.ts";
import { assignmentOf, bankOf, createMap, freeCard, readHeldCard, takeCard } from "./heldCard.ts";
import type { SettingsRead } from "./remsimSettings.ts";
import { freeIdentity, freeProfileNumber } from "./rsproNumbers.ts";

/** What is known when a card was chosen. */
export interface Assigning {
  choice: Choice & { settings: SettingsRead["data"] };
  chosen: ChosenCard<Stored<SimSlot>>;
  attempt: number;
}

/** Gives a card to a client that holds none: adds card, claim and map to the write. */
export async function assignCard(
  deps: Deps,
  write: Write,
  client: { key: ClientKey; clientId: RemsimClient["clientId"] },
  { choice, chosen, attempt }: Assigning,
): Promise<RemsimAssignment> {
  const bank = bankOf(choice.banks, chosen.card.data);
  const place = await placeOf(deps, bank, chosen, attempt);
  const identity = chosen.poolId === null ? await freeIdentity(deps, bank, place, choice.banks, attempt) : place;
  takeCard(deps, write, chosen, client, place, choice.settings);
  createMap(deps, write, bank, { client: identity, key: client.key, to: place });
  return assignmentOf(deps, chosen, bank, identity);
}

/**
 * Gives a client another card for the one it holds. On the same server it keeps its RSPRO identity, so that its map alone changes and it need
 * not register again.
 */
export async function swapCard(
  deps: Deps,
  write: Write,
  client: RemsimClient,
  held: RemsimAssignment,
  assigning: Assigning,
): Promise<RemsimAssignment> {
  const { choice, chosen, attempt } = assigning;
  const before = await readHeldCard(deps, client, held);
  freeCard(deps, write, before, client, choice.settings);
  const bank = bankOf(choice.banks, chosen.card.data);
  if (!before.map || bank.serverId !== held.serverId) {
    if (before.map) write.remove(before.map);
    return assignCard(deps, write, client, assigning);
  }
  const place = await placeOf(deps, bank, chosen, attempt);
  takeCard(deps, write, chosen, client, place, choice.settings);
  write.update(before.map, { bank: place, mappedAt: deps.now() });
  return assignmentOf(deps, chosen, bank, held.client);
}

/** The bank slot by which the card is reached: its own, or a profile's number. */
async function placeOf(
  deps: Deps,
  bank: SimBank,
  { card, poolId }: ChosenCard<Stored<SimSlot>>,
  attempt: number,
): Promise<BankSlot> {
  if (poolId !== null) return freeProfileNumber(deps, bank, attempt);
  return { bankId: card.data.bankId, slotId: card.data.slotId };
}
