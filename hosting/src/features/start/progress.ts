import type { EnrolmentToken } from "@wisptools/core/documents/access";
import type { Tenant } from "@wisptools/core/documents/tenant";
import type { EpcState } from "@wisptools/core/domain/epcState";
import { hasCoreSource } from "../settings/coreSource.ts";
import { keyState } from "../tokens/tokenState.ts";

export type Step = "tenant" | "token" | "box" | "online" | "done";

export interface Facts {
  tenant: Tenant;
  /** Undefined: the person may not see them. */
  tokens: readonly EnrolmentToken[] | undefined;
  epcs: readonly { state: EpcState }[];
  now: number;
}

/** Whether the tenant has what its first box needs: a network identity, codes to give out and where Open5GS comes from. */
export function tenantReady(tenant: Tenant): boolean {
  return tenant.plmns.length > 0 && tenant.tacRanges.length > 0 && hasCoreSource(tenant);
}

/** The steps that are behind us, told from the data alone, so that reloading or another person's work changes nothing. */
export function stepsDone(facts: Facts): ReadonlySet<Step> {
  const done = new Set<Step>();
  const boxes = facts.epcs.filter((epc) => epc.state !== "retired");
  const tokenHolds = facts.tokens?.some((token) => keyState(token, facts.now) === "active") ?? false;
  if (tenantReady(facts.tenant)) done.add("tenant");
  if (facts.tenant.enrolmentPolicy !== "token" || tokenHolds || boxes.length > 0) done.add("token");
  if (boxes.length > 0) done.add("box");
  if (boxes.some((epc) => epc.state === "online" || epc.state === "degraded")) done.add("online");
  if (done.has("online")) done.add("done");
  return done;
}

/** The EPCs that were at work before: what the guide shows is about the others. Empty on a first run, reloaded or not. */
export function settled(epcs: readonly { id: string; state: EpcState }[]): ReadonlySet<string> {
  return new Set(epcs.filter((epc) => epc.state !== "enrolled" && epc.state !== "deploying").map((epc) => epc.id));
}

const NEWS: readonly EpcState[] = ["deploying", "enrolled", "online", "degraded", "offline"];

/** The EPC whose progress is worth showing: the one on its way, else one that made it. */
export function leading<E extends { state: EpcState; stateSince: Date }>(epcs: readonly E[]): E | undefined {
  const rank = (epc: E) => NEWS.indexOf(epc.state);
  return epcs
    .filter((epc) => rank(epc) >= 0)
    .sort((a, b) => rank(a) - rank(b) || b.stateSince.getTime() - a.stateSince.getTime())[0];
}
