import {
  type BankSlot,
  type ClientKey,
  paths,
  RemsimClient,
  RemsimConfiguration,
  type TenantId,
} from "@wisptools/core";
import { FieldPath, type Firestore } from "firebase-admin/firestore";
import { Documents, type Meter, type Stored } from "./documents.ts";

/** tenants/{t}/remsimClients/{key} */
export class RemsimClients extends Documents<[TenantId, ClientKey], RemsimClient> {
  constructor(db: Firestore, meter: Meter) {
    super(db, meter, RemsimClient, paths.remsimClient);
  }

  /** Clients of all tenants whose lease somebody has to look at, longest due first. */
  async due(now: Date, limit: number): Promise<Stored<RemsimClient>[]> {
    const due = this.db.collectionGroup("remsimClients").where("leaseUntil", "<=", now);
    return this.find(due.orderBy("leaseUntil").limit(limit));
  }

  /** Clients that use cards of a bank, or one card of it, in the order of their keys. */
  async holding(
    tenantId: TenantId,
    { bankId, slotId }: Pick<BankSlot, "bankId"> & Partial<BankSlot>,
    size: number,
    after?: ClientKey,
  ): Promise<Stored<RemsimClient>[]> {
    let query = this.db.collection(paths.remsimClients(tenantId)).where("assignment.slot.bankId", "==", bankId);
    if (slotId !== undefined) query = query.where("assignment.slot.slotId", "==", slotId);
    query = query.orderBy(FieldPath.documentId()).limit(size);
    return this.find(after ? query.startAfter(after) : query);
  }
}

/** tenants/{t}/remsimClients/{key}/configurations/{version} */
export class RemsimConfigurations extends Documents<[TenantId, ClientKey, number], RemsimConfiguration> {
  constructor(db: Firestore, meter: Meter) {
    super(db, meter, RemsimConfiguration, paths.remsimConfiguration);
  }

  /** The latest version there is; 0: none. */
  async latest(tenantId: TenantId, key: ClientKey): Promise<number> {
    const versions = this.db.collection(paths.remsimConfigurations(tenantId, key));
    return (await this.find(versions.orderBy("version", "desc").limit(1)))[0]?.data.version ?? 0;
  }
}
