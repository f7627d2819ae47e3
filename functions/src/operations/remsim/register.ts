import { randomUUID } from "node:crypto";
import {
  AppError,
  type api,
  bankSlotId,
  type ClientKey,
  isClash,
  leaseUntil,
  paths,
  type RemsimAssignment,
  type RemsimClient,
  type SimBank,
  sameBankSlot,
  shouldMove,
} from "@wisptools/core";
import { type Stored, untilUncontended, type Write } from "@wisptools/store";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { audit } from "../audit.ts";
import { type Assigning, assignCard, swapCard } from "./assignCard.ts";
import { chooseCard, decideFor } from "./chooseCard.ts";
import { assertOwnTenant, clientKeyOf } from "./clientIdentity.ts";
import { endpointOf } from "./heldCard.ts";
import { inTurn } from "./inTurn.ts";
import { refuseClash } from "./refuseClash.ts";
import { remsimEvent } from "./remsimEvent.ts";
import { readRemsimSettings, type SettingsRead } from "./remsimSettings.ts";

type Input = typeof api.registerClient.body._zod.output;

export interface Registration {
  client: RemsimClient;
  assignment: RemsimAssignment;
  heartbeatSeconds: number;
  /** It held this card before. */
  existing: boolean;
}

/** What an attempt begins with. */
interface Registering {
  deps: Deps;
  caller: RemsimCaller;
  input: Input;
  key: ClientKey;
  settings: SettingsRead["data"];
  stored: Stored<RemsimClient> | undefined;
}

/**
 * A router asks for a card: the one it holds, as often as it asks while it works or nothing else is free, else one that its tenant's policies
 * give it. Card, claims, map, event and
 * audit are written together or not at all; whoever was second reads again.
 * @throws 403 another tenant's number, 404 no KI pool, 409 `client_clash`, 503 `no_slot` with what left no card
 */
export async function register(deps: Deps, caller: RemsimCaller, input: Input): Promise<Registration> {
  assertOwnTenant(caller, input.tenant_id);
  const key = clientKeyOf(caller.credentialId, input.client_id);
  return untilUncontended(async (attempt) => {
    const [{ data: settings }, stored] = await Promise.all([
      readRemsimSettings(deps, caller.tenantId),
      deps.store.remsimClients.get(caller.tenantId, key),
    ]);
    if (stored && isClash(stored.data, caller.address, deps.now())) await refuseClash(deps, caller, stored.data);
    const registering: Registering = { deps, caller, input, key, settings, stored };
    const held = stored?.data.assignment;
    const same = stored?.data.mode === input.mapping_mode && stored.data.mccMnc === input.mcc_mnc;
    // In its turn, so that what it reads is not old before it is due.
    const inItsTurn = <T>(act: () => Promise<T>): Promise<T> =>
      input.mapping_mode === "KI_PROXY_SWSIM" ? inTurn(`pools of ${caller.tenantId}`, act) : act();
    if (!stored || !held || !same) return inItsTurn(() => anew(registering, attempt));
    const [bank, card] = await Promise.all([
      deps.store.simBanks.get(caller.tenantId, held.slot.bankId),
      deps.store.simSlots.get(caller.tenantId, held.slot.bankId, held.slot.slotId),
    ]);
    const moved =
      shouldMove(held, bank?.data, card?.data) && (await inItsTurn(() => elsewhere(registering, held, attempt)));
    return moved || again(registering, stored, held, bank?.data);
  });
}

/** The same card again; its server may have moved since. */
async function again(
  registering: Registering,
  stored: Stored<RemsimClient>,
  held: RemsimAssignment,
  bank: SimBank | undefined,
): Promise<Registration> {
  const { deps, settings } = registering;
  const assignment = bank ? { ...held, endpoint: endpointOf(bank) } : held;
  const state = stored.data.state === "connected" ? "connected" : "registered";
  const client = { ...stored.data, ...asked(registering), state, assignment } satisfies RemsimClient;
  const write = deps.store.write();
  write.update(stored, { ...asked(registering), state, assignment });
  tell(registering, write, assignment, "again");
  await write.commit();
  return { client, assignment, heartbeatSeconds: settings.heartbeatSeconds, existing: true };
}

/** A card by policy, for a client that holds none or wants another kind. */
async function anew(registering: Registering, attempt: number): Promise<Registration> {
  const { deps, stored } = registering;
  const choice = await choiceNow(registering);
  const held = stored?.data.assignment ?? null;
  const own = { lastSlot: stored?.data.lastSlot ?? null, own: held?.slot, ownPool: held?.poolId ?? null };
  const chosen = await chooseCard(deps, choice, { ...wishesOf(registering), ...own }, attempt);
  if (stored && held && sameBankSlot(held.slot, chosen.card.data)) {
    const { policyId, remap } = chosen;
    const bank = choice.banks.find(({ bankId }) => bankId === held.slot.bankId);
    return again(registering, stored, { ...held, policyId, remap }, bank);
  }
  return give(registering, { choice, chosen, attempt });
}

