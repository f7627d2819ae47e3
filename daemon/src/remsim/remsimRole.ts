import type { Feeds, Following, Store } from "@wisptools/store";
import type { Metrics } from "../metrics.ts";
import type { LogLine } from "../mirror/logs.ts";
import type { RemsimConfig } from "../remsimConfig.ts";
import { Desired } from "./desired.ts";
import { Advertisement } from "./edge/advertisement.ts";
import { CloudApi } from "./edge/cloudApi.ts";
import { Credentials } from "./edge/credentials.ts";
import { EdgeCalls } from "./edge/edgeCalls.ts";
import { EdgeListener } from "./edge/edgeListener.ts";
import { type RemsimLog, remsimLog } from "./logs.ts";
import { openRemsimStore, type RemsimStore } from "./remsimStore.ts";
import { ServerKeepers } from "./servers/serverKeepers.ts";

export interface RemsimRoleOptions {
  config: RemsimConfig;
  dataDir: string;
  storeKey: Buffer;
  store: Store;
  feeds: Feeds;
  /** Whether the cloud was heard of lately. */
  hearsCloud: () => boolean;
  metrics: Metrics;
  log: LogLine;
}

/** Remote SIM: looks after osmo-remsim-servers, and lets routers that speak plain HTTP register. */
export class RemsimRole {
  private readonly options: RemsimRoleOptions;
  private readonly store: RemsimStore;
  private readonly keepers: ServerKeepers;
  private readonly followings: Following[];
  private readonly log: RemsimLog;
  private readonly desired: Desired;
  private edge: Edge | undefined;

  constructor(options: RemsimRoleOptions) {
    const { dataDir, store, feeds, hearsCloud, metrics, log } = options;
    this.options = options;
    this.log = remsimLog(log);
    this.store = openRemsimStore(dataDir);
    this.desired = new Desired(this.store, this.log);
    this.followings = this.desired.follow(feeds);
    this.keepers = new ServerKeepers({ desired: this.desired, store, log: this.log, now: Date.now, hearsCloud });
    for (const gauge of this.keepers.gauges()) metrics.gauge(gauge);
  }

  /** @throws when the edge cannot listen. */
  async start(): Promise<void> {
    const { config } = this.options;
    for (const following of this.followings) following.start();
    this.keepers.start();
    if (config.cloudUrl === undefined) this.log.edgeOff();
    else this.edge = await this.openEdge(config.cloudUrl);
  }

  /** For listeners to the cloud that have gone deaf. */
  restartFeeds(): void {
    for (const following of this.followings) following.restart();
  }

  async stop(deadlineMs: number): Promise<void> {
    await Promise.all(this.followings.map((following) => following.stop()));
    await Promise.all([this.edge?.stop(deadlineMs), this.keepers.stop()]);
    await this.store.close();
  }

  private async openEdge(cloudUrl: string): Promise<Edge> {
    const { config, storeKey, metrics } = this.options;
    const { store, desired, log } = this;
    const credentials = new Credentials(storeKey);
    const cloud = new CloudApi(cloudUrl);
    const calls = new EdgeCalls({ store, credentials, cloud, desired, log, now: Date.now });
    const count = metrics.counter("wisptools_remsim_edge_requests", "Routers' requests, by how they were answered", [
      "request",
      "result",
    ]);
    metrics.gauge({
      ...{ name: "wisptools_remsim_edge_waiting", help: "Routers' requests that wait for the cloud", labels: [] },
      values: () => [{ labels: {}, value: calls.waiting.size }],
    });
    const listener = new EdgeListener({
      ...{ listen: config.listen, tls: config.tls, credentials, log },
      handle: (call) => calls.handle(call),
      answered: (request, result) => count({ request, result }),
    });
    await listener.listen();
    calls.waiting.start();
    log.edgeListening({ at: listener.addresses, cloud: cloudUrl });
    return new Edge(listener, calls, cloud, this.advertise(config));
  }

  private advertise({ mdnsName, listen }: RemsimConfig): Advertisement | undefined {
    const plain = listen.find(({ tls }) => !tls);
    return mdnsName !== undefined && plain ? new Advertisement(mdnsName, plain.port, this.log) : undefined;
  }
}

class Edge {
  private readonly listener: EdgeListener;
  private readonly calls: EdgeCalls;
  private readonly cloud: CloudApi;
  private readonly advertisement: Advertisement | undefined;

  constructor(listener: EdgeListener, calls: EdgeCalls, cloud: CloudApi, advertisement: Advertisement | undefined) {
    this.listener = listener;
    this.calls = calls;
    this.cloud = cloud;
    this.advertisement = advertisement;
  }

  async stop(deadlineMs: number): Promise<void> {
    await Promise.all([this.advertisement?.stop(), this.listener.stop(deadlineMs), this.calls.waiting.stop()]);
    this.cloud.close();
  }
}
