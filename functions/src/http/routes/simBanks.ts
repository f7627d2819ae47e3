import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import type { Gate } from "../gate.ts";

/** /api/backend/v1: banks, slots, cards, pools, policies, credentials. */
export function simBankRoutes(_router: Router, _gate: Gate, _deps: Deps): void {}
