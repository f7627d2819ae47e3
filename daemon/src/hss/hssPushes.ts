// What the HSS tells MMEs unasked: changed profiles, and who must leave (TS 29.272 5.2.1.2, 5.2.2, 5.2.4).
import { setImmediate } from "node:timers/promises";
import { DISCONNECT } from "../diameter/dictionary/commands.ts";
import { type Clock, systemClock } from "../diameter/peer/clock.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { MirrorEvents, Registration } from "../records.ts";
import { cancelOld, movedKey } from "./cancelOld.ts";
import type { HssDeps } from "./deps.ts";
import { outcomeWords } from "./outcome.ts";
import { pushPlan } from "./pushPlan.ts";
import { PushQueue, type PushResult } from "./pushQueue.ts";
import { insert, withdraw } from "./pushToMme.ts";
import { isAt } from "./registration.ts";
import { sendRsr } from "./rsr.ts";
import { type HssCommand, isForHere, runCommand } from "./runCommand.ts";

export interface HssPushesOptions {
  /** Pushes a second to one MME; default 200. */
  readonly perSecond?: number;
  /** Registrations were lost: each MME is told so when it connects for the first time. */
  readonly lostState?: boolean;
  readonly clock?: Clock;
}

type Mme = Peer<PeerContext>;

/** For the request of the daemon that took a subscriber over. */
const MOVE_GRACE_MS = 2_000;
/** Names looked up before others get the processor. */
const BATCH = 1_000;

export class HssPushes
  implements Pick<MirrorEvents, "profilesChanged" | "registrationsChanged" | "tenantsChanged" | "command">
{
  private readonly deps: HssDeps;
  private readonly clock: Clock;
  private readonly perSecond: number;
  private readonly lostState: boolean;
  private readonly queues = new Map<Mme, PushQueue>();
  private readonly reset = new Set<string>();

  constructor(deps: HssDeps, options: HssPushesOptions = {}) {
    this.deps = deps;
    this.clock = options.clock ?? systemClock;
    this.perSecond = options.perSecond ?? 200;
    this.lostState = options.lostState ?? false;
    deps.onRegistered.add((registration) => this.registered(registration));
  }

  /** Pushes that are waiting or under way, for a gauge. */
  get size(): number {
    let size = 0;
    for (const queue of this.queues.values()) size += queue.size;
    return size;
  }

  /** To be called with each peer that connects: what changed while it was away is told now. */
  peerOpened(peer: Mme): void {
    this.deps.mmes.add(peer);
    const queue = this.queueFor(peer);
    this.queues.set(peer, queue);
    void peer.closed.then(() => {
      queue.stop();
      this.queues.delete(peer);
    });
    void this.resetOnce(peer).then(() => queue.addEverybody());
  }

  profilesChanged(_tenantId: string, imsis: readonly string[] | undefined): void {
    if (imsis) void this.addAll(imsis);
    else this.everybody();
  }

  registrationsChanged(imsis: readonly string[], superseded: readonly Registration[]): void {
    void this.addAll(imsis);
    if (superseded.length > 0) this.clock.after(MOVE_GRACE_MS, () => this.leave(superseded));
  }

  /** A suspended tenant's subscribers are detached; its MMEs are sent away when that is done. */
  tenantsChanged(): void {
    this.everybody();
  }

  /** Whether `command` would run it here. */
  holds(command: HssCommand): boolean {
    return isForHere(this.deps, command);
  }

  command(command: HssCommand): ReturnType<MirrorEvents["command"]> {
    return runCommand(this.deps, command);
  }

  stop(): void {
    for (const queue of this.queues.values()) queue.stop();
    this.queues.clear();
  }

  /**
   * The daemon that took them over asks for the old MME to be told, if it knew of it: it does not when they moved within the cloud's lag. Then the old MME
   * is told because it is connected here.
   */
  private leave(superseded: readonly Registration[]): void {
    const { deps } = this;
    for (const old of superseded) {
      const now = deps.registrations.get(old.imsi);
      const isBack = now !== undefined && isAt(now, old.mme);
      if (isBack || !deps.mmes.get(old.mme) || deps.moved.pass(movedKey(old.imsi, old.mme)) === undefined) continue;
      cancelOld(deps, old);
    }
  }

  private everybody(): void {
    for (const queue of this.queues.values()) queue.addEverybody();
  }

  private async addAll(imsis: readonly string[]): Promise<void> {
    for (let at = 0; at < imsis.length; at++) {
      if (at % BATCH === BATCH - 1) await setImmediate();
      this.add(this.deps.registrations.get(imsis[at] as string));
    }
  }

  private add(registration: Registration | undefined): void {
    const peer = registration && this.deps.mmes.get(registration.mme);
    if (peer) this.queues.get(peer)?.add(registration.imsi);
  }

  /** It may leave this MME anew, and the profile may have changed while the registration was being written. */
  private registered(registration: Registration): void {
    this.deps.moved.forget(movedKey(registration.imsi, registration.mme));
    const subscriber = this.deps.directory.subscriber(registration.imsi);
    if (subscriber?.profileHash !== registration.sent) this.add(registration);
  }

  private queueFor(peer: Mme): PushQueue {
    const { registrations } = this.deps;
    function* everybody(): Iterable<string> {
      for (const { imsi } of registrations.ofMme(peer.originHost)) yield imsi;
    }
    return new PushQueue({
      clock: this.clock,
      perSecond: this.perSecond,
      isDue: (imsi) => this.planFor(peer, imsi) !== undefined,
      push: (imsi) => this.push(peer, imsi),
      everybody,
      idle: () => this.dismiss(peer),
    });
  }

  private planFor(peer: Mme, imsi: string): ReturnType<typeof pushPlan> {
    const registration = this.deps.registrations.get(imsi);
    return registration && pushPlan(this.deps, registration, peer);
  }

  private async push(peer: Mme, imsi: string): Promise<PushResult> {
    const registration = this.deps.registrations.get(imsi);
    const plan = registration && pushPlan(this.deps, registration, peer);
    if (!plan) return "done";
    try {
      const outcome =
        plan.kind === "insert"
          ? await insert(this.deps, peer, registration, plan.profile, plan.hash)
          : await withdraw(this.deps, peer, registration, plan.reason);
      return outcome.state === "unreachable" ? "again" : "done";
    } catch (error) {
      this.deps.log.pushFailed({ imsi, mme: peer.originHost }, error);
      return "again";
    }
  }

  /** TS 29.272 5.2.4.1.2. */
  private async resetOnce(peer: Mme): Promise<void> {
    const name = peer.originHost.toLowerCase();
    if (!this.lostState || this.reset.has(name)) return;
    const outcome = await sendRsr(peer);
    if (outcome.state !== "unreachable") this.reset.add(name);
    this.deps.log.reset({ mme: peer.originHost, outcome: outcomeWords(outcome) });
  }

  private dismiss(peer: Mme): void {
    if (this.deps.directory.tenant(peer.context.tenantId)?.active !== false) return;
    peer.expel(DISCONNECT.DO_NOT_WANT_TO_TALK_TO_YOU, "its tenant is suspended");
  }
}
