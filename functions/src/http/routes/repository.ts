import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import type { Gate } from "../gate.ts";

/** /api/epc-updates: packages, channels and keys of the tenant's APT repository. */
export function repositoryRoutes(_router: Router, _gate: Gate, _deps: Deps): void {}
