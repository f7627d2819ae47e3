// An open connection to a Diameter node whose identity is known: after CER and CEA, until DPR or the end.
import { type Avp, avp } from "../codec/avpDefinition.ts";
import { Message } from "../codec/message.ts";
import { OutputBuffer } from "../codec/outputBuffer.ts";
import { DisconnectCause, OriginStateId } from "../dictionary/base.ts";
import { APPLICATION, COMMAND, DISCONNECT } from "../dictionary/commands.ts";
import { type Answer, answerOf, type Origin, writeAnswer } from "./answer.ts";
import { answerBase } from "./baseRequests.ts";
import type { Connection } from "./connection.ts";
import { headerFault } from "./headerFault.ts";
import type { Identity } from "./identity.ts";
import { type PeerAction, type PeerEvent, type PeerState, step } from "./machine.ts";
import { Outgoing, type RequestOptions } from "./outgoing.ts";
import type { PeerCounters, PeerSetup } from "./peerSetup.ts";
import { type Done, PeerUnavailable } from "./pendingRequests.ts";
import type { TlsIdentity } from "./tlsIdentity.ts";
import type { TokenBucket } from "./tokenBucket.ts";
import { Watchdog } from "./watchdog.ts";

/** How long a DPR may stay unanswered, and what is under way at its answer may still take. */
const CLOSING_MS = 5_000;

export class Peer<C> {
  readonly originHost: string;
  readonly originRealm: string;
  readonly address: string;
  readonly tls: TlsIdentity | undefined;
  /** Applications that both sides have. */
  readonly applications: readonly number[];
  readonly since: Date;
  context: C;
  readonly counters: PeerCounters = {
    requestsReceived: 0,
    answersSent: 0,
    requestsSent: 0,
    answersReceived: 0,
    strays: 0,
    tooBusy: 0,
  };
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<string>;
  /** For the dispatcher: answers kept, and our own names in lower case. */
  readonly identity: Identity;
  readonly ourHostBytes: Buffer;
  readonly ourRealms: readonly Buffer[];
  private readonly setup: PeerSetup<C>;
  private readonly connection: Connection;
  private readonly outgoing: Outgoing;
  private readonly watchdog: Watchdog;
  private rate: TokenBucket | undefined;
  private state: PeerState = "open";
  private cause: number = DISCONNECT.REBOOTING;
  private reason = "";
  private handling = 0;
  private finishing = false;
  private probes: ((alive: boolean) => void)[] = [];
  private resolveClosed: (reason: string) => void = () => {};

  constructor(setup: PeerSetup<C>) {
    this.setup = setup;
    this.connection = setup.connection;
    this.originHost = setup.originHost;
    this.originRealm = setup.originRealm;
    this.address = setup.address;
    this.tls = setup.tls;
    this.applications = setup.applications;
    this.context = setup.context;
    this.identity = setup.identity;
    this.rate = setup.rate;
    this.since = setup.clock.date();
    this.ourHostBytes = Buffer.from(setup.origin.originHost.toLowerCase());
    this.ourRealms = setup.ourRealms.map((realm) => Buffer.from(realm.toLowerCase()));
    this.outgoing = new Outgoing(setup.connection, setup.origin, setup.clock);
    this.closed = new Promise((resolve) => {
      this.resolveClosed = resolve;
    });
    this.connection.receiver = {
      message: (bytes, from, to) => this.receive(bytes, from, to),
      gone: (reason) => this.gone(reason),
    };
    this.watchdog = new Watchdog(setup.clock, setup.watchdogMs, () => this.happens("timeout"));
    this.watchdog.watch();
  }

  /** Whether requests can be sent. */
  get isOpen(): boolean {
    return this.state === "open" || this.state === "probing";
  }

  /** Requests that await their answers. */
  get outstanding(): number {
    return this.outgoing.outstanding;
  }

  /** Octets held of a message that has not all come yet. */
  get buffered(): number {
    return this.connection.held;
  }

  /** Who we are to this peer. */
  get origin(): Origin {
    return this.setup.origin;
  }

