// Gx sessions from opening to end, with what they used.
import type { Clock } from "../diameter/peer/clock.ts";
import type { Directory, GxSession, Reporter, Sessions, Usage, UsageCounter } from "../records.ts";
import { Seldom } from "../seldom.ts";
import { Turns } from "../turns.ts";
import { EndedSessions } from "./endedSessions.ts";
import { periodOf, usedOctets } from "./period.ts";
import { sum, type UsageReport } from "./usageReport.ts";

export interface LedgerDeps {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly usage: Usage;
  readonly reporter: Reporter;
  readonly clock: Pick<Clock, "date">;
}

/** A UE that is refused asks again and again: the operator reads of it once in this time. */
const REFUSALS_MS = 60_000;

export class SessionLedger {
  /** By IMSI: whoever reads and writes back a session or a counter waits for its turn. */
  readonly turns = new Turns();
  readonly ended = new EndedSessions();
  readonly refusals: Seldom;
  private readonly deps: LedgerDeps;

  constructor(deps: LedgerDeps) {
    this.deps = deps;
    this.refusals = new Seldom(REFUSALS_MS, () => deps.clock.date().getTime());
  }

  /** A session of this SMF; another's is unknown to it. */
  find(sessionId: string, originHost: string): GxSession | undefined {
    const session = this.deps.sessions.get(sessionId);
    return session && isOf(session, originHost) ? session : undefined;
  }

  /** Durable when it resolves. */
  async open(session: GxSession, isNew: boolean): Promise<void> {
    await this.deps.sessions.put(session);
    this.ended.remove(session.sessionId);
    this.deps.reporter.sessionChanged(session, "open");
    if (isNew) this.tell(session, "session-start", `${session.apn}: ${session.address || "no address yet"}`);
  }

  /** Durable when it resolves. `settled`: its SMF ended it. */
  async end(session: GxSession, now: number, why: string, settled: boolean): Promise<void> {
    await this.deps.sessions.remove(session.sessionId);
    this.ended.add(session, settled);
    this.deps.reporter.sessionChanged(session, "ended");
    const seconds = Math.max(0, Math.round((now - session.startedAt) / 1000));
    this.tell(session, "session-end", `${session.apn}: ${why}, after ${seconds} s`);
  }

  /** The subscriber's counter with what was reported; `undefined` report: as it is. */
  counted(imsi: string, report: UsageReport | undefined, now: number): UsageCounter | undefined {
    const counter = this.deps.usage.get(imsi);
    if (!report) return counter;
    const period = periodOf(this.deps.directory.subscriber(imsi)?.profile?.quota?.period ?? "month", now);
    const running = counter?.period === period ? counter : { uplink: 0, downlink: 0 };
    return { period, ...sum(running, report) };
  }

  /** Durable when it resolves; tells the operator once when the quota is used up. */
  async saveCounter(session: GxSession, counter: UsageCounter, now: number): Promise<void> {
    const { imsi, tenantId } = session;
    const quota = this.deps.directory.subscriber(imsi)?.profile?.quota;
    const before = quota ? usedOctets(quota, this.deps.usage.get(imsi), now) : 0;
    await this.deps.usage.put(imsi, counter);
    this.deps.reporter.usage(tenantId, imsi, counter);
    if (!quota || before >= quota.octets || usedOctets(quota, counter, now) < quota.octets) return;
    const then = quota.throttle ? "rates are throttled" : "sessions end";
    this.tell(session, "quota", `the quota of the ${quota.period} (${quota.octets} octets) is used up: ${then}`);
  }

  private tell(session: GxSession, kind: "session-start" | "session-end" | "quota", message: string): void {
    const { tenantId, imsi, epcId } = session;
    const severity = kind === "quota" ? "warning" : "info";
    this.deps.reporter.activity({ tenantId, imsi, ...(epcId === undefined ? {} : { epcId }), kind, severity, message });
  }
}

export function isOf(session: GxSession, originHost: string): boolean {
  return session.peer.toLowerCase() === originHost.toLowerCase();
}
