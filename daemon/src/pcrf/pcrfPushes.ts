// What the PCRF tells SMFs unasked: new policy for open sessions, and their end (3GPP TS 29.212 4.5.2, 4.5.9).
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../diameter/peer/clock.ts";
import type { Directory, GxSession, Reporter, Sessions, Usage } from "../records.ts";
import { type Admission, admit } from "./admission.ts";
import type { GxPeer } from "./gxPeer.ts";
import { type Refusal, refusalWords } from "./gxResult.ts";
import { periodOf } from "./period.ts";
import { alreadyGranted, grantedOf, type Policy } from "./policy.ts";
import { policyAvps } from "./policyAvps.ts";
import { PushQueue } from "./pushQueue.ts";
import { type Outcome, RELEASE_CAUSE, reAuth, release } from "./reAuth.ts";
import { SessionLedger } from "./sessionLedger.ts";

/** How exactly the end of a burst is kept. */
const SWEEP_MS = 1_000;
/** Sessions looked at before others get the processor. */
const BATCH = 1_000;

export interface PcrfPushesDeps {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly usage: Usage;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** The peer of that Origin-Host, if it is connected to this process. */
  readonly peer: (originHost: string) => GxPeer | undefined;
  /** A push failed for a reason of ours. */
  readonly failed: (error: unknown) => void;
}

type Admitted = Extract<Admission, { policy: Policy }>;
type Step = { outcome: Promise<Outcome>; told: (outcome: Outcome) => Promise<boolean> };

export class PcrfPushes {
  readonly ledger: SessionLedger;
  private readonly deps: PcrfPushesDeps;
  /** One for each SMF, so that a slow one holds up nobody else. */
  private readonly queues = new Map<string, PushQueue>();
  /** When the bursts of open sessions end, ms since 1970. */
  private readonly bursts = new Map<string, number>();
  private day: string;
  private cancelSweep: (() => void) | undefined;

  constructor(deps: PcrfPushesDeps) {
    this.deps = deps;
    this.ledger = new SessionLedger(deps);
    this.day = periodOf("day", this.now());
  }

  /** Takes up the bursts that were running when the process ended, and watches the clock. */
  start(): void {
    for (const session of this.deps.sessions.all()) this.opened(session);
    this.arm();
  }

  stop(): void {
    this.cancelSweep?.();
    this.cancelSweep = undefined;
    for (const queue of this.queues.values()) queue.stop();
    this.queues.clear();
  }

  /** Resolves when no RAR waits or is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.settled()));
  }

  /** A session began, or goes on: its burst will end. */
  opened({ sessionId, burstUntil }: GxSession): void {
    if (burstUntil !== undefined) this.bursts.set(sessionId, burstUntil);
  }

  /** What the subscriber may have can differ from what its SMF was told. */
  subscriberChanged(imsi: string): void {
    for (const session of this.deps.sessions.ofSubscriber(imsi)) this.push(session);
  }

  /** As the mirror tells it (MirrorEvents): these subscribers' profiles changed; undefined: any of the tenant's. */
  profilesChanged(tenantId: string, imsis: readonly string[] | undefined): void {
    if (imsis) for (const imsi of imsis) this.subscriberChanged(imsi);
    else void this.every((session) => session.tenantId === tenantId);
  }

  /** As the mirror tells it: tenants may have become active or not, or one another's roaming partners or not. */
  tenantsChanged(): void {
    void this.every(() => true);
  }

  /** An SMF connected: it is told what it missed. */
  peerConnected({ originHost }: Pick<GxPeer, "originHost">): void {
    const name = originHost.toLowerCase();
    void this.every((session) => session.peer.toLowerCase() === name);
  }

