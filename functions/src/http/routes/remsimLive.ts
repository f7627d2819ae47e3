import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import type { Gate } from "../gate.ts";

/** /api/backend/v1: the life of a registered router: heartbeats, commands, configuration, logs. */
export function remsimLiveRoutes(_router: Router, _gate: Gate, _deps: Deps): void {}
