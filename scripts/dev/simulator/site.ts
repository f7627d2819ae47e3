// A site's subscribers, who come, use the network, move and go: its MME and SMF ask a real HSS and PCRF for each.
import { EpcId, type Plmn } from "@wisptools/core";
import { diameterIdentity } from "../../../packages/core/src/domain/deployment/freeDiameter.ts";
import type { AttachedUe } from "./attachment.ts";
import type { GrantedSession } from "./gxPolicy.ts";
import { SimulatedMme } from "./mme.ts";
import { seededRandom } from "./seededRandom.ts";
import { SimulatedSmf } from "./smf.ts";
import type { SimulatedUe } from "./ue.ts";

export interface SiteOptions {
  epcId: string;
  realm: string;
  hss: { host: string; port: number };
  pcrf: { host: string; port: number };
  plmn: Plmn;
  ues: readonly SimulatedUe[];
  seed: number;
  /** Milliseconds until a lost connection is tried again, default 2,000. */
  reconnectMs?: number;
  /** A subscriber has got a session, or is gone. `byUe`: it said goodbye; else the network lost it. */
  arrived?: (imsi: string, address: string, apn: string) => void;
  left?: (imsi: string, address: string, apn: string, byUe: boolean) => void;
  /** Something was refused or went wrong, in words. */
  complain?: (words: string) => void;
}

/** Octets that a subscriber uses between two reports, at most. */
const MOST_USED = 40_000_000;
const UPLINK_SHARE = 0.1;
const MOVES = 0.4;
const REPORTS = 0.9;

export class SimulatedSite {
  readonly mme: SimulatedMme;
  readonly smf: SimulatedSmf;
  /** Open sessions by IMSI. */
  readonly sessions = new Map<string, GrantedSession>();
  private readonly options: SiteOptions;
  private readonly random: () => number;
  private busy: Promise<void> | undefined;

  constructor(options: SiteOptions) {
    this.options = options;
    this.random = seededRandom(options.seed);
    const { realm, hss, pcrf, plmn, reconnectMs = 2_000 } = options;
    const epcId = EpcId.parse(options.epcId);
    const node = { originRealm: realm, reconnectMs };
    this.mme = new SimulatedMme({ ...node, ...hss, plmn, originHost: diameterIdentity("mme", epcId, realm) });
    this.smf = new SimulatedSmf({ ...node, ...pcrf, originHost: diameterIdentity("smf", epcId, realm) });
    this.mme.on("left", (imsi, { reason }) => {
      if (reason === "cancelled") void this.end(imsi, false).catch((error) => this.complain(imsi, error));
    });
    this.smf.on("released", (imsi, { session }) => {
      if (this.sessions.get(imsi) !== session) return;
      this.gone(session, false);
      const ue = this.mme.attached.get(imsi)?.ue;
      if (ue) void this.mme.detach(ue).catch((error) => this.complain(imsi, error));
    });
  }

  /** Connects both; what is refused or not there yet is tried again until `stop`. */
  async start(): Promise<void> {
    await Promise.all([this.mme, this.smf].map((node) => node.connect().catch((error) => this.complain("", error))));
  }

  /** Subscribers go silently: as when the site loses its power. */
  async stop(): Promise<void> {
    await Promise.all([this.mme.close(), this.smf.close()]);
  }

  get isConnected(): boolean {
    return this.mme.link.isConnected && this.smf.link.isConnected;
  }

  /**
   * One thing happens: somebody comes if fewer than `wanted` are there, somebody goes if more are; else somebody moves,
   * is billed, or makes room for another. Nothing while the one before is not done, or without HSS and PCRF.
   */
  step(wanted: number): Promise<void> {
    if (this.busy) return this.busy;
    if (!this.isConnected) return Promise.resolve();
    this.busy = this.act(wanted)
      .catch((error) => this.complain("", error))
      .finally(() => {
        this.busy = undefined;
      });
    return this.busy;
  }

  private async act(wanted: number): Promise<void> {
    const there = this.sessions.size;
    if (there < wanted) return this.attachOne();
    if (there > wanted) return this.detachOne();
    const chance = this.random();
    const session = this.pick([...this.sessions.values()]);
    const ue = session && this.mme.attached.get(session.imsi)?.ue;
    if (ue && chance < MOVES) await this.mme.tau(ue);
    else if (session && chance < REPORTS) await this.smf.update(session, this.used());
    else await this.detachOne();
  }

  private async attachOne(): Promise<void> {
    const ue = this.pick(this.options.ues.filter(({ imsi }) => !this.sessions.has(imsi)));
    if (!ue) return;
    const outcome = await this.mme.attach(ue);
    if (outcome.outcome !== "attached") return this.complain(ue.imsi, JSON.stringify(outcome));
    const { apn, staticAddresses } = defaultApn(outcome.attached);
    const opened = await this.smf.open({ imsi: ue.imsi, apn, address: staticAddresses[0] ?? this.address(ue) });
    if (opened.outcome !== "open") {
      this.complain(ue.imsi, JSON.stringify(opened));
      await this.mme.detach(ue);
      return;
    }
    const { session } = opened;
    this.sessions.set(ue.imsi, session);
    this.options.arrived?.(ue.imsi, session.address, apn);
  }

  private async detachOne(): Promise<void> {
    const session = this.pick([...this.sessions.values()]);
    if (session) await this.end(session.imsi, true);
  }

  private async end(imsi: string, byUe: boolean): Promise<void> {
    const session = this.sessions.get(imsi);
    if (!session) return;
    this.gone(session, byUe);
    await this.smf.terminate(session, this.used());
    const ue = this.mme.attached.get(imsi)?.ue;
    if (ue) await this.mme.detach(ue);
  }

  private gone({ imsi, address, apn }: GrantedSession, byUe: boolean): void {
    this.sessions.delete(imsi);
    this.options.left?.(imsi, address, apn, byUe);
  }

  /** From the site's pool, the same for a UE each time. */
  private address(ue: SimulatedUe): string {
    return `10.45.0.${2 + this.options.ues.indexOf(ue)}`;
  }

  private used(): { uplink: number; downlink: number } {
    const downlink = Math.floor(this.random() * MOST_USED);
    return { uplink: Math.floor(downlink * UPLINK_SHARE), downlink };
  }

  private pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.random() * list.length)];
  }

  private complain(imsi: string, what: unknown): void {
    this.options.complain?.(`${imsi} ${what instanceof Error ? what.message : what}`.trim());
  }
}

function defaultApn({ profile }: AttachedUe) {
  const apn = profile.apns.find(({ contextId }) => contextId === profile.defaultContextId) ?? profile.apns[0];
  if (!apn) throw new Error("a profile without APNs was taken");
  return apn;
}