  /**
   * Sends a request and awaits its answer. Session-Id, the application's AVP, Auth-Session-State, Origin-Host, Origin-Realm,
   * Destination-Host and Destination-Realm are added where `avps` has none.
   * @throws PeerUnavailable if there is no answer in time or the connection is not usable
   * @throws RangeError if an AVP's value does not fit its type
   */
  request(
    commandCode: number,
    applicationId: number,
    avps: readonly Avp[],
    options: RequestOptions = {},
  ): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.exchange(commandCode, applicationId, avps, options, (error, answer) => {
        if (answer) resolve(answer);
        else reject(error);
      });
    });
  }

  /** As `request`, with a callback: what a load generator uses. @throws RangeError as `request` rejects. */
  exchange(
    commandCode: number,
    applicationId: number,
    avps: readonly Avp[],
    options: RequestOptions,
    done: Done,
  ): void {
    if (!this.isOpen) {
      done(new PeerUnavailable(`${this.originHost} is ${this.state}`), undefined);
      return;
    }
    this.counters.requestsSent += 1;
    this.outgoing.send(commandCode, applicationId, avps, this, options, done);
  }

  /** Says goodbye (DPR) and closes when that is answered, or after 5 s. `reason` is for our own events. */
  close(disconnectCause: number, reason: string): Promise<string> {
    this.cause = disconnectCause;
    this.reason ||= reason;
    this.happens("stop");
    return this.closed;
  }

  /** Says goodbye and closes at once: what is under way is not answered any more. */
  expel(disconnectCause: number, reason: string): void {
    this.cause = disconnectCause;
    this.reason = reason;
    this.happens("expel");
  }

  /** Ends the connection without a word. */
  cut(reason: string): void {
    this.reason = reason;
    this.happens("lost");
    this.connection.cut(reason);
  }

  /** From now on the context and the rate are these. */
  readmit(context: C, rate: TokenBucket | undefined): void {
    this.context = context;
    this.rate = rate;
  }

  /** Asks for a sign of life. @returns whether a message came within so many milliseconds. */
  probe(milliseconds: number): Promise<boolean> {
    this.happens("probe");
    return new Promise((resolve) => {
      if (this.connection.isOver) return resolve(false);
      const cancel = this.setup.clock.after(milliseconds, () => this.settleProbes(false));
      this.probes.push((alive) => {
        cancel();
        resolve(alive);
      });
    });
  }

  /** @returns false if the peer sends more than was agreed. */
  withinRate(): boolean {
    if (this.rate === undefined || this.rate.take()) return true;
    this.counters.tooBusy += 1;
    return false;
  }

  /** A handler took a request (1) or gave its answer (-1) later: closing waits for those. */
  inHand(change: 1 | -1): void {
    this.handling += change;
    if (this.handling === 0 && this.finishing) this.connection.finish(this.reason);
  }

  /**
   * Answers a request. Kept, it is the answer to the same request when that is sent again.
   * @throws RangeError if an AVP's value does not fit its type: nothing is sent then
   */
  answer(request: Message, answer: Answer, keep = false): void {
    const open = !this.connection.isOver;
    const output = open ? this.connection.output : new OutputBuffer();
    try {
      writeAnswer(output, request, answer, this.setup.origin);
    } catch (error) {
      output.rollback();
      throw error;
    }
    if (open) this.counters.answersSent += 1;
    if (keep) {
      this.identity.recent.keep(request, output.bytes, output.messageStart, output.length);
      this.identity.underway.settle(request, () => output.message());
    }
    if (open) this.connection.written();
  }

  /** Sends an answer that is encoded already. */
  sendEncoded(answer: Buffer): void {
    if (this.connection.isOver) return;
    const { output } = this.connection;
    output.begin();
    const at = output.reserve(answer.length);
    answer.copy(output.bytes, at);
    this.counters.answersSent += 1;
    this.connection.written();
  }

  private receive(bytes: Buffer, from: number, to: number): void {
    const message = new Message(bytes, from, to);
    this.watchdog.heard();
    if (this.state !== "open") this.happens("heard");
    if (this.probes.length > 0) this.settleProbes(true);
    const fault = headerFault(message);
    if (!message.isRequest) {
      this.counters.answersReceived += 1;
      if (fault || !this.outgoing.settle(message)) this.counters.strays += 1;
      return;
    }
    this.counters.requestsReceived += 1;
    if (fault) this.answer(message, answerOf(fault));
    else if (message.applicationId === APPLICATION.BASE) this.receiveBase(message);
    else this.setup.dispatcher.dispatch(message, this);
  }

  private receiveBase(request: Message): void {
    const { answer, disconnectCause } = answerBase(request, this.setup.originStateId);
    this.answer(request, answer);
    if (disconnectCause === undefined) return;
    this.reason ||= `disconnected by the peer, cause ${disconnectCause}`;
    this.happens("dpr");
  }

  private happens(event: PeerEvent): void {
    const { state, actions } = step(this.state, event);
    this.state = state;
    for (const action of actions) this.actions[action]();
  }

  private readonly actions: Record<PeerAction, () => void> = {
    sendDwr: () => this.sendBase(COMMAND.DEVICE_WATCHDOG, avp(OriginStateId, this.setup.originStateId), () => {}),
    sendDpr: () => this.sendBase(COMMAND.DISCONNECT_PEER, avp(DisconnectCause, this.cause), () => this.happens("dpa")),
    armWatchdog: () => this.watchdog.watch(),
    armClosing: () => this.watchdog.limit(CLOSING_MS),
    failPending: () => {
      // RFC 3539 3.4.1: what was sent may be lost, and there is no other connection to send it on.
      this.outgoing.failAll(new PeerUnavailable(`${this.originHost} does not answer`));
      this.setup.suspected?.(this);
    },
    finish: () => this.finish(),
    finishNow: () => this.connection.finish(this.reason),
    cut: () => this.connection.cut(this.reason || "does not answer"),
  };

  private sendBase(commandCode: number, content: Avp, answered: () => void): void {
    this.counters.requestsSent += 1;
    this.outgoing.sendBase(commandCode, [content], answered);
  }

  private finish(): void {
    this.watchdog.stop();
    this.finishing = true;
    if (this.handling === 0) this.connection.finish(this.reason);
    else this.setup.clock.after(CLOSING_MS, () => this.connection.finish(this.reason));
  }

  private settleProbes(alive: boolean): void {
    const probes = this.probes;
    this.probes = [];
    for (const settle of probes) settle(alive);
  }

  private gone(why: string): void {
    const reason = this.reason || why;
    this.state = "closed";
    this.watchdog.stop();
    this.settleProbes(false);
    this.outgoing.failAll(new PeerUnavailable(`${this.originHost}: ${reason}`));
    this.setup.closed(this, reason);
    this.resolveClosed(reason);
  }
}
