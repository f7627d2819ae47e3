import { api } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { recordActivity } from "../../operations/recordActivity.ts";
import { recordCommandResult } from "../../operations/recordCommandResult.ts";
import { submitReport } from "../../operations/submitReport.ts";
import { bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

/** /api/metrics/**: what running devices say. */
export function metricsRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.submit, (caller, { body }) => submitReport(deps, caller, body));
  bind(router, gate, api.heartbeat, (caller, { body }) => submitReport(deps, caller, body));
  bind(router, gate, api.events, async (caller, { body }) => ({
    success: true as const,
    accepted: await recordActivity(deps, caller, body.events),
  }));
  bind(router, gate, api.attach, async (caller, { body }) => ({
    success: true as const,
    accepted: await recordActivity(deps, caller, [{ ...body, type: "attach" }]),
  }));
  bind(router, gate, api.detach, async (caller, { body }) => ({
    success: true as const,
    accepted: await recordActivity(deps, caller, [{ ...body, type: "detach" }]),
  }));
  bind(router, gate, api.commandResult, async (caller, { body }) => {
    await recordCommandResult(deps, caller, body);
    return { success: true as const };
  });
}
