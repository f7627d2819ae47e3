import { type api, eventLines, leaseUntil, linkOf, linksAfter } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { z } from "zod";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { cachedSettings } from "./cachedSettings.ts";
import { clientLog } from "./clientLog.ts";
import { registeredClient } from "./registeredClient.ts";

const STATUS_LENGTH = 32;

/** What a router's event script saw: a line each in its log, the youngest word on its connections in its document. One read, two writes. */
export async function reportClientEvents(
  deps: Deps,
  caller: RemsimCaller,
  { client_id, events }: z.infer<typeof api.reportRemsimEvents.body>,
): Promise<void> {
  const { graceSeconds } = await cachedSettings(deps, caller.tenantId);
  await untilUncontended(async () => {
    const stored = await registeredClient(deps, caller, client_id);
    const now = deps.now();
    const youngest = events
      .filter(({ event }) => linkOf(event))
      .sort((a, b) => a.age_seconds - b.age_seconds)
      .at(0);
    const write = deps.store.write();
    clientLog(deps, write, stored.data, "event", eventLines(events, now));
    write.update(stored, {
      state: "connected",
      leaseUntil: leaseUntil(now, graceSeconds),
      links: linksAfter(stored.data.links, events, now),
      ...(youngest ? { status: youngest.event.slice(0, STATUS_LENGTH) } : {}),
      updatedAt: now,
    });
    await write.commit();
  });
}
