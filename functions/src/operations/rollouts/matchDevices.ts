import { assignGroups, type Epc, matchesTarget, orderSeed, type Rollout, type TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";

const PAGE = 200;

/** Of an EPC, what a rollout takes into its lists. */
export type Matched = Pick<Epc, "id" | "siteName" | "state" | "timeZone" | "packages"> & { group: number };
/** Of a rollout, what decides whom it means. */
export type Plan = Pick<Rollout, "channel" | "target" | "strategy"> & {
  packages: readonly { name: string; version: string }[];
};

/** The EPCs a rollout means, each with its group, in id order. One read for each EPC of the tenant, or for each that the target names. */
export async function matchDevices(deps: Deps, tenantId: TenantId, plan: Plan): Promise<Matched[]> {
  const matched: Epc[] = [];
  for await (const epcs of candidates(deps, tenantId, plan)) {
    matched.push(...epcs.filter((epc) => matchesTarget(plan.target, plan.channel, epc)));
  }
  const ids = matched.map((epc) => epc.id);
  const groups = assignGroups(ids, orderSeed(plan.packages), plan.strategy.groups);
  return matched
    .map(({ id, siteName, state, timeZone, packages }) => ({
      id,
      siteName,
      state,
      group: groups.get(id) ?? 0,
      ...(timeZone ? { timeZone } : {}),
      ...(packages ? { packages } : {}),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function* candidates(deps: Deps, tenantId: TenantId, { target }: Plan): AsyncGenerator<Epc[]> {
  if (target.epcIds) {
    const ids = [...new Set(target.epcIds)];
    const found = await deps.store.epcs.getAll(ids.map((id) => [tenantId, id]));
    yield found.filter((stored) => stored !== undefined).map((stored) => stored.data);
    return;
  }
  let after: string | undefined;
  do {
    const page = await deps.store.epcs.page(tenantId, PAGE, after);
    yield page.items;
    after = page.next;
  } while (after);
}
