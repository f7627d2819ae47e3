import { paths } from "@wisptools/core";
import { type Feeds, type Following, type Store, serverTime } from "@wisptools/store";
import type { Lag } from "./lag.ts";
import type { Mirror } from "./openMirror.ts";

const BEAT_MS = 30_000;
/** A heartbeat that was written and doesn't come back in this time: the listeners are deaf. */
const DEAF_MS = 15_000;

export interface HeartbeatOptions {
  roles: readonly string[];
  /** Connected Diameter peers. */
  peers: () => number;
}

/** Tells the cloud that the daemon is there, and hears from it that the feeds still work. */
export class Heartbeat {
  private readonly mirror: Mirror;
  private readonly store: Pick<Store, "write">;
  private readonly options: HeartbeatOptions;
  private readonly lag: Lag;
  private readonly watch: Following;
  private readonly onDeaf: () => void;
  private readonly onHeard: () => void;
  private readonly startedAt: Date;
  private timer: NodeJS.Timeout | undefined;
  private deafTimer: NodeJS.Timeout | undefined;
  private beats = 0;
  private heard = 0;

  constructor(
    mirror: Mirror,
    { store, feeds }: { store: Pick<Store, "write">; feeds: Feeds },
    options: HeartbeatOptions,
    lag: Lag,
    on: { deaf: () => void; heard: () => void },
  ) {
    this.mirror = mirror;
    this.store = store;
    this.options = options;
    this.lag = lag;
    this.onDeaf = on.deaf;
    this.onHeard = on.heard;
    this.startedAt = new Date(mirror.inside.now());
    this.watch = feeds.heartbeat(mirror.daemonId, {
      apply: async (changed, _paths, isFirst) => this.hear(changed[0]?.data, isFirst),
      failed: (error, retryInMs) => mirror.inside.log.feedFailed({ feed: "heartbeat", retryInMs }, error),
    });
  }

  start(): void {
    this.watch.start();
    this.timer = setInterval(() => void this.beat(), BEAT_MS);
    void this.beat();
  }

  restart(): void {
    this.watch.restart();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.deafTimer);
    await this.watch.stop();
  }

  private async beat(): Promise<void> {
    const beat = ++this.beats;
    const { inside, daemonId } = this.mirror;
    const { lagSeconds, queued, subscribers } = this.mirror.stats();
    const sqnIndex = this.mirror.sqnIndex();
    // An index comes before the first heartbeat; without one nothing is served either.
    if (sqnIndex === undefined) return;
    const document = {
      ...{ schemaVersion: 1, id: daemonId, sqnIndex, roles: this.options.roles, startedAt: this.startedAt },
      ...{ heartbeatAt: serverTime(), lagSeconds, queued, peers: this.options.peers(), subscribers, beat },
    };
    try {
      await this.store.write().merge(paths.daemon(daemonId), document).commit();
    } catch (error) {
      inside.log.heartbeatFailed(error);
      return;
    }
    clearTimeout(this.deafTimer);
    this.deafTimer = setTimeout(() => {
      if (this.heard >= beat) return;
      inside.log.feedsSilent({ seconds: Math.round(this.lag.silence() / 1000) });
      this.onDeaf();
    }, DEAF_MS);
  }

  private hear(data: Record<string, unknown> | undefined, isFirst: boolean): void {
    const at = data?.heartbeatAt as { toMillis?: () => number } | undefined;
    if (typeof data?.beat !== "number" || !at?.toMillis || !this.isOurs(data)) return;
    this.heard = data.beat;
    if (!isFirst) this.lag.arrived(this.mirror.inside.now() - at.toMillis());
    this.onHeard();
  }

  /** Not what an earlier run of this daemon left. */
  private isOurs(data: Record<string, unknown>): boolean {
    const startedAt = data.startedAt as { toMillis?: () => number } | undefined;
    return startedAt?.toMillis?.() === this.startedAt.getTime();
  }
}
