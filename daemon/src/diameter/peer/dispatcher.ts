// From a request to its answer: the checks that need no handler, then the handler. Every request is answered.
import { checkAvps, checkRequired } from "../codec/checkAvps.ts";
import { DiameterError } from "../codec/diameterError.ts";
import { FLAG_ERROR, FLAG_RETRANSMITTED, type Message } from "../codec/message.ts";
import { DestinationHost, DestinationRealm, SessionId } from "../dictionary/base.ts";
import { commandKey, commandOf } from "../dictionary/commands.ts";
import { definitionOf } from "../dictionary/dictionary.ts";
import { RESULT } from "../dictionary/results.ts";
import { type Answer, answerOf } from "./answer.ts";
import type { Peer } from "./peer.ts";

export type Handler<C> = (request: Message, peer: Peer<C>) => Answer | Promise<Answer>;

export interface DispatcherOptions<C> {
  /** By `commandKey(applicationId, commandCode)`. */
  readonly handlers: ReadonlyMap<number, Handler<C>>;
  /** A handler threw something that is no DiameterError, or returned what cannot be encoded; the answer was 5012. */
  readonly handlerFailed: (error: unknown, request: Message, peer: Peer<C>) => void;
}

const UNABLE: Answer = { resultCode: RESULT.UNABLE_TO_COMPLY, avps: [] };

export class Dispatcher<C> {
  private readonly handlers: ReadonlyMap<number, Handler<C>>;
  private readonly applications: ReadonlySet<number>;
  private readonly handlerFailed: DispatcherOptions<C>["handlerFailed"];

  constructor({ handlers, handlerFailed }: DispatcherOptions<C>) {
    this.handlers = handlers;
    this.applications = new Set([...handlers.keys()].map((key) => Math.floor(key / 0x1000000)));
    this.handlerFailed = handlerFailed;
  }

  /** Answers a request that is not of the base protocol. */
  dispatch(request: Message, peer: Peer<C>): void {
    if (!peer.withinRate()) {
      this.fail(new DiameterError(RESULT.TOO_BUSY, "more requests than agreed"), request, peer);
      return;
    }
    if ((request.flagBits & FLAG_RETRANSMITTED) !== 0 && this.repeat(request, peer)) return;
    let answer: Answer | Promise<Answer>;
    try {
      answer = this.handlerFor(request, peer)(request, peer);
    } catch (error) {
      this.fail(error, request, peer);
      return;
    }
    if (!(answer instanceof Promise)) {
      this.send(answer, request, peer);
      return;
    }
    peer.identity.underway.add(request);
    peer.inHand(1);
    answer
      .then(
        (value) => this.send(value, request, peer),
        (error: unknown) => this.fail(error, request, peer),
      )
      .finally(() => peer.inHand(-1));
  }

  /** @throws DiameterError if the request cannot be handled. */
  private handlerFor(request: Message, peer: Peer<C>): Handler<C> {
    const { applicationId, commandCode } = request;
    if ((request.flagBits & FLAG_ERROR) !== 0)
      throw new DiameterError(RESULT.INVALID_HDR_BITS, "a request with the E-bit");
    if (!this.applications.has(applicationId)) {
      throw new DiameterError(RESULT.APPLICATION_UNSUPPORTED, `application ${applicationId}`);
    }
    const handler = this.handlers.get(commandKey(applicationId, commandCode));
    if (handler === undefined) throw new DiameterError(RESULT.COMMAND_UNSUPPORTED, `command ${commandCode}`);
    checkAvps(request, definitionOf);
    checkDestination(request, peer);
    const command = commandOf(applicationId, commandCode);
    if (command) checkRequired(request, command.required);
    return handler;
  }

  /** A request that was sent again gets the answer it had, or has coming. */
  private repeat(request: Message, peer: Peer<C>): boolean {
    const { recent, underway } = peer.identity;
    if (underway.join(request, peer)) return true;
    const answer = recent.find(request, sessionOf(request));
    if (answer === undefined) return false;
    peer.sendEncoded(answer);
    return true;
  }

  private fail(error: unknown, request: Message, peer: Peer<C>): void {
    if (error instanceof DiameterError) {
      this.send(answerOf(error), request, peer);
      return;
    }
    this.send(UNABLE, request, peer);
    this.handlerFailed(error, request, peer);
  }

  private send(answer: Answer, request: Message, peer: Peer<C>): void {
    try {
      peer.answer(request, answer, true);
    } catch (error) {
      peer.answer(request, UNABLE, true);
      this.handlerFailed(error, request, peer);
    }
  }
}

function sessionOf(request: Message): Buffer | undefined {
  try {
    return request.encoded(SessionId);
  } catch (error) {
    if (error instanceof DiameterError) return undefined;
    throw error;
  }
}

/** RFC 6733 6.1.4: only what is addressed to us is ours; the realm may be the one this peer knows us by. */
function checkDestination<C>(request: Message, peer: Peer<C>): void {
  const realm = request.find(DestinationRealm, request.from);
  if (realm >= 0 && !peer.ourRealms.some((ours) => isText(request, realm, ours))) {
    throw new DiameterError(RESULT.REALM_NOT_SERVED, `realm ${request.get(DestinationRealm)} is not served here`);
  }
  const host = request.find(DestinationHost, request.from);
  if (host >= 0 && !isText(request, host, peer.ourHostBytes)) {
    throw new DiameterError(RESULT.UNABLE_TO_DELIVER, `host ${request.get(DestinationHost)} is not here`);
  }
}

/** Whether the data of the base AVP at `at` is `expected` (in lower case), whatever its case. */
function isText(request: Message, at: number, expected: Buffer): boolean {
  const { bytes } = request;
  const from = at + 8;
  if (bytes.readUIntBE(at + 5, 3) - 8 !== expected.length) return false;
  for (let n = 0; n < expected.length; n++) {
    const octet = bytes[from + n] as number;
    const lower = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
    if (lower !== expected[n]) return false;
  }
  return true;
}
