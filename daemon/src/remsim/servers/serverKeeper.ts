import { pairKey } from "@wisptools/core";
import { Seldom } from "../../seldom.ts";
import type { Desired, ServerRecord } from "../desired.ts";
import type { RemsimLog } from "../logs.ts";
import { MapKeeper, type RoundResult } from "./mapKeeper.ts";
import { RemsimRest, type ServerSight } from "./remsimRest.ts";
import type { ServerReports } from "./serverReports.ts";

/** How often a server is looked at: soon after something was done, while something is under way, and else. */
const SOON_MS = 500;
const UNSETTLED_MS = 2_000;
const SETTLED_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;
/** A server that fails once may only be restarting. */
const FAILURES = 2;
/** Drift of one map is logged once in this time. */
const DRIFT_MS = 10 * 60_000;

export interface ServerKeeperOptions {
  server: ServerRecord;
  desired: Desired;
  reports: Pick<ServerReports, "reachable" | "unreachable" | "stop">;
  log: RemsimLog;
  now: () => number;
  isCurrent: () => boolean;
}

/** Looks at one osmo-remsim-server again and again, puts its maps right, and reports what it saw. */
export class ServerKeeper {
  readonly server: ServerRecord;
  private readonly options: ServerKeeperOptions;
  private readonly abort = new AbortController();
  private readonly rest: RemsimRest;
  private readonly keeper: MapKeeper;
  private readonly driftLog: Seldom;
  /** Rounds in a row in which the server could not be looked at, or its maps not be put right. */
  private failures = { look: 0, change: 0 };
  private sight: ServerSight | undefined;
  private drifts = 0;
  private woken = false;
  private wakeUp: () => void = () => {};
  private readonly running: Promise<void>;

  constructor(options: ServerKeeperOptions) {
    const { server, desired, now, isCurrent } = options;
    this.options = options;
    this.server = server;
    this.rest = new RemsimRest(server.restUrl, this.abort.signal);
    this.driftLog = new Seldom(DRIFT_MS, now);
    this.keeper = new MapKeeper({
      ...{ serverId: server.id, desired, rest: this.rest, now, isCurrent },
      isStopped: () => this.abort.signal.aborted,
      drifted: (map, why) => this.drifted(map, why),
    });
    this.running = this.run();
  }

  /** Something that concerns this server changed. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  async stop(): Promise<void> {
    this.abort.abort();
    this.wakeUp();
    await this.running;
  }

  /** For the figures: desired maps that are ACTIVE, whether the server answers, and how often maps were not as they should be. */
  figures(): { active: number; reachable: boolean; drifts: number } {
    const { desired, server } = this.options;
    const active = new Set((this.sight?.maps ?? []).filter(({ state }) => state === "ACTIVE").map(pairKey));
    return {
      active: desired.mapsOf(server.id).filter(({ data }) => active.has(pairKey(data))).length,
      reachable: this.sight !== undefined,
      drifts: this.drifts,
    };
  }

  private async run(): Promise<void> {
    while (!this.abort.signal.aborted) {
      this.woken = false;
      const pause = await this.round();
      if (!this.woken) await this.pause(pause);
    }
    await this.options.reports.stop();
  }

  private pause(ms: number): Promise<void> {
    if (this.abort.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns ms until the next. */
  private async round(): Promise<number> {
    const { reports, log, now } = this.options;
    const { id: serverId } = this.server;
    const lookedAt = now();
    const sight = await this.rest.look().catch((error: unknown) => this.unseen(error));
    if (!sight) return pauseAfter(this.failures.look, LONGEST_PAUSE_MS);
    if (!this.sight) log.serverReachable({ serverId, maps: sight.maps.length });
    this.failures.look = 0;
    const nothing: RoundResult = { added: 0, removed: 0, settled: false };
    const put = await this.keeper.putRight(sight).catch((failed: Error): RoundResult => ({ ...nothing, failed }));
    if (this.abort.signal.aborted) return 0;
    // What was seen holds, whatever became of the changes.
    this.sight = sight;
    const { added, removed, settled, failed } = put;
    if (added + removed > 0) log.mapsChanged({ serverId, added, removed });
    const pending = reports.reachable(sight, lookedAt);
    this.failures.change = failed ? this.failures.change + 1 : 0;
    if (failed && this.failures.change === FAILURES) log.mapsNotPutRight({ serverId }, failed);
    if (added + removed > 0) return SOON_MS;
    if (failed && !pending) return pauseAfter(this.failures.change, SETTLED_MS);
    return settled && !pending ? SETTLED_MS : UNSETTLED_MS;
  }

  private unseen(error: unknown): undefined {
    if (this.abort.signal.aborted || ++this.failures.look < FAILURES) return;
    this.sight = undefined;
    this.options.reports.unreachable();
    if (this.failures.look > FAILURES) return;
    const retryInMs = pauseAfter(FAILURES, LONGEST_PAUSE_MS);
    this.options.log.serverUnreachable({ serverId: this.server.id, retryInMs }, error);
  }

  private drifted(map: string, why: string): void {
    this.drifts++;
    const held = this.driftLog.pass(`${map} ${why}`);
    if (held !== undefined) this.options.log.drift({ serverId: this.server.id, map, why, held });
  }
}

/** ms */
function pauseAfter(failures: number, longest: number): number {
  return Math.min(longest, UNSETTLED_MS * 2 ** (failures - 1));
}
