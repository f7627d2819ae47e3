import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import type { Gate } from "../gate.ts";

/** /api/backend/v1: registration of routers, and what operators do to them: assignment. */
export function remsimRoutes(_router: Router, _gate: Gate, _deps: Deps): void {}
