import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import type { Gate } from "../gate.ts";

/** /api/epc-updates: rollouts, and what devices say of theirs. */
export function rolloutsRoutes(_router: Router, _gate: Gate, _deps: Deps): void {}
