import { paths, type RemsimEvent, type TenantId } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { randomHex } from "../secrets.ts";

/** How long events are kept, ms. */
const EVENT_LIFETIME_MS = 90 * 24 * 3_600_000;

/** `id`: when the event shall not come again. */
export type NewRemsimEvent = Pick<RemsimEvent, "type" | "severity" | "message"> &
  Partial<Pick<RemsimEvent, "id" | "clientKey" | "bankId" | "slotId" | "data">>;

/** Adds an event to the write of what happened: the page lists it, and webhooks tell of it. */
export function remsimEvent(deps: Deps, write: Write, tenantId: TenantId, fields: NewRemsimEvent): void {
  const at = deps.now();
  const document: RemsimEvent = {
    schemaVersion: 1,
    id: `${at.getTime()}-${randomHex(8)}`,
    tenantId,
    at,
    data: {},
    ...fields,
    expireAt: new Date(at.getTime() + EVENT_LIFETIME_MS),
  };
  write.create(paths.remsimEvent(tenantId, document.id), document);
}
