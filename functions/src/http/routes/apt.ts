import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import type { Gate } from "../gate.ts";

/** /apt/{tenant}/**: what apt-get on the devices asks for. */
export function aptRoutes(_router: Router, _gate: Gate, _deps: Deps): void {}
