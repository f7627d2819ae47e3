import { Tenant } from "@wisptools/core";
import { microsecondsOf, type WatchSink } from "@wisptools/store";
import type { MirrorEvents, TenantRecord } from "../records.ts";
import type { MirrorInside } from "./openMirror.ts";

/** All tenants, whole: a tenant that is gone has no tombstone. */
export function tenantSink(
  { catalogue, environment, keyring, log }: MirrorInside,
  events: MirrorEvents,
  onTenant: (tenantId: string) => void,
  onSynced: () => void,
): WatchSink {
  return {
    apply: async (changed, paths, isFirst) => {
      let isChanged = false;
      await environment.batch(() => {
        for (const { path, data, version } of changed) {
          const parsed = Tenant.safeParse(data);
          if (!parsed.success) log.documentSkipped(path, parsed.error);
          else
            isChanged =
              catalogue.put("tenant", parsed.data.id, microsecondsOf(version), recordOf(parsed.data)) || isChanged;
        }
        for (const id of [...catalogue.ids("tenant")]) {
          if (paths.has(`tenants/${id}`)) continue;
          isChanged = catalogue.remove("tenant", id) || isChanged;
          void keyring.remove(id);
        }
      });
      for (const id of catalogue.ids("tenant")) onTenant(id);
      if (isChanged) events.tenantsChanged();
      if (isFirst) onSynced();
    },
    failed: (error, retryInMs) => log.feedFailed({ feed: "tenants", retryInMs }, error),
  };
}

function recordOf(tenant: Tenant): TenantRecord {
  return {
    id: tenant.id,
    realm: tenant.diameter.realm,
    plmns: tenant.plmns,
    active: tenant.status === "active",
    roamingPartners: tenant.roamingPartners ?? [],
    unknownEquipment: tenant.unknownEquipment ?? "white",
  };
}
