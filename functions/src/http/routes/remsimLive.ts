import { api } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { clientKeyOf } from "../../operations/remsim/clientIdentity.ts";
import { commandClient } from "../../operations/remsim/commandClient.ts";
import { configureClient } from "../../operations/remsim/configureClient.ts";
import { heartbeat } from "../../operations/remsim/heartbeat.ts";
import { reportClientEvents } from "../../operations/remsim/reportClientEvents.ts";
import { uploadLog } from "../../operations/remsim/uploadLog.ts";
import { bind } from "../bind.ts";
import type { Gate } from "../gate.ts";
import { TokenBuckets } from "../tokenBuckets.ts";

const done = { status: "success" } as const;
const ok = { success: true } as const;
/** Uploads of a client's log an hour. */
const LOG_UPLOADS = 30;

/** /api/backend/v1: the life of a registered router: heartbeats, commands, configuration, logs. */
export function remsimLiveRoutes(router: Router, gate: Gate, deps: Deps): void {
  const uploads = new TokenBuckets(LOG_UPLOADS, LOG_UPLOADS / 3600, () => deps.now().getTime());
  bind(router, gate, api.remsimHeartbeat, async (caller, { body }) => {
    gate.limitRouter(caller, body.client_id);
    const { heartbeatSeconds, commands } = await heartbeat(deps, caller, body);
    return {
      ...done,
      next_heartbeat_interval: heartbeatSeconds,
      commands: commands.map(({ id, request }) => ({ id, ...request })),
    };
  });
  bind(router, gate, api.reportRemsimEvents, async (caller, { body }) => {
    gate.limitRouter(caller, body.client_id);
    await reportClientEvents(deps, caller, body);
    return done;
  });
  bind(router, gate, api.uploadRemsimLog, async (caller, { body }) => {
    gate.limitRouter(caller, body.client_id);
    uploads.take(clientKeyOf(caller.credentialId, body.client_id));
    await uploadLog(deps, caller, body);
    return done;
  });
  operatorRoutes(router, gate, deps);
}

function operatorRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.commandClient, async (caller, { params, body }) => ({
    ...ok,
    command_id: await commandClient(deps, caller, params.client_key, body),
  }));
  bind(router, gate, api.configureClient, async (caller, { params, body }) => ({
    ...ok,
    version: await configureClient(deps, caller, params.client_key, body.values),
  }));
}
