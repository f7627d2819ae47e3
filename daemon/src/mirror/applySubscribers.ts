import { HssProfile } from "@wisptools/core";
import type { MirrorEvents } from "../records.ts";
import { type Applier, tenantAndId } from "./cloudApplier.ts";
import type { MirrorInside } from "./openMirror.ts";
import { sharedSettings } from "./subscriberRecord.ts";

/** hssProfiles of all tenants: who is served, and how. `onTenant` learns whose subscribers there are. */
export function subscriberApplier(
  { subscribers, catalogue }: MirrorInside,
  events: MirrorEvents,
  onTenant: (tenantId: string) => void,
): Applier {
  const changed = new Map<string, string[]>();
  const note = (tenantId: string, imsi: string): void => {
    const imsis = changed.get(tenantId);
    if (imsis) imsis.push(imsi);
    else changed.set(tenantId, [imsi]);
  };
  return {
    name: "hssProfiles",
    source: { collection: "hssProfiles", group: true, field: "updatedAt" },
    apply: ({ path, data, at }) => {
      const { tenantId, id: imsi } = tenantAndId(path);
      if (data.deleted === true) {
        if (subscribers.remove(tenantId, imsi)) note(tenantId, imsi);
        return undefined;
      }
      const profile = HssProfile.parse(data);
      const { staticAddresses } = profile;
      const isChanged = subscribers.put(imsi, {
        shared: sharedSettings(tenantId, profile),
        algorithm: profile.algorithm,
        amf: Number.parseInt(profile.amf, 16),
        sqnOffset: profile.sqnOffset,
        at,
        msisdn: profile.msisdn ?? "",
        imei: profile.imei ?? "",
        addresses: Object.keys(staticAddresses).length === 0 ? "" : JSON.stringify(staticAddresses),
        keys: Buffer.from(profile.keys, "base64"),
      });
      if (isChanged) note(tenantId, imsi);
      onTenant(tenantId);
      return imsi;
    },
    keys: () => subscribers.imsis(),
    remove: (imsi) => {
      const tenantId = subscribers.get(imsi)?.tenantId;
      if (tenantId !== undefined && subscribers.remove(tenantId, imsi)) note(tenantId, imsi);
    },
    tell: () => {
      for (const [tenantId, imsis] of changed) {
        if (catalogue.get("tenant", tenantId)) events.profilesChanged(tenantId, imsis);
      }
      changed.clear();
    },
  };
}
