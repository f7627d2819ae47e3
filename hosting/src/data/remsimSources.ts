import {
  RemsimClient,
  RemsimConfiguration,
  RemsimCredential,
  RemsimEvent,
  type RemsimEventType,
  RemsimLog,
  RemsimSettings,
  SimBank,
  SimCard,
  SimSlot,
  SlotMap,
} from "@wisptools/core/documents/remsim";
import type { KiPool } from "@wisptools/core/domain/remsim/policy";
import { paths } from "@wisptools/core/paths";
import type { DocumentSource, ListSource, Parser } from "./source.ts";

const RowFields = RemsimClient.omit({ modem: true, pendingCommands: true, configuration: true });
export type RemsimClientRow = ReturnType<typeof RowFields.parse>;

/** A row shows rates of the last minute: of two hours of samples it reads three. */
const ClientRow: Parser<RemsimClientRow> = {
  safeParse(value) {
    const samples = (value as { samples?: unknown[] }).samples;
    return RowFields.safeParse({ ...(value as object), samples: samples?.slice(-3) });
  },
};

/** What is shown of more is asked for by search and filters. */
export const REMSIM_LIMIT = 500;
/** A bank has at most 1023 slots. */
const SLOT_LIMIT = 1023;
/** Greater than every character of a client id. */
const LAST = "\uf8ff";

const clients = (t: string, where: NonNullable<ListSource<unknown>["where"]> = []): ListSource<RemsimClientRow> => ({
  path: paths.remsimClients(t),
  schema: ClientRow,
  limit: REMSIM_LIMIT,
  where,
});
const cards = (t: string, where: NonNullable<ListSource<unknown>["where"]> = []): ListSource<SimCard> => ({
  path: paths.simCards(t),
  schema: SimCard,
  limit: REMSIM_LIMIT,
  where,
});
const events = (t: string, where: NonNullable<ListSource<unknown>["where"]> = []): ListSource<RemsimEvent> => ({
  path: paths.remsimEvents(t),
  schema: RemsimEvent,
  orderBy: ["at", "desc"],
  limit: 200,
  where,
});

/** Every listener of the Remote SIM section; apart from sources.ts, so that the first load goes without their schemas. */
export const remsimSources = {
  remsimClients: (t: string) => clients(t),
  remsimClientsInState: (t: string, state: string) => clients(t, [["state", "==", state]]),
  remsimClientsBeginning: (t: string, text: string) =>
    clients(t, [
      ["clientId", ">=", text],
      ["clientId", "<", text + LAST],
    ]),
  remsimClient: (t: string, key: string): DocumentSource<RemsimClient> => ({
    path: paths.remsimClient(t, key),
    schema: RemsimClient,
  }),
  /** In the order of the clients, whose first ones are shown: theirs are among these. */
  slotMaps: (t: string): ListSource<SlotMap> => ({
    path: paths.slotMaps(t),
    schema: SlotMap,
    orderBy: ["clientKey", "asc"],
    limit: REMSIM_LIMIT,
  }),
  slotMap: (t: string, bankSlot: string): DocumentSource<SlotMap> => ({
    path: paths.slotMap(t, bankSlot),
    schema: SlotMap,
  }),
  remsimConfigurations: (t: string, key: string): ListSource<RemsimConfiguration> => ({
    path: paths.remsimConfigurations(t, key),
    schema: RemsimConfiguration,
    orderBy: ["version", "desc"],
    limit: 50,
  }),
  remsimLogs: (t: string, key: string): ListSource<RemsimLog> => ({
    path: paths.remsimLogs(t, key),
    schema: RemsimLog,
    orderBy: ["at", "desc"],
    limit: 20,
  }),
  /** What became of its commands, and the like. */
  remsimLogsOfKind: (t: string, key: string, kind: RemsimLog["kind"]): ListSource<RemsimLog> => ({
    ...remsimSources.remsimLogs(t, key),
    where: [["kind", "==", kind]],
  }),
  simBanks: (t: string): ListSource<SimBank> => ({ path: paths.simBanks(t), schema: SimBank, limit: REMSIM_LIMIT }),
  simBank: (t: string, bank: number): DocumentSource<SimBank> => ({ path: paths.simBank(t, bank), schema: SimBank }),
  simSlots: (t: string, bank: number): ListSource<SimSlot> => ({
    path: paths.simSlots(t, bank),
    schema: SimSlot,
    limit: SLOT_LIMIT,
  }),
  /** Those with a card: the others of a bank need no reading to be counted. */
  filledSlots: (t: string, bank: number): ListSource<SimSlot> => ({
    ...remsimSources.simSlots(t, bank),
    where: [["state", "in", ["available", "assigned", "disabled", "faulty"]]],
  }),
  /** The cards of a pool. */
  simSlotsOfPool: (t: string, pool: Pick<KiPool, "bankId" | "firstSlot" | "lastSlot">): ListSource<SimSlot> => ({
    ...remsimSources.simSlots(t, pool.bankId),
    where: [
      ["slotId", ">=", pool.firstSlot],
      ["slotId", "<=", pool.lastSlot],
    ],
  }),
  simCards: (t: string) => cards(t),
  /** Whether there is one. */
  anySimCard: (t: string): ListSource<SimCard> => ({ ...cards(t), limit: 1 }),
  simCardsBeginning: (t: string, digits: string) =>
    cards(t, [
      ["iccid", ">=", digits],
      ["iccid", "<", digits + LAST],
    ]),
  simCardsOfNetwork: (t: string, mccMnc: string) => cards(t, [["mccMnc", "==", mccMnc]]),
  simCard: (t: string, iccid: string): DocumentSource<SimCard> => ({ path: paths.simCard(t, iccid), schema: SimCard }),
  remsimSettings: (t: string): DocumentSource<RemsimSettings> => ({
    path: paths.remsimSettings(t),
    schema: RemsimSettings,
  }),
  remsimCredentials: (t: string): ListSource<RemsimCredential> => ({
    path: paths.remsimCredentials(t),
    schema: RemsimCredential,
    orderBy: ["createdAt", "desc"],
    limit: 200,
  }),
  remsimEvents: (t: string) => events(t),
  remsimEventsOfType: (t: string, type: RemsimEventType) => events(t, [["type", "==", type]]),
  remsimEventsOfClient: (t: string, key: string) => events(t, [["clientKey", "==", key]]),
  remsimEventsOfBank: (t: string, bank: number) => events(t, [["bankId", "==", bank]]),
};
