import { api, bankSlotId, type RemsimServer, type SimBank, type SimSlot } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { createSimBank, listSimBanks } from "../../operations/remsim/banks.ts";
import { deleteSimCard, moveSimCard, putSimCard } from "../../operations/remsim/cards.ts";
import { createRemsimCredential, revokeRemsimCredential } from "../../operations/remsim/credentials.ts";
import { deleteSimBank } from "../../operations/remsim/deleteSimBank.ts";
import { type ImportedRow, importSimCards } from "../../operations/remsim/importCards.ts";
import { putSlotPolicies } from "../../operations/remsim/policies.ts";
import { createKiPool, deleteKiPool, updateKiPool } from "../../operations/remsim/pools.ts";
import { putRemsimSettings } from "../../operations/remsim/remsimSettings.ts";
import { listRemsimServers, putRemsimServer } from "../../operations/remsim/servers.ts";
import { listSimSlots, setSimSlotState } from "../../operations/remsim/slots.ts";
import { updateSimBank } from "../../operations/remsim/updateSimBank.ts";
import { Answer, bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const ok = { success: true } as const;

/** /api/backend/v1/simbank: servers, banks, slots, cards, pools, policies, credentials. */
export function simBankRoutes(router: Router, gate: Gate, deps: Deps): void {
  serverRoutes(router, gate, deps);
  bankRoutes(router, gate, deps);
  slotRoutes(router, gate, deps);
  cardRoutes(router, gate, deps);
  poolRoutes(router, gate, deps);
  bind(router, gate, api.putRemsimSettings, async (caller, { body }) => {
    await putRemsimSettings(deps, caller, body);
    return ok;
  });
  bind(router, gate, api.putSlotPolicies, async (caller, { body }) => ({
    ...ok,
    policies: await putSlotPolicies(deps, caller, body),
  }));
  bind(router, gate, api.createRemsimCredential, async (caller, { body }) => {
    return new Answer(201, { ...ok, ...(await createRemsimCredential(deps, caller, body)) });
  });
  bind(router, gate, api.revokeRemsimCredential, async (caller, { params }) => {
    await revokeRemsimCredential(deps, caller, params.id);
    return ok;
  });
}

function serverRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.putRemsimServer, async (caller, { params, body }) => {
    await putRemsimServer(deps, caller, params.server_id, body);
    return ok;
  });
  bind(router, gate, api.listRemsimServers, async (caller) => ({
    ...ok,
    servers: (await listRemsimServers(deps, caller)).map(serverView),
  }));
}

function bankRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listSimBanks, async (caller) => ({
    ...ok,
    banks: (await listSimBanks(deps, caller)).map(bankView),
  }));
  bind(router, gate, api.createSimBank, async (caller, { body }) => {
    return new Answer(201, { ...ok, bank: bankView(await createSimBank(deps, caller, body)) });
  });
  bind(router, gate, api.updateSimBank, async (caller, { params, body }) => ({
    ...ok,
    bank: bankView(await updateSimBank(deps, caller, params.bank_id, body)),
  }));
  bind(router, gate, api.deleteSimBank, async (caller, { params }) => {
    await deleteSimBank(deps, caller, params.bank_id);
    return ok;
  });
}

function slotRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listSimSlots, async (caller, { query }) => {
    const { status: state, bank_id: bankId, page_token: after, page_size: size } = query;
    const { slots, next } = await listSimSlots(deps, caller, { state, bankId, after, size });
    return { ...ok, slots: slots.map(slotView), next_page_token: next ? bankSlotId(next) : null };
  });
  bind(router, gate, api.setSimSlotState, async (caller, { params, body }) => {
    await setSimSlotState(deps, caller, { bankId: params.bank_id, slotId: params.slot_id }, body.status);
    return ok;
  });
}

function cardRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.putSimCard, async (caller, { body }) => {
    await putSimCard(deps, caller, body);
    return ok;
  });
  bind(router, gate, api.moveSimCard, async (caller, { params, body }) => {
    await moveSimCard(deps, caller, params.iccid, body);
    return ok;
  });
  bind(router, gate, api.deleteSimCard, async (caller, { params }) => {
    await deleteSimCard(deps, caller, params.iccid);
    return ok;
  });
  bind(router, gate, api.importSimCards, async (caller, { body }) => {
    const rows = await importSimCards(deps, caller, body);
    const count = (action: ImportedRow["action"]) => rows.filter((row) => row.action === action).length;
    return {
      ...ok,
      created: count("create"),
      updated: count("update"),
      unchanged: count("unchanged"),
      refused: count("refuse"),
      rows: rows.filter(({ action }) => body.dry_run || action === "refuse").map(rowView),
    };
  });
}

function poolRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.createKiPool, async (caller, { body }) => {
    return new Answer(201, { ...ok, ...(await createKiPool(deps, caller, body)) });
  });
  bind(router, gate, api.updateKiPool, async (caller, { params, body }) => ({
    ...ok,
    ...(await updateKiPool(deps, caller, params.pool_id, body)),
  }));
  bind(router, gate, api.deleteKiPool, async (caller, { params }) => {
    await deleteKiPool(deps, caller, params.pool_id);
    return ok;
  });
}

/** Where its REST interface is, is no tenant's business. */
function serverView({ id, label, host, port, reachable, reachableAt }: RemsimServer) {
  return {
    server_id: id,
    label,
    host,
    port,
    reachable: reachable ?? null,
    reachable_at: reachableAt?.toISOString() ?? null,
  };
}

function bankView({ bankId, label, serverId, regions, slots, enabled, connected }: SimBank) {
  return { bank_id: bankId, label, server_id: serverId, regions, slots, enabled, connected: connected ?? null };
}

function slotView(slot: SimSlot) {
  const { bankId, slotId, state, iccid, imsi, mccMnc, carrier, client, profiles, poolId } = slot;
  return {
    bank_id: bankId,
    slot_id: slotId,
    status: state,
    iccid,
    imsi,
    mcc_mnc: mccMnc,
    carrier,
    client_id: client?.clientId ?? null,
    profiles,
    pool_id: poolId,
  };
}

function rowView({ row, given, action, field, fault }: ImportedRow) {
  const { iccid, imsi, mccMnc, carrier, slot } = given;
  return { row, iccid, imsi, mcc_mnc: mccMnc, carrier, slot, action, field: field ?? null, fault: fault ?? null };
}
