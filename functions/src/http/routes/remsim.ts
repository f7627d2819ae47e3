import { api, type BankSlot } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { deleteClient, reassign, releaseClient } from "../../operations/remsim/actOnClient.ts";
import { discover } from "../../operations/remsim/discover.ts";
import { explain } from "../../operations/remsim/explain.ts";
import { type Registration, register } from "../../operations/remsim/register.ts";
import { unregister } from "../../operations/remsim/unregister.ts";
import { bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const ok = { success: true } as const;

/** /api/backend/v1: registration of routers, and what operators do to them: assignment. */
export function remsimRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.registerClient, async (caller, { body }) => {
    gate.limitRouter(caller, body.client_id);
    return registered(await register(deps, caller, body));
  });
  bind(router, gate, api.unregisterClient, async (caller, { params }) => {
    gate.limitRouter(caller, params.client_id);
    return { status: "success" as const, released: await unregister(deps, caller, params.client_id) };
  });
  bind(router, gate, api.discoverRemsim, async (caller) => {
    const { modes, heartbeatSeconds, servers } = await discover(deps, caller);
    return {
      status: "success" as const,
      api: "v1" as const,
      available_modes: modes,
      heartbeat_interval: heartbeatSeconds,
      servers,
    };
  });
  operatorRoutes(router, gate, deps);
}

/** The client scans the text: these fields in this order, and nothing of a caller's before mapping_mode. */
function registered({ client, assignment, heartbeatSeconds, existing }: Registration) {
  return {
    status: "success" as const,
    bank_id: assignment.client.bankId,
    slot_id: assignment.client.slotId,
    iccid: assignment.iccid,
    imsi: assignment.imsi,
    bankd_endpoint: assignment.endpoint,
    mapping_mode: client.mode,
    profile_id: client.profileId,
    heartbeat_interval: heartbeatSeconds,
    existing,
    slot: place(assignment.slot),
  };
}

function operatorRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.reassignClient, async (caller, { body }) => {
    const { from, to, iccid, imsi } = await reassign(deps, caller, body);
    return { ...ok, from: place(from), to: place(to), iccid, imsi };
  });
  bind(router, gate, api.releaseClient, async (caller, { params }) => {
    await releaseClient(deps, caller, params.client_key);
    return ok;
  });
  bind(router, gate, api.deleteClient, async (caller, { params }) => {
    await deleteClient(deps, caller, params.client_key);
    return ok;
  });
  bind(router, gate, api.explainAssignment, async (caller, { body }) => {
    const { card, summary, steps } = await explain(deps, caller, body);
    return {
      ...ok,
      slot: card ? place(card) : null,
      iccid: card?.iccid ?? null,
      carrier: card?.carrier ?? null,
      summary,
      steps: steps.map(({ policyId, policy, matches, reasons, slot }) => {
        return { policy_id: policyId, policy, matches, reasons, slot: slot ? place(slot) : null };
      }),
    };
  });
}

function place({ bankId, slotId }: BankSlot): { bank_id: number; slot_id: number } {
  return { bank_id: bankId, slot_id: slotId };
}
