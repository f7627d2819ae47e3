// An open connection to a Diameter node whose identity is known: after CER and CEA, until DPR or the end.
import { randomBytes } from "node:crypto";
import { type AnyDefinition, type Avp, avp } from "../codec/avpDefinition.ts";
import { writeAvp } from "../codec/avpWriter.ts";
import { DiameterError } from "../codec/diameterError.ts";
import {
  endMessage,
  FLAG_REQUEST,
  flagBits,
  Message,
  type MessageFlags,
  VERSION,
  writeHeader,
} from "../codec/message.ts";
import { OutputBuffer } from "../codec/outputBuffer.ts";
import { DisconnectCause, OriginStateId } from "../dictionary/base.ts";
import { APPLICATION, COMMAND, DISCONNECT } from "../dictionary/commands.ts";
import { RESULT } from "../dictionary/results.ts";
import { type Answer, answerOf, type Origin, writeAnswer } from "./answer.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Identity } from "./identity.ts";
import { type PeerAction, type PeerEvent, type PeerState, step } from "./machine.ts";
import { type Done, PeerUnavailable, PendingRequests } from "./pendingRequests.ts";
import { completed } from "./request.ts";
import type { TokenBucket } from "./tokenBucket.ts";

export interface TlsIdentity {
  /** SHA-256 of the certificate, lower-case hexadecimal without colons. */
  readonly fingerprintSha256: string;
  /** The dNSNames of subjectAltName, and the common name. */
  readonly names: readonly string[];
}

export interface RequestOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number;
  /** Default: proxiable, except for the base protocol. */
  readonly flags?: Partial<Pick<MessageFlags, "proxiable" | "retransmitted">>;
  /** To be told apart by the receiver when sent again; default: a new one. */
  readonly endToEnd?: number;
}

/** Messages in and out since the connection opened. */
export interface PeerCounters {
  requestsReceived: number;
  answersSent: number;
  requestsSent: number;
  answersReceived: number;
  /** Answers that nobody awaited, messages of another version or length. */
  strays: number;
  /** Requests refused with 3004. */
  tooBusy: number;
}

export interface PeerSetup<C> {
  readonly connection: Connection;
  readonly originHost: string;
  readonly originRealm: string;
  readonly address: string;
  readonly tls: TlsIdentity | undefined;
  readonly applications: readonly number[];
  readonly context: C;
  /** Who we are to this peer. */
  readonly origin: Origin;
  readonly originStateId: number;
  readonly identity: Identity;
  readonly rate: TokenBucket | undefined;
  readonly dispatcher: Dispatcher<C>;
  readonly clock: Clock;
  /** Tw of RFC 3539; each period is up to 2 s shorter or longer. */
  readonly watchdogMs: number;
  readonly closed: (peer: Peer<C>, reason: string) => void;
  readonly suspected?: (peer: Peer<C>) => void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** How long a DPR may stay unanswered. */
const CLOSING_MS = 5_000;
const JITTER_MS = 2_000;

let endToEnd = ((Math.floor(Date.now() / 1000) & 0xfff) << 20) | (randomBytes(4).readUInt32BE() & 0xfffff);

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
  /** Of the protocol room alone. */
  readonly identity: Identity;
  readonly ourHostBytes: Buffer;
  readonly ourRealmBytes: Buffer;
  private readonly setup: PeerSetup<C>;
  private readonly connection: Connection;
  private readonly output: OutputBuffer;
  private readonly pending: PendingRequests;
  private state: PeerState = "open";
  private lastHeard: number;
  private cancelTimer: (() => void) | undefined;
  private cause: number = DISCONNECT.REBOOTING;
  private reason = "";
  private rate: TokenBucket | undefined;
  private handling = 0;
  private finishing = false;
  private probes: ((alive: boolean) => void)[] = [];
  private resolveClosed: (reason: string) => void = () => {};

  constructor(setup: PeerSetup<C>) {
    this.setup = setup;
    this.connection = setup.connection;
    this.output = setup.connection.output;
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
    this.ourRealmBytes = Buffer.from(setup.origin.originRealm.toLowerCase());
    this.pending = new PendingRequests(setup.clock);
    this.lastHeard = setup.clock.now();
    this.closed = new Promise((resolve) => {
      this.resolveClosed = resolve;
    });
    this.connection.receiver = {
      message: (bytes, from, to) => this.receive(bytes, from, to),
      gone: (reason) => this.gone(reason),
    };
    this.armWatchdog();
  }

