import { type Feeds, type Following, openFeeds, type Platform, type Store } from "@wisptools/store";
import type { MirrorEvents } from "../records.ts";
import { catalogueApplier, equipmentApplier, peerApplier } from "./applyCatalogue.ts";
import { liveApplier } from "./applyLive.ts";
import { subscriberApplier } from "./applySubscribers.ts";
import { tenantSink } from "./applyTenants.ts";
import type { Applier } from "./cloudApplier.ts";
import { CloudCommands } from "./cloudCommands.ts";
import { CursorSink } from "./cursorSink.ts";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import { Lag } from "./lag.ts";
import type { Mirror } from "./openMirror.ts";
import { Readiness } from "./readiness.ts";
import { Sender } from "./sender.ts";
import { ownSqnIndex } from "./sqnIndex.ts";
import { TenantKeys } from "./tenantKeys.ts";

export interface CloudOptions extends HeartbeatOptions {
  platform: Pick<Platform, "db">;
  store: Store;
}

export interface CloudFollower {
  /** Our IND: at once from a warm mirror, else when the cloud has given one. */
  sqnIndex: Promise<number>;
  /** Resolves when the cloud's state has been read whole once: at once for a mirror that was in step before. */
  synced: Promise<void>;
  /** Whether anything came from the cloud lately, heartbeats at least. */
  isHeard(): boolean;
  /** Calls back when listeners have gone deaf and are to be started again. */
  onDeaf(restart: () => void): void;
  close(): Promise<void>;
}

/**
 * Keeps the mirror in step with Firestore and writes its reports there. Returns at once: serving needs no answer of the cloud. Interruptions are
 * survived for as long as they last.
 */
export function followCloud(mirror: Mirror, options: CloudOptions, events: MirrorEvents): CloudFollower {
  const follower = new Follower(mirror, options, events);
  follower.start();
  return follower;
}

class Follower implements CloudFollower {
  readonly sqnIndex: Promise<number>;
  readonly synced: Promise<void>;
  private readonly mirror: Mirror;
  private readonly feeds: Feeds;
  private readonly lag: Lag;
  private readonly keys: TenantKeys;
  private readonly commands: CloudCommands;
  private readonly sender: Sender;
  private readonly heartbeat: Heartbeat;
  private readonly sinks: CursorSink[] = [];
  private readonly readiness = new Readiness();
  /** What profiles are made of, and everything else that comes first. */
  private readonly basics: Following[];
  /** Who is served, and where. */
  private readonly served: Following[];
  private readonly others: (() => void)[] = [];
  private isServing = false;
  private stopped = false;

  constructor(mirror: Mirror, { platform, store, roles, peers }: CloudOptions, events: MirrorEvents) {
    const { inside, registrations, sessions } = mirror;
    this.mirror = mirror;
    this.feeds = openFeeds(platform, store);
    this.lag = new Lag(inside.now);
    inside.lagSeconds = () => this.lag.seconds();
    this.keys = new TenantKeys(inside, store);
    this.commands = new CloudCommands(inside, store, events);
    const context = { daemonId: mirror.daemonId, registrations, sessions, now: inside.now };
    this.sender = new Sender(inside, store, context);
    const on = { deaf: () => this.restart(), heard: () => this.inStep() };
    this.heartbeat = new Heartbeat(mirror, { store, feeds: this.feeds }, { roles, peers }, this.lag, on);
    // Remote SIM alone needs no subscribers, nor may it need their keys.
    const isDiameter = roles.some((role) => role !== "remsim");
    this.basics = isDiameter ? this.basicFeeds(events) : [];
    this.readiness.whenReady(() => this.serve());
    const subscribers = () => this.feed(subscriberApplier(inside, events, (tenantId) => this.keys.need(tenantId)));
    this.served = isDiameter ? [subscribers(), this.feed(liveApplier(inside, registrations, events))] : [];
    this.synced = new Promise((resolve) => {
      if (mirror.stats().synced || !isDiameter) resolve();
      this.readiness.whenReady(() => void inside.environment.meta.put("synced", true).then(resolve));
    });
    this.sqnIndex = ownSqnIndex(inside, store, () => this.stopped);
  }

  start(): void {
    for (const following of this.basics) following.start();
    // A warm mirror has a catalogue already, and subscribers' changes should not wait for its news.
    if (this.mirror.stats().synced) this.serve();
    this.commands.start();
    this.sender.start();
    this.sqnIndex.then(
      () => this.stopped || this.heartbeat.start(),
      () => {},
    );
  }

  isHeard(): boolean {
    return this.lag.isHeard();
  }

  onDeaf(restart: () => void): void {
    this.others.push(restart);
  }

  async close(): Promise<void> {
    this.stopped = true;
    this.keys.stop();
    await this.heartbeat.stop();
    await Promise.all([...this.basics, ...this.served].map((following) => following.stop()));
    await this.commands.stop();
    await this.sender.stop();
  }

  private basicFeeds(events: MirrorEvents): Following[] {
    const { inside } = this.mirror;
    const need = (tenantId: string): void => this.keys.need(tenantId);
    return [
      this.feeds.tenants(tenantSink(inside, events, need, this.readiness.part("tenants"))),
      this.feeds.pendingCommands(this.commands.sink()),
      ...(["plan", "group", "apn"] as const).map((kind) => this.feed(catalogueApplier(inside, kind, events))),
      this.feed(peerApplier(inside, events)),
      this.feed(equipmentApplier(inside)),
    ];
  }

  private feed(applier: Applier): Following {
    const sink = new CursorSink(this.mirror.inside, applier, this.lag, this.readiness.part(applier.name));
    this.sinks.push(sink);
    return this.feeds.follow(applier.source, sink.cursor, sink);
  }

  private serve(): void {
    if (this.isServing || this.stopped) return;
    this.isServing = true;
    for (const following of this.served) following.start();
  }

  private restart(): void {
    for (const following of this.basics) following.restart();
    if (this.isServing) for (const following of this.served) following.restart();
    this.heartbeat.restart();
    for (const restart of this.others) restart();
  }

  private inStep(): void {
    for (const sink of this.sinks) sink.stillInStep();
  }
}
