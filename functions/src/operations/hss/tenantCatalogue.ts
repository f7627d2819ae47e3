import type { ApnProfile, Group, Plan, TenantId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

type Read<T> = (tenantId: TenantId, id: string) => Promise<Stored<T> | undefined>;

/** What subscribers of one tenant may name. Each is read once, however many subscribers of a request name it. */
export class TenantCatalogue {
  readonly plan: (id: string) => Promise<Plan | undefined>;
  readonly group: (id: string) => Promise<Group | undefined>;
  readonly apn: (id: string) => Promise<ApnProfile | undefined>;

  constructor({ store }: Deps, tenantId: TenantId) {
    this.plan = once((id) => living(store.plans.get.bind(store.plans), tenantId, id));
    this.group = once((id) => living(store.groups.get.bind(store.groups), tenantId, id));
    this.apn = once((id) => living(store.apnProfiles.get.bind(store.apnProfiles), tenantId, id));
  }
}

async function living<T extends { deleted: boolean }>(
  read: Read<T>,
  tenantId: TenantId,
  id: string,
): Promise<T | undefined> {
  const stored = await read(tenantId, id);
  return stored?.data.deleted ? undefined : stored?.data;
}

function once<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (id) => {
    const found = known.get(id) ?? read(id);
    known.set(id, found);
    return found;
  };
}
