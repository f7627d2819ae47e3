import { type MapPlan, pairKey, planSlotMaps, type ServerMap } from "@wisptools/core";
import type { Desired } from "../desired.ts";
import { PendingMaps } from "./pendingMaps.ts";
import type { RemsimRest, ServerSight } from "./remsimRest.ts";

/** How long a map that is not yet ACTIVE may hold up what replaces it. */
const PATIENCE_MS = 5_000;
/** Equal daemons that would remove one map at once take turns by chance within this time. */
const SPREAD_MS = 300;
/** A map that we removed and that is there again within this time was put back by somebody. */
const REMEMBERED_MS = 60_000;
/** More than a server can hold: whatever goes wrong, a round ends. */
const MOST_STEPS = 5_000;

export interface KeeperOptions {
  serverId: string;
  desired: Desired;
  rest: RemsimRest;
  now: () => number;
  /** Whether what is desired is known to be what the cloud says now. */
  isCurrent: () => boolean;
  isStopped: () => boolean;
  drifted(map: string, why: string): void;
}

interface WantedMap {
  bank: ServerMap["bank"];
  client: ServerMap["client"];
  mappedAt: number;
}

/** Puts the maps of one server right, one request after the other. */
export class MapKeeper {
  private readonly options: KeeperOptions;
  private readonly pending = new PendingMaps();
  private readonly removed = new Map<string, number>();

  constructor(options: KeeperOptions) {
    this.options = options;
  }

  /** @returns what was done, and whether everything is as it shall be. `sight.maps` is the list after that. */
  async putRight(sight: ServerSight): Promise<{ added: number; removed: number; settled: boolean }> {
    const { rest, isStopped } = this.options;
    const done = { added: 0, removed: 0 };
    const refused = new Set<string>();
    this.tellOfReturned(sight.maps);
    for (let step = 0; step < MOST_STEPS; step++) {
      const plan = this.plan(sight);
      const posts = plan.posts.filter((map) => !refused.has(pairKey(map)));
      if (isStopped() || (posts.length === 0 && plan.deletes.length === 0)) return this.ended(plan, refused, done);
      if (posts.length > 0) done.added += await this.add(posts, refused);
      else done.removed += await this.removeOne(plan.deletes, sight);
      sight.maps = await rest.maps();
    }
    return { ...done, settled: false };
  }

  private plan(sight: ServerSight): MapPlan<WantedMap> {
    const { serverId, desired, now, isCurrent } = this.options;
    this.pending.saw(sight.maps, now());
    return planSlotMaps({
      desired: desired.mapsOf(serverId).map(({ data }) => ({
        ...{ bank: data.bank, client: data.client },
        mappedAt: data.mappedAt.getTime(),
      })),
      actual: sight.maps,
      ownedBanks: new Set(desired.banksOf(serverId).map(({ data }) => data.bankId)),
      connectedBanks: sight.banks,
      pendingMs: (map) => this.pending.ageOf(map, now()),
      patienceMs: PATIENCE_MS,
      isCurrent: isCurrent(),
    });
  }

  /** What another daemon added meanwhile is refused, and is there when we look again. */
  private async add(posts: readonly WantedMap[], refused: Set<string>): Promise<number> {
    let added = 0;
    for (const map of posts) {
      if (this.options.isStopped()) break;
      if (await this.options.rest.add(map)) added++;
      else refused.add(pairKey(map));
    }
    return added;
  }

  /**
   * DELETE names a bank slot, whatever is mapped to it by then: so another daemon's new map would go in place of the old one. Hence one of them
   * at random, after a moment of random length, and only if a list read just before still has it.
   */
  private async removeOne(deletes: readonly ServerMap[], sight: ServerSight): Promise<number> {
    const { rest, now } = this.options;
    await new Promise((wake) => setTimeout(wake, (Math.random() * SPREAD_MS) / deletes.length));
    sight.maps = await rest.maps();
    const { deletes: still } = this.plan(sight);
    const map = still[Math.floor(Math.random() * still.length)];
    if (!map) return 0;
    await rest.remove(map.bank);
    this.removed.set(pairKey(map), now());
    return 1;
  }

  private tellOfReturned(maps: readonly ServerMap[]): void {
    const oldest = this.options.now() - REMEMBERED_MS;
    for (const [key, at] of this.removed) if (at < oldest) this.removed.delete(key);
    for (const map of maps) {
      if (this.removed.delete(pairKey(map))) this.options.drifted(pairKey(map), "came back after it was removed");
    }
  }

  private ended(plan: MapPlan<WantedMap>, refused: ReadonlySet<string>, done: { added: number; removed: number }) {
    for (const map of plan.posts) {
      if (refused.has(pairKey(map))) this.options.drifted(pairKey(map), "the server refuses it, though both are free");
    }
    for (const { map, why } of plan.obstacles) {
      const words =
        why === "foreign" ? "its client is mapped to a bank that is not ours" : "another map has its bank slot";
      this.options.drifted(pairKey(map), words);
    }
    return { ...done, settled: plan.settled };
  }
}
