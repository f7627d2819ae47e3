import type { ApnProfile, Group, Plan } from "@wisptools/core/documents/subscription";
import type { Catalogue } from "@wisptools/core/domain/subscription/profile";
import { type LiveList, liveList } from "../../../data/live.svelte.ts";
import { subscriberSources } from "../../../data/subscriberSources.ts";
import { getTenant } from "../../../data/tenant.svelte.ts";

export interface LiveCatalogue extends Catalogue {
  readonly plans: LiveList<Plan>;
  readonly groups: LiveList<Group>;
  readonly apns: LiveList<ApnProfile>;
  /** All three are in. */
  readonly ready: boolean;
}

/** The tenant's plans, groups and APN profiles for as long as the calling component lives. */
export function liveCatalogue(): LiveCatalogue {
  const tenant = getTenant();
  const plans = liveList(() => subscriberSources.plans(tenant.id));
  const groups = liveList(() => subscriberSources.groups(tenant.id));
  const apns = liveList(() => subscriberSources.apns(tenant.id));
  return {
    plans,
    groups,
    apns,
    get ready() {
      return [plans, groups, apns].every((list) => list.status !== "idle" && list.status !== "loading");
    },
    plan: (id) => plans.items.find((one) => one.id === id),
    group: (id) => groups.items.find((one) => one.id === id),
    apn: (id) => apns.items.find((one) => one.id === id),
  };
}
