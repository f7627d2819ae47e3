import { type CardFilter, type KiPool, paths, SimSlot, type SimSlotState, type TenantId } from "@wisptools/core";
import { AggregateField, type CollectionReference, type Firestore, type Query } from "firebase-admin/firestore";
import { Documents, type Meter, type Stored } from "./documents.ts";

/** Values an `in` may list. */
const IN_LIMIT = 30;

/** tenants/{t}/simBanks/{bankId}/slots as those who seek a card ask for them. */
export class CardPool extends Documents<[TenantId, number, number], SimSlot> {
  constructor(db: Firestore, meter: Meter) {
    super(db, meter, SimSlot, paths.simSlot);
  }

  /** Free cards of a bank that are in no KI pool, longest free first. */
  async free(tenantId: TenantId, bankId: number, filter: CardFilter, now: Date, limit: number) {
    const found = await this.each(this.whole(tenantId, bankId), filter, (query) =>
      this.find(this.freeBy(query, now).orderBy("availableAt").limit(limit)),
    );
    return found.flat().toSorted((a, b) => a.data.availableAt.getTime() - b.data.availableAt.getTime());
  }

  async countFree(tenantId: TenantId, bankId: number, filter: CardFilter, now: Date): Promise<number> {
    return sum(
      await this.each(this.whole(tenantId, bankId), filter, (query) =>
        this.count(this.freeBy(query, now).orderBy("availableAt")),
      ),
    );
  }

  /** Cards of a bank in these states that are in no KI pool. */
  async countIn(tenantId: TenantId, bankId: number, filter: CardFilter, state: SimSlotState): Promise<number> {
    return sum(
      await this.each(this.whole(tenantId, bankId), filter, (query) => this.count(query.where("state", "==", state))),
    );
  }

  /** Cards of a pool that have room, fewest profiles first. */
  async withRoom(tenantId: TenantId, pool: KiPool, filter: CardFilter, limit: number): Promise<Stored<SimSlot>[]> {
    const found = await this.each(this.pooled(tenantId, pool), filter, (query) =>
      this.find(query.where("state", "==", "available").orderBy("profiles").limit(limit)),
    );
    return found.flat().toSorted((a, b) => a.data.profiles - b.data.profiles);
  }

  /** Cards of a pool that work: with room, or full. */
  async countWorking(tenantId: TenantId, pool: KiPool, filter: CardFilter): Promise<number> {
    const counts = (["available", "assigned"] as const).map((state) =>
      this.each(this.pooled(tenantId, pool), filter, (query) => this.count(query.where("state", "==", state))),
    );
    return sum((await Promise.all(counts)).flat());
  }

  /** Profiles of all cards of a pool. */
  async profiles(tenantId: TenantId, pool: KiPool): Promise<number> {
    const aggregate = this.pooled(tenantId, pool).aggregate({ profiles: AggregateField.sum("profiles") });
    this.meter.reads++;
    return (await aggregate.get()).data().profiles;
  }

  private whole(tenantId: TenantId, bankId: number): Query {
    return this.of(tenantId, bankId).where("poolId", "==", null);
  }

  private pooled(tenantId: TenantId, { bankId, id }: KiPool): Query {
    return this.of(tenantId, bankId).where("poolId", "==", id);
  }

  private of(tenantId: TenantId, bankId: number): CollectionReference {
    return this.db.collection(paths.simSlots(tenantId, bankId));
  }

  private freeBy(query: Query, now: Date): Query {
    return query.where("state", "==", "available").where("availableAt", "<=", now);
  }

  /** Asks once, or as often as the filter's values take. */
  private async each<T>(query: Query, filter: CardFilter, ask: (query: Query) => Promise<T>): Promise<T[]> {
    if (filter.of === "any") return [await ask(query)];
    const [field, values] = filter.of === "networks" ? ["mccMnc", filter.mccMncs] : ["mcc", filter.mccs];
    const parts = Array.from({ length: Math.ceil(values.length / IN_LIMIT) }, (_, n) =>
      values.slice(n * IN_LIMIT, (n + 1) * IN_LIMIT),
    );
    return Promise.all(parts.map((part) => ask(query.where(field, "in", part))));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
