import { type EpcId, paths, type Rollout, type RolloutDevice, type RolloutId, type TenantId } from "@wisptools/core";
import { FieldPath } from "firebase-admin/firestore";
import { Documents, type Stored } from "./documents.ts";
import { idPage, type Page } from "./page.ts";

const OPEN = ["preparing", "running", "awaiting_approval", "paused", "rolling_back"];
/** More rollouts than a tenant has open at a time. */
const OPEN_LIMIT = 100;
/** The states a device may have while it is under way; `committed` when it is told to go back. */
const UNDER_WAY = ["pending", "downloading", "downloaded", "installing", "health_check", "committed"];
/** Values a filter may list. */
const IN_LIMIT = 30;

export class Rollouts extends Documents<[TenantId, RolloutId], Rollout> {
  /** Newest first. */
  async page(tenantId: TenantId, size: number, after?: RolloutId): Promise<Page<Rollout>> {
    const newest = this.db.collection(paths.rollouts(tenantId)).orderBy("createdAt", "desc");
    let query = newest.orderBy(FieldPath.documentId(), "desc").limit(size + 1);
    if (after) {
      const { createdAt } = (await this.need("page_token: rollout", tenantId, after)).data;
      query = query.startAfter(createdAt, after);
    }
    const items = (await this.find(query)).map((stored) => stored.data);
    return { items: items.slice(0, size), next: items.length > size ? items[size - 1]?.id : undefined };
  }

  /** Those of a tenant that have not ended. */
  async open(tenantId: TenantId): Promise<Stored<Rollout>[]> {
    return this.find(this.db.collection(paths.rollouts(tenantId)).where("state", "in", OPEN).limit(OPEN_LIMIT));
  }

  /** Those of all tenants in which something may be due, by their paths, after this one. */
  async active(limit: number, after?: Stored<Rollout>): Promise<Stored<Rollout>[]> {
    const active = OPEN.filter((state) => state !== "paused");
    const query = this.db.collectionGroup("rollouts").where("state", "in", active).orderBy(FieldPath.documentId());
    return this.find((after ? query.startAfter(this.db.doc(after.path)) : query).limit(limit));
  }

  /** Those of all tenants that were stopped or ended while devices are under way, fewest first, after this one. */
  async stoppedUnderWay(limit: number, after?: Stored<Rollout>): Promise<Stored<Rollout>[]> {
    const stopped = this.db.collectionGroup("rollouts").where("state", "in", ["paused", "aborted"]);
    const query = stopped.where("underWay", ">", 0).orderBy("underWay").orderBy(FieldPath.documentId());
    return this.find((after ? query.startAfter(after.data.underWay, this.db.doc(after.path)) : query).limit(limit));
  }
}

export class RolloutDevices extends Documents<[TenantId, RolloutId, EpcId], RolloutDevice> {
  /** Devices of a group that wait for their turn, longest first; only those whose site has one of these clocks, when given. */
  async waiting(
    rollout: Rollout,
    group: number,
    limit: number,
    timeZones?: readonly string[],
  ): Promise<Stored<RolloutDevice>[]> {
    const waiting = this.of(rollout)
      .where("group", "==", group)
      .where("state", "==", "pending")
      .where("underWay", "==", false);
    const ordered = (query: typeof waiting) => this.find(query.orderBy("updatedAt").limit(limit));
    if (!timeZones) return ordered(waiting);
    const found: Stored<RolloutDevice>[] = [];
    for (let from = 0; from < timeZones.length && found.length < limit; from += IN_LIMIT) {
      found.push(...(await ordered(waiting.where("timeZone", "in", timeZones.slice(from, from + IN_LIMIT)))));
    }
    return found.slice(0, limit);
  }

  /** Devices that committed and were not told to go back. */
  async committed(rollout: Rollout, limit: number): Promise<Stored<RolloutDevice>[]> {
    const committed = this.of(rollout).where("state", "==", "committed").where("underWay", "==", false);
    return this.find(committed.orderBy("updatedAt").limit(limit));
  }

  /** Devices that were told and may not yet have begun, in id order. */
  async unheard(rollout: Rollout, limit: number, after?: EpcId): Promise<Stored<RolloutDevice>[]> {
    const told = this.of(rollout).where("underWay", "==", true).where("state", "in", ["pending", "committed"]);
    const ordered = told.orderBy(FieldPath.documentId()).limit(limit);
    return this.find(after ? ordered.startAfter(after) : ordered);
  }

  /** How many devices under way have said nothing since then, and were not told since. */
  async countUnheard(rollout: Rollout, since: Date): Promise<number> {
    const underWay = this.of(rollout).where("underWay", "==", true).where("state", "in", UNDER_WAY);
    return this.count(underWay.where("updatedAt", "<=", since));
  }

  async page(rollout: Pick<Rollout, "tenantId" | "id">, size: number, after?: string): Promise<Page<RolloutDevice>> {
    return idPage(this, this.of(rollout), size, after);
  }

  /** Devices of all tenants whose time is over, longest first. */
  async overdue(now: Date, limit: number): Promise<Stored<RolloutDevice>[]> {
    return this.find(this.db.collectionGroup("devices").where("dueAt", "<=", now).orderBy("dueAt").limit(limit));
  }

  /** An EPC's part in rollouts, latest first. */
  async ofEpc(tenantId: TenantId, epcId: EpcId): Promise<Stored<RolloutDevice>[]> {
    const own = this.db.collectionGroup("devices").where("tenantId", "==", tenantId).where("epcId", "==", epcId);
    return this.find(own.orderBy("updatedAt", "desc").limit(20));
  }

  private of(rollout: Pick<Rollout, "tenantId" | "id">) {
    return this.db.collection(paths.rolloutDevices(rollout.tenantId, rollout.id));
  }
}
