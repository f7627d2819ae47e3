import type { Catalogue } from "@wisptools/core/domain/subscription/profile";
import type { SubscriberSettings } from "@wisptools/core/domain/subscription/settings";

/** Where a value of the effective profile comes from, for people. */
export interface Origins {
  plan: string;
  apns: string;
  roaming: string;
  rats: string;
}

type Settings = Pick<SubscriberSettings, "planId" | "groupId" | "apnIds" | "roaming" | "deniedRats">;

/** As effectiveProfile chooses: the subscriber's own, else the group's, else none. */
export function originsOf(settings: Settings, catalogue: Pick<Catalogue, "group">): Origins {
  const group = settings.groupId === undefined ? undefined : catalogue.group(settings.groupId);
  const of = (own: unknown, inherited: unknown) =>
    own !== undefined ? "own" : inherited !== undefined && group ? `group ${group.name}` : "default";
  return {
    plan: of(settings.planId, group?.planId),
    apns: of(settings.apnIds, group?.apnIds),
    roaming: of(settings.roaming, group?.roaming),
    rats: of(settings.deniedRats, group?.deniedRats),
  };
}

/** The plan that holds for a subscriber. */
export function effectivePlanId(
  settings: Pick<SubscriberSettings, "planId" | "groupId">,
  catalogue: Pick<Catalogue, "group">,
): string | undefined {
  return settings.planId ?? (settings.groupId === undefined ? undefined : catalogue.group(settings.groupId)?.planId);
}