  /**
   * An operator's request to end a subscriber's sessions. Resolves to the words of its result when the SMFs have answered; undefined: none
   * of its sessions is on an SMF that is connected here.
   */
  async endSessions(tenantId: string, imsi: string): Promise<{ done: boolean; result: string } | undefined> {
    const sessions = this.deps.sessions.ofSubscriber(imsi).filter((each) => each.tenantId === tenantId);
    const here = sessions.flatMap((session) => {
      const peer = this.openPeer(session);
      return peer ? [{ session, peer }] : [];
    });
    if (here.length === 0) return undefined;
    const cause = RELEASE_CAUSE.UNSPECIFIED_REASON;
    const outcomes = await Promise.all(
      here.map(async ({ session, peer }) => {
        const outcome = await release(peer, session.sessionId, cause);
        await this.released(session.sessionId, cause, outcome);
        return outcome;
      }),
    );
    const failures = outcomes.filter(({ is }) => is !== "done" && is !== "gone");
    const count = `${outcomes.length - failures.length} of ${sessions.length} sessions: the SMF took the request to end it`;
    const why = failures.map(({ words }) => words).join("; ");
    return { done: failures.length === 0 && here.length === sessions.length, result: why ? `${count}: ${why}` : count };
  }

  private async every(wanted: (session: GxSession) => boolean): Promise<void> {
    const ids: string[] = [];
    for (const session of this.deps.sessions.all()) if (wanted(session)) ids.push(session.sessionId);
    for (const [n, sessionId] of ids.entries()) {
      if (n % BATCH === BATCH - 1) await setImmediate();
      this.push(this.deps.sessions.get(sessionId));
    }
  }

  /** Sessions of SMFs that are not here wait for `peerConnected`. */
  private push(session: GxSession | undefined): void {
    if (!session || !this.openPeer(session)) return;
    const name = session.peer.toLowerCase();
    const queue = this.queues.get(name) ?? new PushQueue(this.deps.clock, (id) => this.look(id), this.deps.failed);
    this.queues.set(name, queue);
    queue.add(session.sessionId);
  }

  /** Sends what a session needs now. @returns whether to try again later. */
  private async look(sessionId: string): Promise<boolean> {
    const known = this.deps.sessions.get(sessionId);
    if (!known || !this.openPeer(known)) return false;
    const step = await this.ledger.turns.run(known.imsi, () => this.step(sessionId));
    return step ? step.told(await step.outcome) : false;
  }

  /** Decides, records, sends: in the subscriber's turn. The answer is awaited outside, as the SMF may ask before it answers. */
  private async step(sessionId: string): Promise<Step | undefined> {
    const session = this.deps.sessions.get(sessionId);
    const peer = session && this.openPeer(session);
    if (!session || !peer) return undefined;
    const { imsi, apn, burstUntil } = session;
    const usage = this.deps.usage.get(imsi);
    const admission = admit(this.deps.directory, { imsi, apn, peer: peer.context, now: this.now(), usage, burstUntil });
    if ("policy" in admission) return this.grant(session, peer, admission);
    return this.withdraw(session, peer, admission.refusal);
  }

  private async grant(before: GxSession, peer: GxPeer, { subscriber, policy }: Admitted): Promise<Step | undefined> {
    const { releasing, ...session } = before;
    const sent = subscriber.profileHash;
    const { throttled } = policy;
    const same = alreadyGranted(session.granted, policy) && session.sent !== "";
    if (same && session.sent === sent && releasing === undefined && session.throttled === throttled) return undefined;
    const after: GxSession = { ...session, sent, throttled, granted: grantedOf(policy) };
    await this.deps.sessions.put(after);
    if (same) return undefined;
    // An answer that was decided before this must leave before it.
    await setImmediate();
    const avps = policyAvps(policy, { before: session.granted, uncertain: session.sent === "" });
    const outcome = reAuth(peer, session.sessionId, avps);
    return { outcome, told: (result) => this.granted(before, after, result) };
  }