/** Another card of the same network for a client whose own no longer serves it; undefined when there is none, which is no reason to tell of. */
async function elsewhere(
  registering: Registering,
  held: RemsimAssignment,
  attempt: number,
): Promise<Registration | undefined> {
  const choice = await choiceNow(registering);
  const not = { lastSlot: null, not: held.slot, like: held.mccMnc, ownPool: held.poolId };
  const seeker = { ...wishesOf(registering), ...not };
  const { chosen } = await decideFor(registering.deps, choice, seeker, { attempt, explain: false });
  if (!chosen) return undefined;
  return give(registering, { choice, chosen, attempt }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "unavailable") return undefined; // its bank has no number left
    throw error;
  });
}

async function choiceNow({ deps, caller, settings }: Registering): Promise<Assigning["choice"]> {
  const { tenantId } = caller;
  const banks = (await deps.store.simBanks.all(tenantId)).map(({ data }) => data);
  return { tenantId, settings, banks };
}

function wishesOf({ caller, input, key }: Registering) {
  const { client_id: clientId, mapping_mode: mode, mcc_mnc: mccMnc } = input;
  return { key, clientId, mode, mccMnc, region: caller.region };
}

async function give(registering: Registering, assigning: Assigning): Promise<Registration> {
  const { deps, caller, input, key, settings, stored } = registering;
  const held = stored?.data.assignment;
  const write = deps.store.write();
  const assignment =
    stored && held
      ? await swapCard(deps, write, stored.data, held, assigning)
      : await assignCard(deps, write, { key, clientId: input.client_id }, assigning);
  const client = put(registering, write, assignment);
  tell(registering, write, assignment, held ? "for another card" : "anew");
  await write.commit();
  log.remsimRegistered({ tenantId: caller.tenantId, clientKey: key, slot: bankSlotId(assignment.slot) });
  return { client, assignment, heartbeatSeconds: settings.heartbeatSeconds, existing: false };
}

/** What each registration says of a client. */
function asked({ deps, caller, input, settings, stored }: Registering) {
  const now = deps.now();
  return {
    credentialName: caller.credentialName,
    mode: input.mapping_mode,
    mccMnc: input.mcc_mnc,
    region: caller.region,
    registeredAt: now,
    registrations: (stored?.data.registrations ?? 0) + 1,
    address: caller.address,
    leaseUntil: leaseUntil(now, settings.graceSeconds),
    updatedAt: now,
  };
}

function put(registering: Registering, write: Write, assignment: RemsimAssignment): RemsimClient {
  const { caller, key, input, stored } = registering;
  const changes = {
    ...asked(registering),
    profileId: randomUUID(),
    state: "registered" as const,
    assignment,
    lastSlot: assignment.slot,
    // Its server's word is of an RSPRO identity.
    server: keepsIdentity(stored?.data.assignment, assignment) ? (stored?.data.server ?? null) : null,
  };
  if (stored) {
    write.update(stored, changes);
    return { ...stored.data, ...changes };
  }
  const client: RemsimClient = {
    schemaVersion: 1,
    key,
    tenantId: caller.tenantId,
    clientId: input.client_id,
    credentialId: caller.credentialId,
    heartbeatAt: null,
    instanceId: null,
    clashAt: null,
    status: "",
    samples: [],
    modem: {},
    pendingCommands: [],
    configuration: { wanted: 0, applied: 0 },
    createdAt: changes.registeredAt,
    ...changes,
  };
  write.create(paths.remsimClient(caller.tenantId, key), client);
  return client;
}

function keepsIdentity(before: RemsimAssignment | null | undefined, now: RemsimAssignment): boolean {
  return before?.serverId === now.serverId && sameBankSlot(before.client, now.client);
}

function tell({ deps, caller, input, key }: Registering, write: Write, to: RemsimAssignment, how: string): void {
  const { tenantId, actor, credentialName, requestId } = caller;
  const place = bankSlotId(to.slot);
  const summary = `${input.client_id} registered ${how}: ${input.mapping_mode}, slot ${place}, ICCID ${to.iccid}`;
  const by = { actor, actorName: credentialName, requestId };
  audit(deps, write, tenantId, by, { action: "remsimClient.register", target: key, summary });
  if (how === "again") return;
  remsimEvent(deps, write, tenantId, {
    type: "client_registered",
    severity: "info",
    message: `${input.client_id} got slot ${place}${to.carrier ? ` (${to.carrier})` : ""}`,
    clientKey: key,
    ...to.slot,
    data: { client_id: input.client_id, mapping_mode: input.mapping_mode, iccid: to.iccid, imsi: to.imsi },
  });
}
