import type { ApnProfile, Catalogue, Group, Plan } from "@wisptools/core";
import type { PeerRecord, TenantRecord } from "../records.ts";
import type { Mirrored } from "./environment.ts";
import type { Table } from "./table.ts";

interface Kinds {
  tenant: TenantRecord;
  peer: PeerRecord;
  plan: Plan;
  group: Group;
  apn: ApnProfile;
}
export type Kind = keyof Kinds;

/** Tenants, peers, plans, groups and APN profiles: few enough to be kept decoded once they were used. */
export class CatalogueStore {
  private readonly table: Table<Mirrored<unknown>>;
  private readonly decoded = new Map<string, unknown>();

  constructor(table: Table<Mirrored<unknown>>) {
    this.table = table;
  }

  /** `id` is `{tenant}/{id}`, a tenant's id, or a peer's Origin-Host in lower case. */
  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    const key = `${kind}/${id}`;
    if (this.decoded.has(key)) return this.decoded.get(key) as Kinds[K] | undefined;
    const value = this.table.get(key)?.value as Kinds[K] | undefined;
    // What strangers ask for must not fill the memory.
    if (value !== undefined) this.decoded.set(key, value);
    return value;
  }

  /** Whether anything changed: an older or equal state of the source changes nothing. */
  put<K extends Kind>(kind: K, id: string, at: number, value: Kinds[K]): boolean {
    const key = `${kind}/${id}`;
    const known = this.table.get(key);
    if (known && known.at >= at) return false;
    this.decoded.set(key, value);
    void this.table.put(key, { at, value });
    return JSON.stringify(known?.value) !== JSON.stringify(value);
  }

  remove(kind: Kind, id: string): boolean {
    const key = `${kind}/${id}`;
    this.decoded.delete(key);
    if (!this.table.get(key)) return false;
    void this.table.remove(key);
    return true;
  }

  /** Ids of a kind. */
  *ids(kind: Kind): Generator<string> {
    for (const key of this.table.keys(`${kind}/`)) yield key.slice(kind.length + 1);
  }

  *all<K extends Kind>(kind: K): Generator<Kinds[K]> {
    for (const id of this.ids(kind)) {
      const value = this.get(kind, id);
      if (value !== undefined) yield value;
    }
  }

  ofTenant(tenantId: string): Catalogue {
    return {
      plan: (id) => this.get("plan", `${tenantId}/${id}`),
      group: (id) => this.get("group", `${tenantId}/${id}`),
      apn: (id) => this.get("apn", `${tenantId}/${id}`),
    };
  }
}
