import { pairKey } from "@wisptools/core";
import { Seldom } from "../../seldom.ts";
import type { Desired, ServerRecord } from "../desired.ts";
import type { RemsimLog } from "../logs.ts";
import { MapKeeper } from "./mapKeeper.ts";
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
  reports: ServerReports;
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
  private failures = 0;
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
      const pause = await this.round().catch((error: unknown) => this.failed(error));
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
    const sight = await this.rest.look();
    if (!this.sight) log.serverReachable({ serverId, maps: sight.maps.length });
    this.failures = 0;
    const { added, removed, settled } = await this.keeper.putRight(sight);
    this.sight = sight;
    if (added + removed > 0) log.mapsChanged({ serverId, added, removed });
    const pending = reports.reachable(sight, lookedAt);
    if (added + removed > 0) return SOON_MS;
    return settled && !pending ? SETTLED_MS : UNSETTLED_MS;
  }

  private failed(error: unknown): number {
    if (this.abort.signal.aborted) return 0;
    this.failures++;
    const pause = Math.min(LONGEST_PAUSE_MS, UNSETTLED_MS * 2 ** (this.failures - 1));
    if (this.failures >= FAILURES) {
      this.sight = undefined;
      this.options.reports.unreachable();
      if (this.failures === FAILURES)
        this.options.log.serverUnreachable({ serverId: this.server.id, retryInMs: pause }, error);
    }
    return pause;
  }

  private drifted(map: string, why: string): void {
    this.drifts++;
    const held = this.driftLog.pass(`${map} ${why}`);
    if (held !== undefined) this.options.log.drift({ serverId: this.server.id, map, why, held });
  }
}
