import type { Command, Epc } from "@wisptools/core";
import { paths } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { Deps } from "../deps.ts";
import { log } from "../logs.ts";
import { commits } from "./commits.ts";
import { event } from "./event.ts";

/** Documents handled at most per run; the next minute's run takes the rest. */
const LIMIT = 500;
const PARALLEL = 20;

/** What silence decides, once a minute: EPCs that stopped reporting go offline, commands nobody finished expire. */
export async function sweep(deps: Deps): Promise<{ offline: number; expiredCommands: number }> {
  const now = deps.now();
  const [epcs, commands] = await Promise.all([
    deps.store.epcs.overdue(now, LIMIT),
    deps.store.commands.overdue(now, LIMIT),
  ]);
  const offline = await each(epcs, (stored) => markOffline(deps, stored));
  const expiredCommands = await each(commands, (stored) => expire(deps, stored));
  log.swept({ offline, expiredCommands });
  return { offline, expiredCommands };
}

async function each<T>(items: T[], act: (item: T) => Promise<boolean>): Promise<number> {
  let done = 0;
  for (let start = 0; start < items.length; start += PARALLEL) {
    const results = await Promise.all(items.slice(start, start + PARALLEL).map(act));
    done += results.filter(Boolean).length;
  }
  return done;
}

/** A report that arrives at the same time wins: it moves the document, and this write does not happen. */
async function markOffline(deps: Deps, stored: Stored<Epc>): Promise<boolean> {
  const epc = stored.data;
  const now = deps.now();
  const write = deps.store.write();
  if (epc.state === "retired") return commits(write.update(stored, { offlineAt: undefined }));
  write.update(stored, { state: "offline", stateSince: now, offlineAt: undefined, ailments: [] });
  event(deps, write, epc, {
    type: "state",
    severity: "error",
    message: `${epc.state} → offline: last heard of at ${epc.lastSeenAt?.toISOString() ?? "never"}`,
    data: { from: epc.state, to: "offline" },
  });
  log.epcOffline({ tenantId: epc.tenantId, epcId: epc.id });
  return commits(write);
}

async function expire(deps: Deps, stored: Stored<Command>): Promise<boolean> {
  const { tenantId, epcId, id } = stored.data;
  return untilUncontended(async () => {
    const epc = await deps.store.epcs.get(tenantId, epcId);
    const write = deps.store.write();
    write.patch(paths.command(tenantId, epcId, id), { state: "expired", finishedAt: deps.now() });
    if (epc?.data.pendingCommands.some((one) => one.id === id)) {
      write.update(epc, { pendingCommands: epc.data.pendingCommands.filter((one) => one.id !== id) });
    }
    await write.commit();
    return true;
  });
}
