import { type AuditEntry, paths, type TenantId } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../deps.ts";
import { randomHex } from "./secrets.ts";

export interface Actor {
  actor: string;
  actorName: string;
  requestId?: string;
}

/** What acts when no person does. */
export const SYSTEM: Actor = { actor: "system", actorName: "wisptools" };

/** Adds the audit entry of an act to the act's own write. Ids sort by time. */
export function audit(
  deps: Deps,
  write: Write,
  tenantId: TenantId,
  actor: Actor,
  fields: { action: string; target: string; summary: string },
): void {
  const at = deps.now();
  const entry: AuditEntry = {
    schemaVersion: 1,
    id: `${at.getTime()}-${randomHex(8)}`,
    at,
    actor: actor.actor,
    actorName: actor.actorName,
    ...(actor.requestId ? { requestId: actor.requestId } : {}),
    ...fields,
  };
  write.create(paths.audit(tenantId, entry.id), entry);
}
