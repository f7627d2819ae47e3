import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { enqueueAttempt } from "./enqueueAttempt.ts";

/** Deliveries that one run handles; the next takes the rest. */
const LIMIT = 500;
const PARALLEL = 20;
/** A task may be that late, ms. */
const LATE_MS = 60_000;

/** Puts attempts back into the queue whose tasks were lost, by a crash between a write and its task, or in one. 1 read when there are none. */
export async function webhookSweep(deps: Deps): Promise<{ enqueued: number }> {
  const now = deps.now().getTime();
  const overdue = await deps.store.webhookDeliveries.overdue(new Date(now - LATE_MS), LIMIT);
  const again = String(Math.floor(now / LATE_MS));
  for (let from = 0; from < overdue.length; from += PARALLEL) {
    await Promise.all(overdue.slice(from, from + PARALLEL).map(({ data }) => enqueueAttempt(deps, data, { again })));
  }
  if (overdue.length > 0) log.webhooksOverdue({ enqueued: overdue.length });
  return { enqueued: overdue.length };
}
