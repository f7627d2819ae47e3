import type { Registration } from "../records.ts";
import type { HssDeps } from "./deps.ts";

/** Whether a registration is still the one that was read: no update location came since. */
function isSame(now: Registration | undefined, then: Registration): now is Registration {
  return now !== undefined && now.mme === then.mme && now.at === then.at;
}

/** Removes a registration, unless the subscriber has registered anew meanwhile. Resolves to whether it did. */
export async function forget(deps: HssDeps, registration: Registration): Promise<boolean> {
  const { tenantId, imsi } = registration;
  const removed = await deps.turns.run(imsi, async () => {
    if (!isSame(deps.registrations.get(imsi), registration)) return false;
    await deps.registrations.remove(imsi);
    return true;
  });
  if (removed) deps.reporter.detached(tenantId, imsi, "detached");
  return removed;
}

/** Notes which profile the MME has now, unless the subscriber has registered anew meanwhile. */
export async function noteSent(deps: HssDeps, registration: Registration, hash: string): Promise<void> {
  await deps.turns.run(registration.imsi, async () => {
    const now = deps.registrations.get(registration.imsi);
    if (isSame(now, registration)) await deps.registrations.put({ ...now, sent: hash });
  });
}
