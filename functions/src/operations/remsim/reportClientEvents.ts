import { type api, eventLines, leaseUntil, linksAfter, statusAfter } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { z } from "zod";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { cachedSettings } from "./cachedSettings.ts";
import { clientLog } from "./clientLog.ts";
import { registeredClient } from "./registeredClient.ts";

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
    const status = statusAfter(events);
    const write = deps.store.write();
    clientLog(deps, write, stored.data, "event", eventLines(events, now));
    write.update(stored, {
      state: "connected",
      leaseUntil: leaseUntil(now, graceSeconds),
      links: linksAfter(stored.data.links, events, now),
      ...(status ? { status } : {}),
      updatedAt: now,
    });
    await write.commit();
  });
}
