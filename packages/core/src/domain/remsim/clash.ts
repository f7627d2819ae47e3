import type { RemsimClient } from "../../documents/remsimClient.ts";

/** A clash in which nobody alternated for so long is over, ms. */
export const CLASH_QUIET_MS = 3_600_000;
/** Former instances remembered: of as many routers and one more under a name, one comes again while it is known. */
const REMEMBERED = 4;

export interface InstanceSight {
  changes: Pick<Partial<RemsimClient>, "instanceId" | "previousInstanceIds" | "clashAt">;
  /** A clash begins: to be told once. */
  begins: boolean;
}

/**
 * Who speaks under a client's name. Instances are random at each start of an add-on, so a restart brings one that was never seen, and one
 * that comes again shows that two routers use one login and name.
 */
export function seeInstance(client: RemsimClient, instanceId: string | undefined, now: Date): InstanceSight {
  const { clashAt } = client;
  const over = clashAt !== null && now.getTime() - clashAt.getTime() >= CLASH_QUIET_MS;
  const calm: InstanceSight = { changes: over ? { clashAt: null } : {}, begins: false };
  if (instanceId === undefined || instanceId === client.instanceId) return calm;
  const former = client.previousInstanceIds ?? [];
  const others = [client.instanceId, ...former].filter((one): one is string => one !== null && one !== instanceId);
  const moved = { instanceId, previousInstanceIds: others.slice(0, REMEMBERED) };
  if (!former.includes(instanceId)) return { changes: { ...moved, ...calm.changes }, begins: false };
  return { changes: { ...moved, clashAt: now }, begins: clashAt === null || over };
}
