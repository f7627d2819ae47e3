import type { putGroup } from "@wisptools/core/api/hss";
import type { GroupSettings } from "@wisptools/core/documents/subscription";
import { plmnText } from "@wisptools/core/domain/plmn";
import { RatName } from "@wisptools/core/domain/subscription/settings";
import { readRoaming, type SubscriberDraft } from "../shared/draft.ts";

/** A group as typed. Empty text = none. */
export interface GroupDraft
  extends Pick<SubscriberDraft, "planId" | "apnIds" | "roaming" | "plmns" | "ownRats" | "deniedRats"> {
  name: string;
  description: string;
}

export function toDraft(group: GroupSettings | undefined): GroupDraft {
  const roaming = group?.roaming;
  return {
    name: group?.name ?? "",
    description: group?.description ?? "",
    planId: group?.planId ?? "",
    apnIds: [...(group?.apnIds ?? [])],
    roaming: roaming?.allowed ?? "",
    plmns: roaming?.allowed === "listed" ? roaming.plmns.map(plmnText).join(" ") : "",
    ownRats: group?.deniedRats !== undefined,
    deniedRats: [...(group?.deniedRats ?? [])],
  };
}

export function toBody(draft: GroupDraft, revision: number | undefined): (typeof putGroup)["body"]["_zod"]["input"] {
  const roaming = readRoaming(draft);
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    ...(draft.planId ? { planId: draft.planId } : {}),
    ...(draft.apnIds.length > 0 ? { apnIds: draft.apnIds } : {}),
    ...(roaming ? { roaming } : {}),
    ...(draft.ownRats
      ? { deniedRats: draft.deniedRats.filter((rat): rat is RatName => RatName.safeParse(rat).success) }
      : {}),
    ...(revision === undefined ? {} : { revision }),
  };
}
