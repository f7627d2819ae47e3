import { type Epc, type EpcEvent, paths } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../deps.ts";

/** How long events are kept, ms. */
const EVENT_LIFETIME_MS = 90 * 24 * 3_600_000;

export interface NewEvent {
  type: EpcEvent["type"];
  message: string;
  severity?: EpcEvent["severity"];
  /** When it happened; now when absent. */
  at?: Date;
  /** Told apart from others of its type at the same moment; writing one id twice changes nothing. */
  id?: string;
  data?: EpcEvent["data"];
}

/** Adds an event of an EPC to a write. */
export function event(deps: Deps, write: Write, epc: Pick<Epc, "tenantId" | "id">, fields: NewEvent): void {
  const now = deps.now();
  const at = fields.at ?? now;
  const id = `${at.getTime()}-${fields.type}${fields.id ? `-${fields.id}` : ""}`;
  const document: EpcEvent = {
    schemaVersion: 1,
    id,
    type: fields.type,
    severity: fields.severity ?? "info",
    message: fields.message,
    at,
    receivedAt: now,
    data: fields.data ?? {},
    expireAt: new Date(now.getTime() + EVENT_LIFETIME_MS),
  };
  write.merge(paths.event(epc.tenantId, epc.id, id), document);
}
