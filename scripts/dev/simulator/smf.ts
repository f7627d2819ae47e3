// The client side of Gx, as strict as an SMF needs.
import { addressBytes } from "../../../daemon/src/diameter/codec/address.ts";
import { type Avp, avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import * as base from "../../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND, commandKey } from "../../../daemon/src/diameter/dictionary/commands.ts";
import * as gx from "../../../daemon/src/diameter/dictionary/gx.ts";
import { RESULT } from "../../../daemon/src/diameter/dictionary/results.ts";
import type { Answer } from "../../../daemon/src/diameter/peer/answer.ts";
import { newSessionId } from "../../../daemon/src/diameter/peer/request.ts";
import { applyPolicy, type GrantedSession, unusable } from "./gxPolicy.ts";
import { Link, type NodeOptions } from "./link.ts";
import { Mailbox } from "./mailbox.ts";
import { isSuccess, type Result, resultOf } from "./result.ts";
import type { Rates } from "./subscription.ts";

/** CC-Request-Type (RFC 8506 8.3). */
const INITIAL = 1;
const UPDATE = 2;
const TERMINATION = 3;
const END_USER_IMSI = 1;
const EPS = 5;
const EUTRAN = 1004;
const USAGE_REPORT = 33;
/** Termination-Cause: DIAMETER_LOGOUT. */
const LOGOUT = 1;

export interface PdnConnection {
  imsi: string;
  apn: string;
  /** IPv4. */
  address: string;
}

/** `unusable`: the answer lacks what a real SMF needs, and it would set up a bearer with QCI 0. */
export type OpenOutcome =
  | { outcome: "open"; session: GrantedSession }
  | { outcome: "rejected"; result: Result }
  | { outcome: "unusable"; missing: readonly string[] };

export type SmfEvents = {
  /** A RAR changed the session. */
  RAR: { session: GrantedSession; result: number };
  /** A RAR ended the session; the CCR-T has been answered. `cause` is Session-Release-Cause. */
  released: { session: GrantedSession; cause: number; result: Result };
};

export class SimulatedSmf {
  readonly originHost: string;
  /** Open sessions by Session-Id. */
  readonly sessions = new Map<string, GrantedSession>();
  readonly mailbox = new Mailbox<SmfEvents>();
  readonly link: Link;

  constructor(options: NodeOptions) {
    this.originHost = options.originHost;
    const handlers = new Map([
      [commandKey(APPLICATION.GX, COMMAND.RE_AUTH), (request: Message) => this.reAuth(request)],
    ]);
    this.link = new Link(options, [APPLICATION.GX], handlers);
  }

  /** @throws DiameterError or Error as `Link.connect`. */
  connect(): Promise<void> {
    return this.link.connect();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  /** Waits for, and takes, what happened to an IMSI. @throws Error if it does not happen in time. */
  next<Name extends keyof SmfEvents>(name: Name, imsi: string, limitMs?: number): Promise<SmfEvents[Name]> {
    return this.mailbox.next(name, imsi, limitMs);
  }

  on<Name extends keyof SmfEvents>(name: Name, listener: (imsi: string, what: SmfEvents[Name]) => void): void {
    this.mailbox.on(name, listener);
  }

  /** CCR-I (TS 29.212 4.5.1). */
  async open({ imsi, apn, address }: PdnConnection): Promise<OpenOutcome> {
    const sessionId = newSessionId(this.originHost);
    const answer = await this.creditControl(sessionId, INITIAL, 0, [
      avp(base.SubscriptionId, [avp(base.SubscriptionIdType, END_USER_IMSI), avp(base.SubscriptionIdData, imsi)]),
      avp(gx.NetworkRequestSupport, 1),
      avp(base.FramedIpAddress, addressBytes(address).subarray(2)),
      avp(gx.IpCanType, EPS),
      avp(gx.RatType, EUTRAN),
      avp(base.CalledStationId, apn),
    ]);
    const result = resultOf(answer);
    if (!isSuccess(result)) return { outcome: "rejected", result };
    const missing = unusable(answer);
    if (missing.length > 0) return { outcome: "unusable", missing };
    const session: GrantedSession = { sessionId, imsi, apn, address, requestNumber: 0, rules: new Map() };
    applyPolicy(session, answer);
    this.sessions.set(sessionId, session);
    return { outcome: "open", session };
  }

  /** CCR-U with octets used since the last report (TS 29.212 4.5.17); takes what the answer changes. */
  async update(session: GrantedSession, used?: Rates): Promise<Result> {
    session.requestNumber += 1;
    const avps = used ? [avp(gx.EventTrigger, USAGE_REPORT), ...usage(session, used)] : [];
    const answer = await this.creditControl(session.sessionId, UPDATE, session.requestNumber, avps);
    const result = resultOf(answer);
    if (isSuccess(result)) applyPolicy(session, answer);
    return result;
  }

  /** CCR-T (TS 29.212 4.5.7). */
  async terminate(session: GrantedSession, used?: Rates): Promise<Result> {
    this.sessions.delete(session.sessionId);
    session.requestNumber += 1;
    const avps = [avp(base.TerminationCause, LOGOUT), ...(used ? usage(session, used) : [])];
    return resultOf(await this.creditControl(session.sessionId, TERMINATION, session.requestNumber, avps));
  }

  private creditControl(sessionId: string, type: number, number: number, avps: readonly Avp[]): Promise<Message> {
    return this.link.request(COMMAND.CREDIT_CONTROL, APPLICATION.GX, [
      avp(base.SessionId, sessionId),
      avp(base.CcRequestType, type),
      avp(base.CcRequestNumber, number),
      ...avps,
    ]);
  }

  /** TS 29.212 4.5.2, 4.5.9: a session that is to be released is so after the answer. */
  private reAuth(request: Message): Answer {
    const session = this.sessions.get(request.get(base.SessionId) ?? "");
    if (!session) return { resultCode: RESULT.UNKNOWN_SESSION_ID, avps: [] };
    const cause = request.get(gx.SessionReleaseCause);
    if (cause !== undefined) {
      setImmediate(() => void this.released(session, cause));
      return { avps: [] };
    }
    applyPolicy(session, request);
    this.mailbox.put("RAR", session.imsi, { session, result: RESULT.SUCCESS });
    return { avps: [] };
  }

  private async released(session: GrantedSession, cause: number): Promise<void> {
    // Without a connection the CCR-T is lost; the session is over all the same.
    const result = await this.terminate(session).catch((): Result => ({ code: 0, experimental: false }));
    this.mailbox.put("released", session.imsi, { session, cause, result });
  }
}

/** Usage-Monitoring-Information, if the PCRF asked for it. */
function usage({ monitoringKey }: GrantedSession, { uplink, downlink }: Rates): Avp[] {
  if (monitoringKey === undefined) return [];
  const used = avp(base.UsedServiceUnit, [
    avp(base.CcTotalOctets, BigInt(uplink + downlink)),
    avp(base.CcInputOctets, BigInt(uplink)),
    avp(base.CcOutputOctets, BigInt(downlink)),
  ]);
  return [avp(gx.UsageMonitoringInformation, [avp(gx.MonitoringKey, monitoringKey), used])];
}