  private async granted(before: GxSession, after: GxSession, outcome: Outcome): Promise<boolean> {
    if (outcome.is === "gone") await this.gone(after.sessionId);
    else if (outcome.is === "done") {
      this.deps.reporter.sessionChanged(after, "open");
      // The end of a burst is nobody's news.
      if (before.sent !== after.sent) this.tell(after, "info", `${after.apn}: new policy sent to the SMF`);
    } else {
      await this.doubt(before, after);
      this.tell(after, "warning", `${after.apn}: new policy not taken: ${outcome.words}`);
    }
    return outcome.is === "later";
  }

  /** The SMF may have taken the RAR or not: the next one says everything. */
  private async doubt(before: GxSession, { sessionId, imsi }: GxSession): Promise<void> {
    await this.ledger.turns.run(imsi, async () => {
      const session = this.deps.sessions.get(sessionId);
      if (!session?.granted) return;
      const { rules } = session.granted;
      const maybe = (before.granted?.rules ?? []).filter(({ name }) => !rules.some((rule) => rule.name === name));
      const granted = { ...session.granted, rules: [...rules, ...maybe] };
      await this.deps.sessions.put({ ...session, granted, sent: "" });
    });
  }

  private withdraw(session: GxSession, peer: GxPeer, refusal: Refusal): Promise<Step | undefined> {
    // Who has no plan for a moment keeps what it has; a release that the SMF took is not asked for twice.
    if (refusal === "no-profile" || session.releasing !== undefined) return Promise.resolve(undefined);
    const cause = RELEASE_CAUSE.UE_SUBSCRIPTION_REASON;
    const told = async (outcome: Outcome): Promise<boolean> => {
      const words = outcome.is === "done" ? "the SMF ends it" : outcome.words;
      this.tell(session, "warning", `${session.apn}: ${refusalWords(refusal, session.apn)}: ${words}`);
      await this.released(session.sessionId, cause, outcome);
      return outcome.is === "later";
    };
    return Promise.resolve({ outcome: release(peer, session.sessionId, cause), told });
  }

  private async released(sessionId: string, releasing: number, { is }: Outcome): Promise<void> {
    if (is === "gone") return this.gone(sessionId);
    if (is !== "done") return;
    const imsi = this.deps.sessions.get(sessionId)?.imsi;
    if (imsi === undefined) return;
    await this.ledger.turns.run(imsi, async () => {
      const session = this.deps.sessions.get(sessionId);
      if (session) await this.deps.sessions.put({ ...session, releasing });
    });
  }

  private async gone(sessionId: string): Promise<void> {
    const imsi = this.deps.sessions.get(sessionId)?.imsi;
    if (imsi === undefined) return;
    await this.ledger.turns.run(imsi, async () => {
      const session = this.deps.sessions.get(sessionId);
      if (session) await this.ledger.end(session, this.now(), "its SMF knows it no more", true);
    });
  }

  private arm(): void {
    this.cancelSweep = this.deps.clock.after(SWEEP_MS, () => {
      this.arm();
      this.sweep();
    });
  }

  /** Bursts that are over, and quotas that begin anew with the day or month. */
  private sweep(): void {
    const now = this.now();
    for (const [sessionId, until] of this.bursts) {
      if (until > now) continue;
      this.bursts.delete(sessionId);
      this.push(this.deps.sessions.get(sessionId));
    }
    const day = periodOf("day", now);
    if (day === this.day) return;
    this.day = day;
    void this.every((session) => session.throttled);
  }

  private openPeer({ peer }: GxSession): GxPeer | undefined {
    const found = this.deps.peer(peer);
    return found?.isOpen ? found : undefined;
  }

  private tell(session: GxSession, severity: "info" | "warning", message: string): void {
    const { tenantId, imsi, epcId } = session;
    const epc = epcId === undefined ? {} : { epcId };
    this.deps.reporter.activity({ tenantId, imsi, ...epc, kind: "profile-pushed", severity, message });
  }

  private now(): number {
    return this.deps.clock.date().getTime();
  }
}
