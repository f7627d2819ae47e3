import type { EquipmentList, SubscriptionProfile } from "@wisptools/core";
import type { Directory, PeerRecord, ServedSubscriber, TenantRecord } from "../records.ts";

export interface TestSubscriber {
  readonly imsi: string;
  readonly tenantId: string;
  readonly profile?: SubscriptionProfile | undefined;
  readonly algorithm?: "milenage" | "tuak";
  readonly keys: { readonly k: Buffer; readonly operator: Buffer; readonly kind: "opc" | "op" | "topc" | "top" };
}

/** What the mirror would have, in maps that a test fills. */
export class MemoryDirectory implements Directory {
  readonly subscriberRecords = new Map<string, ServedSubscriber>();
  readonly tenantRecords = new Map<string, TenantRecord>();
  readonly peerRecords = new Map<string, PeerRecord>();
  /** By tenant and the first 14 digits. */
  readonly equipmentLists = new Map<string, EquipmentList>();
  /** Every buffer of keys that was handed out. */
  readonly handedOut: Buffer[] = [];

  subscriber(imsi: string): ServedSubscriber | undefined {
    return this.subscriberRecords.get(imsi);
  }

  tenant(tenantId: string): TenantRecord | undefined {
    return this.tenantRecords.get(tenantId);
  }

  tenants(): Iterable<TenantRecord> {
    return this.tenantRecords.values();
  }

  peer(originHost: string): PeerRecord | undefined {
    return this.peerRecords.get(originHost.toLowerCase());
  }

  equipment(tenantId: string, imei: string): EquipmentList | undefined {
    return this.equipmentLists.get(`${tenantId}/${imei.slice(0, 14)}`);
  }

  /** A subscriber without `profile` is one whose plan can't be found. */
  addSubscriber({ imsi, tenantId, profile, algorithm = "milenage", keys }: TestSubscriber): void {
    this.subscriberRecords.set(imsi, {
      imsi,
      tenantId,
      profile,
      missing: profile ? undefined : "plan gold",
      profileHash: JSON.stringify(profile ?? null),
      algorithm,
      amf: 0x8000,
      sqnOffset: 0,
      openKeys: () => {
        const opened = { k: Buffer.from(keys.k), operator: Buffer.from(keys.operator), kind: keys.kind };
        this.handedOut.push(opened.k, opened.operator);
        return opened;
      },
    });
  }

  /** @throws Error if there is no such subscriber. */
  changeSubscriber(imsi: string, changes: Partial<ServedSubscriber>): void {
    const before = this.subscriberRecords.get(imsi);
    if (!before) throw new Error(`no subscriber ${imsi}`);
    const after = { ...before, ...changes };
    this.subscriberRecords.set(imsi, { ...after, profileHash: JSON.stringify(after.profile ?? null) });
  }

  changeProfile(imsi: string, changes: Partial<SubscriptionProfile>): void {
    const profile = this.subscriberRecords.get(imsi)?.profile;
    if (!profile) throw new Error(`no profile of ${imsi}`);
    this.changeSubscriber(imsi, { profile: { ...profile, ...changes } });
  }

  addTenant(tenant: Partial<TenantRecord> & { id: string }): void {
    this.tenantRecords.set(tenant.id, {
      realm: `${tenant.id}.example`,
      plmns: [{ mcc: "001", mnc: "01" }],
      active: true,
      roamingPartners: [],
      unknownEquipment: "white",
      ...tenant,
    });
  }

  addPeer(peer: Partial<PeerRecord> & { originHost: string; tenantId: string }): void {
    this.peerRecords.set(peer.originHost.toLowerCase(), {
      role: "mme",
      certificates: [],
      plainFrom: ["127.0.0.1"],
      ...peer,
    });
  }
}