  get isOpen(): boolean {
    return this.state === "open" || this.state === "probing";
  }

  /** Requests that await their answers. */
  get outstanding(): number {
    return this.pending.size;
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

  /** As `request`, with a callback: what a load generator uses. */
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
    const hopByHop = this.pending.add(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, done);
    const base = applicationId === APPLICATION.BASE;
    const bits = FLAG_REQUEST | flagBits({ proxiable: !base, ...options.flags });
    try {
      const id = options.endToEnd ?? nextEndToEnd();
      writeHeader(this.output, commandCode, applicationId, bits, hopByHop, id);
      for (const each of base ? avps : completed(applicationId, avps, this, this.setup.origin))
        writeAvp(this.output, each);
      endMessage(this.output);
    } catch (error) {
      this.output.rollback();
      this.pending.remove(hopByHop);
      throw error;
    }
    this.counters.requestsSent += 1;
    this.connection.written();
  }

  /** Says goodbye (DPR) and closes when that is answered, or after 5 s. `reason` is for our own events. */
  close(disconnectCause: number, reason: string): Promise<string> {
    this.cause = disconnectCause;
    this.reason = reason;
    this.happens("stop");
    return this.closed;
  }

  /** Ends the connection without a word. */
  cut(reason: string): void {
    this.reason = reason;
    this.happens("lost");
  }

  /** Asks for a sign of life. @returns whether one came within `milliseconds`. */
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

  /** Says goodbye and closes at once: what is under way is not answered any more. */
  expel(disconnectCause: number, reason: string): void {
    this.cause = disconnectCause;
    this.reason = reason;
    this.happens("expel");
  }

  /** From now on the context and the rate are these. */
  readmit(context: C, rate: TokenBucket | undefined): void {
    this.context = context;
    this.rate = rate;
  }

  /** Who we are to this peer. */
  get origin(): Origin {
    return this.setup.origin;
  }

  /** A handler took a request (1) or gave its answer (-1) later: closing waits for those. */
  inHand(change: 1 | -1): void {
    this.handling += change;
    if (this.handling === 0 && this.finishing) this.connection.finish(this.reason || "closed");
  }

  /** @returns false if the peer sends more than was agreed. */
  withinRate(): boolean {
    if (this.rate === undefined || this.rate.take()) return true;
    this.counters.tooBusy += 1;
    return false;
  }

  /** Answers a request. @throws RangeError if an AVP's value does not fit its type. */
  answer(request: Message, answer: Answer, keep = false): void {
    const open = !this.connection.isOver;
    const output = open ? this.output : new OutputBuffer();
    try {
      writeAnswer(output, request, answer, this.setup.origin);
    } catch (error) {
      output.rollback();
      throw error;
    }
    if (keep) {
      this.identity.recent.keep(request, output.bytes, output.messageStart, output.length);
      this.identity.underway.settle(request, () => output.message());
    }
    if (open) this.sent();
  }

  /** Sends an answer that is encoded already. */
  sendEncoded(answer: Buffer): void {
    if (this.connection.isOver) return;
    this.output.begin();
    const at = this.output.reserve(answer.length);
    answer.copy(this.output.bytes, at);
    this.sent();
  }

  private sent(): void {
    this.counters.answersSent += 1;
    this.connection.written();
  }

  private receive(bytes: Buffer, from: number, to: number): void {
    const message = new Message(bytes, from, to);
    this.lastHeard = this.setup.clock.now();
    if (this.state !== "open") this.happens("heard");
    if (this.probes.length > 0) this.settleProbes(true);
    const fault = headerFault(message);
    if (message.isRequest) {
      this.counters.requestsReceived += 1;
      if (fault) {
        this.answer(message, answerOf(fault));
        return;
      }
      if (message.applicationId === APPLICATION.BASE) {
        this.receiveBase(message);
        return;
      }
      this.setup.dispatcher.dispatch(message, this);
      return;
    }
    this.counters.answersReceived += 1;
    if (fault || !this.pending.settle(message)) this.counters.strays += 1;
  }

  private receiveBase(request: Message): void {
    switch (request.commandCode) {
      case COMMAND.DEVICE_WATCHDOG:
        this.answer(request, { avps: [avp(OriginStateId, this.setup.originStateId)] });
        return;
      case COMMAND.DISCONNECT_PEER:
        this.dismissed(request);
        return;
      case COMMAND.CAPABILITIES_EXCHANGE:
        this.answer(request, { resultCode: RESULT.UNABLE_TO_COMPLY, avps: [], errorMessage: "already open" });
        return;
      default:
        this.answer(request, answerOf(new DiameterError(RESULT.COMMAND_UNSUPPORTED, `command ${request.commandCode}`)));
        return;
    }
  }

