import { lastSign, leaseTurn, type RemsimClient } from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { SYSTEM } from "../audit.ts";
import { commits } from "../commits.ts";
import { cachedSettings } from "./cachedSettings.ts";
import { eachSafely } from "./eachSafely.ts";
import { inTurn } from "./inTurn.ts";
import { release } from "./release.ts";
import { remsimEvent } from "./remsimEvent.ts";
import { ServerWords } from "./serverWords.ts";

/** Leases read at a time, and at most so many times a run; the next minute's run takes the rest. */
const PAGE = 200;
const PAGES = 20;

export interface EndedLeases {
  /** Heard of in another way than by heartbeat: by their server, or just now. */
  renewed: number;
  disconnected: number;
  reclaimed: number;
}

/** What silence decides about clients. Reads what is due and nothing else; a sign of life that comes at the same time wins. */
export async function endLeases(deps: Deps): Promise<EndedLeases> {
  const words = new ServerWords(deps);
  const ended: EndedLeases = { renewed: 0, disconnected: 0, reclaimed: 0 };
  for (let page = 0; page < PAGES; page++) {
    const due = await deps.store.remsimClients.due(deps.now(), PAGE);
    const acts = await eachSafely(due, (stored) => endLease(deps, words, stored));
    for (const act of acts) if (act) ended[act]++;
    if (due.length < PAGE || acts.every((act) => act === undefined)) break;
  }
  return ended;
}

async function endLease(
  deps: Deps,
  words: ServerWords,
  stored: Stored<RemsimClient>,
): Promise<keyof EndedLeases | undefined> {
  const client = stored.data;
  const now = deps.now();
  const { graceSeconds } = await cachedSettings(deps, client.tenantId);
  const serverSeenAt = await words.seenAt(client);
  const turn = leaseTurn(client, { graceSeconds, serverSeenAt }, now);
  if (turn.act === "reclaim") return (await reclaim(deps, stored)) ? "reclaimed" : undefined;
  const write = deps.store.write();
  if (turn.act === "disconnect") tellDisconnected(deps, write, client, lastSign(client, serverSeenAt, now));
  write.update(stored, { ...turn.changes, updatedAt: now });
  if (!(await commits(write))) return undefined;
  return turn.act === "disconnect" ? "disconnected" : "renewed";
}

/** As if it had unregistered. */
function reclaim(deps: Deps, stored: Stored<RemsimClient>): Promise<boolean> {
  const { tenantId, assignment } = stored.data;
  const reason = { action: "remsimClient.reclaim", because: "nothing was heard of it for too long" };
  const act = async () => {
    await release(deps, SYSTEM, stored, reason);
  };
  return commits({ commit: () => (assignment?.poolId ? inTurn(`pools of ${tenantId}`, act) : act()) });
}

function tellDisconnected(deps: Deps, write: Write, client: RemsimClient, heard: Date): void {
  const { tenantId, key, clientId, assignment } = client;
  remsimEvent(deps, write, tenantId, {
    type: "client_disconnected",
    severity: "warning",
    message: `${clientId} was last heard of at ${heard.toISOString()}; it loses its card if it stays silent`,
    clientKey: key,
    ...(assignment ? { bankId: assignment.slot.bankId, slotId: assignment.slot.slotId } : {}),
    data: { client_id: clientId },
  });
  log.remsimClientDisconnected({ tenantId, clientKey: key });
}
