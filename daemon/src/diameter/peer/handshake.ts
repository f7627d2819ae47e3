// The first words of a connection that somebody opened to us: CER, and what we say to it.
import { checkAvps, checkRequired } from "../codec/checkAvps.ts";
import { DiameterError } from "../codec/diameterError.ts";
import { Message, VERSION } from "../codec/message.ts";
import { APPLICATION, COMMAND, commandOf } from "../dictionary/commands.ts";
import { definitionOf } from "../dictionary/dictionary.ts";
import { RESULT } from "../dictionary/results.ts";
import { type Answer, answerOf, type Origin, writeAnswer } from "./answer.ts";
import { type Capabilities, commonApplications, readCapabilities } from "./capabilities.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";

export interface HandshakeOptions {
  readonly clock: Clock;
  /** From the connection's begin to its CER. */
  readonly limitMs: number;
  readonly applications: readonly number[];
  /** Who we are until the peer is known. */
  readonly origin: Origin;
  /** A CER came that has an application in common with us. Ends in `accept` or `refuse`. */
  readonly introduced: (handshake: Handshake, capabilities: Capabilities, common: number[]) => void;
  readonly refused: (resultCode: number | undefined, reason: string, capabilities: Capabilities | undefined) => void;
  /** Called once, however it ended. */
  readonly over: (handshake: Handshake) => void;
}

export class Handshake {
  readonly connection: Connection;
  private readonly options: HandshakeOptions;
  private readonly cancelTimer: () => void;
  private cer: Message | undefined;
  private capabilities: Capabilities | undefined;
  private over = false;

  constructor(connection: Connection, options: HandshakeOptions) {
    this.connection = connection;
    this.options = options;
    this.cancelTimer = options.clock.after(options.limitMs, () => connection.cut("no CER in time"));
    connection.receiver = {
      message: (bytes, from, to) => this.receive(bytes, from, to),
      gone: (reason) => this.gone(reason),
    };
  }

  /** Sends the CEA of success. The connection then belongs to the caller, who must set its receiver. */
  accept(answer: Answer, origin: Origin): void {
    this.end();
    this.answer(answer, origin);
  }

  /** Sends a CEA with `resultCode`, and closes. */
  refuse(resultCode: number, reason: string): void {
    this.refuseWith({ resultCode, avps: [], errorMessage: reason }, reason);
  }

  cut(reason: string): void {
    this.connection.cut(reason);
  }

  private receive(bytes: Buffer, from: number, to: number): void {
    const message = new Message(bytes, from, to);
    if (this.cer) {
      this.connection.cut("spoke before its CEA came");
      return;
    }
    const isCer = message.commandCode === COMMAND.CAPABILITIES_EXCHANGE && message.applicationId === APPLICATION.BASE;
    if (!(message.isRequest && isCer)) {
      this.connection.cut("the first message is no CER");
      return;
    }
    this.cer = message;
    try {
      this.introduce(message);
    } catch (error) {
      if (!(error instanceof DiameterError)) throw error;
      this.refuseWith(answerOf(error), error.message);
    }
  }

  /** @throws DiameterError if the CER is none we can accept. */
  private introduce(cer: Message): void {
    if (cer.version !== VERSION) throw new DiameterError(RESULT.UNSUPPORTED_VERSION, `version ${cer.version}`);
    if ((cer.to - cer.from) % 4 !== 0) throw new DiameterError(RESULT.INVALID_MESSAGE_LENGTH, "odd message length");
    checkAvps(cer, definitionOf);
    checkRequired(cer, REQUIRED);
    const capabilities = readCapabilities(cer);
    this.capabilities = capabilities;
    if (!capabilities.withoutInbandSecurity) {
      throw new DiameterError(RESULT.NO_COMMON_SECURITY, "TLS must be there before the CER");
    }
    const common = commonApplications(this.options.applications, capabilities.applications);
    if (common.length === 0) throw new DiameterError(RESULT.NO_COMMON_APPLICATION, "no common application");
    this.options.introduced(this, capabilities, common);
  }

  private refuseWith(answer: Answer, reason: string): void {
    if (this.over) return;
    this.end();
    this.options.refused(answer.resultCode, reason, this.capabilities);
    this.answer(answer, this.options.origin);
    this.connection.receiver = undefined;
    this.connection.finish(reason);
  }

  private answer(answer: Answer, origin: Origin): void {
    writeAnswer(this.connection.output, this.cer as Message, answer, origin);
    this.connection.written();
  }

  private gone(reason: string): void {
    if (this.over) return;
    this.end();
    this.options.refused(undefined, reason, this.capabilities);
  }

  private end(): void {
    this.over = true;
    this.cancelTimer();
    this.options.over(this);
  }
}

/** Host-IP-Address may come several times (RFC 6733 5.3.1), so it is not among what must be there once. */
const REQUIRED = (commandOf(APPLICATION.BASE, COMMAND.CAPABILITIES_EXCHANGE)?.required ?? []).filter(
  ({ name }) => name !== "Host-IP-Address",
);