  private dismissed(request: Message): void {
    this.reason ||= `disconnected by the peer, cause ${causeOf(request)}`;
    this.answer(request, { avps: [] });
    this.happens("dpr");
  }

  private happens(event: PeerEvent): void {
    const { state, actions } = step(this.state, event);
    this.state = state;
    for (const action of actions) this.act(action);
  }

  private act(action: PeerAction): void {
    switch (action) {
      case "sendDwr":
        this.sendBase(COMMAND.DEVICE_WATCHDOG, [avp(OriginStateId, this.setup.originStateId)]);
        return;
      case "sendDpr":
        this.sendBase(COMMAND.DISCONNECT_PEER, [avp(DisconnectCause, this.cause)], () => this.happens("dpa"));
        return;
      case "armWatchdog":
        this.armWatchdog();
        return;
      case "armClosing":
        this.arm(CLOSING_MS, () => this.happens("timeout"));
        return;
      case "suspend":
        // RFC 3539 3.4.1: what was sent may be lost; there is no other connection to send it on.
        this.pending.failAll(new PeerUnavailable(`${this.originHost} does not answer`));
        this.setup.suspected?.(this);
        return;
      case "finish":
        this.finish();
        return;
      case "finishNow":
        this.connection.finish(this.reason || "closed");
        return;
      case "cut":
        this.connection.cut(this.reason || "does not answer");
        return;
      default:
        // "sendDpa" was written when the DPR came; "resume" needs nothing but the state.
        return;
    }
  }

  private finish(): void {
    if (this.handling === 0) {
      this.connection.finish(this.reason || "closed");
      return;
    }
    this.finishing = true;
    this.arm(CLOSING_MS, () => this.connection.finish(this.reason || "closed"));
  }

  private settleProbes(alive: boolean): void {
    const probes = this.probes;
    this.probes = [];
    for (const settle of probes) settle(alive);
  }

  private sendBase(commandCode: number, avps: readonly Avp[], then: () => void = () => {}): void {
    if (this.connection.isOver) return;
    const hopByHop = this.pending.add(DEFAULT_TIMEOUT_MS, (error) => {
      if (!error) then();
    });
    writeHeader(this.output, commandCode, APPLICATION.BASE, FLAG_REQUEST, hopByHop, nextEndToEnd());
    writeAvp(this.output, { definition: undefined, value: this.setup.origin.encoded });
    for (const each of avps) writeAvp(this.output, each);
    endMessage(this.output);
    this.counters.requestsSent += 1;
    this.connection.written();
  }

  /** The watchdog looks when its period is over, not at each message. */
  private armWatchdog(): void {
    const { clock, watchdogMs } = this.setup;
    const period = Math.max(1, watchdogMs + (clock.random() * 2 - 1) * Math.min(JITTER_MS, watchdogMs / 4));
    this.arm(period, () => this.watch(period));
  }

  private watch(period: number): void {
    const quiet = this.setup.clock.now() - this.lastHeard;
    if (this.state === "open" && quiet < period) {
      this.arm(period - quiet, () => this.watch(period));
      return;
    }
    this.happens("timeout");
  }

  private arm(milliseconds: number, then: () => void): void {
    this.cancelTimer?.();
    this.cancelTimer = this.setup.clock.after(milliseconds, then);
  }

  private gone(reason: string): void {
    this.state = "closed";
    this.cancelTimer?.();
    this.settleProbes(false);
    this.pending.failAll(new PeerUnavailable(`${this.originHost}: ${reason}`));
    this.setup.closed(this, reason);
    this.resolveClosed(reason);
  }
}

function headerFault(message: Message): DiameterError | undefined {
  if (message.version !== VERSION) return new DiameterError(RESULT.UNSUPPORTED_VERSION, `version ${message.version}`);
  if ((message.to - message.from) % 4 === 0) return undefined;
  return new DiameterError(RESULT.INVALID_MESSAGE_LENGTH, "the message length is no multiple of 4");
}

function causeOf(request: Message): string {
  try {
    return String(request.get(DisconnectCause as AnyDefinition) ?? "unknown");
  } catch {
    return "unreadable";
  }
}

/** RFC 6733 3: the time in the upper 12 bits at the start, then counted. */
function nextEndToEnd(): number {
  endToEnd = (endToEnd + 1) >>> 0;
  return endToEnd;
}
