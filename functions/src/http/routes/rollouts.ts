import { api } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { actOnRollout } from "../../operations/rollouts/actOnRollout.ts";
import { createRollout } from "../../operations/rollouts/createRollout.ts";
import { previewRollout } from "../../operations/rollouts/previewRollout.ts";
import { reportUpdate } from "../../operations/rollouts/reportUpdate.ts";
import { rolloutView } from "../../operations/rollouts/rolloutView.ts";
import { triggerUpdate } from "../../operations/rollouts/triggerUpdate.ts";
import {
  listRollouts,
  readEpcUpdateStatus,
  readRollout,
  readUpdateStatus,
} from "../../operations/rollouts/viewRollouts.ts";
import { Answer, bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const ok = { success: true } as const;

/** /api/epc-updates: rollouts, and what devices say of theirs. */
export function rolloutsRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.previewRollout, async (caller, { body }) => ({
    ...ok,
    ...(await previewRollout(deps, caller, body)),
  }));
  bind(router, gate, api.createRollout, async (caller, { body }) => {
    return new Answer(201, { ...ok, rollout: rolloutView(await createRollout(deps, caller, body)) });
  });
  bind(router, gate, api.triggerUpdate, async (caller, { body }) => {
    return new Answer(201, { ...ok, rollout: rolloutView(await triggerUpdate(deps, caller, body)) });
  });
  bind(router, gate, api.actOnRollout, async (caller, { params, body }) => {
    return { ...ok, rollout: rolloutView(await actOnRollout(deps, caller, params.rollout_id, body)) };
  });
  bind(router, gate, api.reportUpdate, async (caller, { body }) => {
    await reportUpdate(deps, caller, body);
    return ok;
  });
  readRoutes(router, gate, deps);
}

function readRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listRollouts, async (caller, { query }) => {
    const { rollouts, next } = await listRollouts(deps, caller, query);
    return { ...ok, rollouts, next_page_token: next ?? null };
  });
  bind(router, gate, api.readRollout, async (caller, { params }) => ({
    ...ok,
    rollout: await readRollout(deps, caller, params.rollout_id),
  }));
  bind(router, gate, api.readUpdateStatus, async (caller) => ({
    ...ok,
    rollouts: await readUpdateStatus(deps, caller),
  }));
  bind(router, gate, api.readEpcUpdateStatus, async (caller, { params }) => ({
    ...ok,
    ...(await readEpcUpdateStatus(deps, caller, params.epc_id)),
  }));
}
