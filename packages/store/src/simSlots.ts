import { type BankSlot, type KiPoolId, paths, SimSlot, type SimSlotState, type TenantId } from "@wisptools/core";
import type { Firestore, Query } from "firebase-admin/firestore";
import { Documents, type Meter, type Stored } from "./documents.ts";

/** Which slots of a tenant, and from where on, in the order of banks and slots. */
export interface SlotPage {
  bankId?: number | undefined;
  state?: SimSlotState | undefined;
  after?: BankSlot | undefined;
  size: number;
}

/** tenants/{t}/simBanks/{bankId}/slots */
export class SimSlots extends Documents<[TenantId, number, number], SimSlot> {
  constructor(db: Firestore, meter: Meter) {
    super(db, meter, SimSlot, paths.simSlot);
  }

  /** Slots `from` to `to` of a bank, in order. */
  async range(tenantId: TenantId, bankId: number, from: number, to: number): Promise<Stored<SimSlot>[]> {
    return this.find(
      this.db
        .collection(paths.simSlots(tenantId, bankId))
        .where("slotId", ">=", from)
        .where("slotId", "<=", to)
        .orderBy("slotId"),
    );
  }

  /** Slots of all tenants that the sweep shall look at, longest due first. */
  async due(now: Date, limit: number): Promise<Stored<SimSlot>[]> {
    const due = this.db.collectionGroup("slots").where("sweepAt", "<=", now);
    return this.find(due.orderBy("sweepAt").limit(limit));
  }

  /** Slots of a bank that are marked as this pool's. */
  async ofPool(tenantId: TenantId, bankId: number, poolId: KiPoolId): Promise<Stored<SimSlot>[]> {
    return this.find(this.db.collection(paths.simSlots(tenantId, bankId)).where("poolId", "==", poolId));
  }

  /** A page of the slots of one bank or of all. */
  async page(tenantId: TenantId, { bankId, state, after, size }: SlotPage): Promise<Stored<SimSlot>[]> {
    let query: Query = this.db.collectionGroup("slots").where("tenantId", "==", tenantId);
    if (state !== undefined) query = query.where("state", "==", state);
    if (bankId !== undefined) query = query.where("bankId", "==", bankId);
    query = query.orderBy("bankId").orderBy("slotId");
    if (after) query = query.startAfter(after.bankId, after.slotId);
    return this.find(query.limit(size));
  }
}
