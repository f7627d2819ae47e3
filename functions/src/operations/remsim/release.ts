import { bankSlotId, type RemsimClient, type RemsimCommandRequest } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { type Actor, audit } from "../audit.ts";
import { freeCard, readHeldCard } from "./heldCard.ts";
import { remsimEvent } from "./remsimEvent.ts";
import { readRemsimSettings } from "./remsimSettings.ts";

/** `action`: the audit's word. `because`: for people, e.g. "it unregistered". */
export interface ReleaseReason {
  action: string;
  because: string;
}

/**
 * Takes its card from a client as it was read: one write, `aborted` when anything changed since. What has gone to someone else stays theirs.
 * @returns false when it held nothing
 */
export async function release(
  deps: Deps,
  actor: Actor,
  stored: Stored<RemsimClient>,
  { action, because }: ReleaseReason,
): Promise<boolean> {
  const client = stored.data;
  const { tenantId, key, clientId, assignment } = client;
  if (!assignment) return false;
  const [{ data: settings }, held] = await Promise.all([
    readRemsimSettings(deps, tenantId),
    readHeldCard(deps, client, assignment),
  ]);
  const write = deps.store.write();
  freeCard(deps, write, held, client, settings);
  if (held.map) write.remove(held.map);
  write.update(stored, {
    assignment: null,
    lastSlot: assignment.slot,
    state: "released",
    server: null,
    leaseUntil: null,
    pendingCommands: withoutReassign(client.pendingCommands),
    updatedAt: deps.now(),
  });
  const place = bankSlotId(assignment.slot);
  audit(deps, write, tenantId, actor, { action, target: key, summary: `${clientId} lost slot ${place}: ${because}` });
  remsimEvent(deps, write, tenantId, {
    type: "client_unregistered",
    severity: "info",
    message: `${clientId} no longer has slot ${place}: ${because}`,
    clientKey: key,
    ...assignment.slot,
    data: { client_id: clientId, iccid: assignment.iccid, imsi: assignment.imsi },
  });
  await write.commit();
  log.remsimReleased({ tenantId, clientKey: key, slot: place, because });
  return true;
}

/** What waits for a client, without word of cards that it has no more. */
export function withoutReassign(pending: RemsimClient["pendingCommands"]): RemsimClient["pendingCommands"] {
  const stale: RemsimCommandRequest["type"] = "reassign";
  return pending.filter(({ request }) => request.type !== stale);
}
