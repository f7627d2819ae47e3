import type { PeerContext } from "../peerContext.ts";
import type { ServedSubscriber, TenantRecord } from "../records.ts";
import type { HssDeps } from "./deps.ts";

export interface Reached {
  readonly subscriber: ServedSubscriber;
  /** The tenant whose subscriber it is. */
  readonly home: TenantRecord;
}

/**
 * The subscriber, if this peer may ask for it: of its own tenant, or of one that has it as a roaming partner. Others
 * don't exist for it (its answer is 5001, TS 29.272 7.4.3.1); the home tenant gets to know that somebody asked.
 */
export function reach(
  deps: HssDeps,
  imsi: string,
  peer: { readonly originHost: string; readonly context: PeerContext },
): Reached | undefined {
  const subscriber = deps.directory.subscriber(imsi);
  if (!subscriber) return undefined;
  const home = deps.directory.tenant(subscriber.tenantId);
  if (!home) return undefined;
  if (mayServe(home, peer.context)) return { subscriber, home };
  reportStranger(deps, subscriber, peer.originHost);
  return undefined;
}

/** Whether a peer's EPC may serve this tenant's subscribers. */
export function mayServe(home: TenantRecord, { tenantId, trusted }: PeerContext): boolean {
  return trusted || home.id === tenantId || home.roamingPartners.includes(tenantId);
}

function reportStranger(deps: HssDeps, { tenantId, imsi }: ServedSubscriber, originHost: string): void {
  const held = deps.seldom.pass(`cross-tenant ${tenantId} ${originHost}`);
  if (held === undefined) return;
  deps.log.crossTenantRequest({ tenantId, imsi, originHost, held });
  const more = held > 0 ? `; ${held} more such requests since the last report` : "";
  deps.reporter.activity({
    tenantId,
    imsi,
    kind: "cross-tenant",
    severity: "warning",
    message: `${originHost}, which may not serve this subscriber, asked for it and was told that it does not exist${more}`,
  });
}
