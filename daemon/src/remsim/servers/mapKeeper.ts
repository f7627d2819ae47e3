import { type MapPair, type MapPlan, pairKey, planSlotMaps, type ServerMap } from "@wisptools/core";
import type { Desired } from "../desired.ts";
import { PendingMaps } from "./pendingMaps.ts";
import { type RemsimRest, type ServerSight, UnexpectedStatus } from "./remsimRest.ts";

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

export interface RoundResult {
  added: number;
  removed: number;
  /** Whether everything is as it shall be. */
  settled: boolean;
  /** The first change that was answered with an error; those of other maps were made all the same. */
  failed?: Error;
}

/** What came of a round so far; maps by `pairKey`. */
interface Round {
  added: number;
  removed: number;
  /** Maps that may not be added, as one of their slots is taken. */
  refused: Set<string>;
  failed: Map<string, Error>;
}

/** Puts the maps of one server right, one request after the other. */
export class MapKeeper {
  private readonly options: KeeperOptions;
  private readonly pending = new PendingMaps();
  private readonly removed = new Map<string, number>();

  constructor(options: KeeperOptions) {
    this.options = options;
  }

  /** `sight.maps` is the list after that. @throws when the server answers no more. */
  async putRight(sight: ServerSight): Promise<RoundResult> {
    const { rest, isStopped } = this.options;
    const round: Round = { added: 0, removed: 0, refused: new Set(), failed: new Map() };
    this.tellOfReturned(sight.maps);
    for (let step = 0; step < MOST_STEPS; step++) {
      const plan = this.plan(sight);
      const posts = plan.posts.filter((map) => !round.refused.has(pairKey(map)) && !round.failed.has(pairKey(map)));
      const deletes = plan.deletes.filter((map) => !round.failed.has(pairKey(map)));
      if (isStopped() || (posts.length === 0 && deletes.length === 0)) return this.ended(plan, round);
      if (posts.length > 0) await this.add(posts, round);
      else await this.removeOne(deletes.length, sight, round);
      sight.maps = await rest.maps();
    }
    return this.ended({ ...this.plan(sight), settled: false }, round);
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
  private async add(posts: readonly WantedMap[], round: Round): Promise<void> {
    for (const map of posts) {
      if (this.options.isStopped()) break;
      await this.attempt(map, round, async () => {
        if (await this.options.rest.add(map)) round.added++;
        else round.refused.add(pairKey(map));
      });
    }
  }

  /** One map that the server cannot do with shall not hold up the others. */
  private async attempt(map: MapPair, { failed }: Round, change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (!(error instanceof UnexpectedStatus)) throw error;
      failed.set(pairKey(map), error);
    }
  }

  /**
   * DELETE names a bank slot, whatever is mapped to it by then: so another daemon's new map would go in place of the old one. Hence one of them
   * at random, after a moment of random length, and only if a list read just before still has it.
   */
  private async removeOne(count: number, sight: ServerSight, round: Round): Promise<void> {
    const { rest, now } = this.options;
    await new Promise((wake) => setTimeout(wake, (Math.random() * SPREAD_MS) / count));
    sight.maps = await rest.maps();
    const still = this.plan(sight).deletes.filter((map) => !round.failed.has(pairKey(map)));
    const map = still[Math.floor(Math.random() * still.length)];
    if (!map) return;
    await this.attempt(map, round, async () => {
      await rest.remove(map.bank);
      this.removed.set(pairKey(map), now());
      round.removed++;
    });
  }

  private tellOfReturned(maps: readonly ServerMap[]): void {
    const oldest = this.options.now() - REMEMBERED_MS;
    for (const [key, at] of this.removed) if (at < oldest) this.removed.delete(key);
    for (const map of maps) {
      if (this.removed.delete(pairKey(map))) this.options.drifted(pairKey(map), "came back after it was removed");
    }
  }

  private ended(plan: MapPlan<WantedMap>, { added, removed, refused, failed }: Round): RoundResult {
    for (const [map, error] of failed) this.options.drifted(map, error.message);
    for (const map of plan.posts) {
      if (refused.has(pairKey(map))) this.options.drifted(pairKey(map), "the server refuses it, though both are free");
    }
    for (const { map, why } of plan.obstacles) {
      const words =
        why === "foreign" ? "its client is mapped to a bank that is not ours" : "another map has its bank slot";
      this.options.drifted(pairKey(map), words);
    }
    const [first] = failed.values();
    return { added, removed, settled: plan.settled, ...(first ? { failed: first } : {}) };
  }
}
