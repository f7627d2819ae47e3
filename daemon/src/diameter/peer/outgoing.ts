// Requests that we send, and their answers.
import { randomBytes } from "node:crypto";
import { type Avp, encodedAvp } from "../codec/avpDefinition.ts";
import { writeAvp } from "../codec/avpWriter.ts";
import { endMessage, FLAG_REQUEST, flagBits, type Message, type MessageFlags, writeHeader } from "../codec/message.ts";
import { APPLICATION } from "../dictionary/commands.ts";
import type { Origin } from "./answer.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import { type Done, PendingRequests } from "./pendingRequests.ts";
import { completed } from "./request.ts";

export interface RequestOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number;
  /** Default: proxiable. */
  readonly flags?: Partial<Pick<MessageFlags, "proxiable" | "retransmitted">>;
  /** To be told apart by the receiver when sent again; default: a new one. */
  readonly endToEnd?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** RFC 6733 3: the low bits of the time in the upper 12 bits, then counted from a random number. */
let endToEnd = (((Math.floor(Date.now() / 1000) & 0xfff) << 20) | (randomBytes(4).readUInt32BE() & 0xfffff)) >>> 0;

function nextEndToEnd(): number {
  endToEnd = (endToEnd + 1) >>> 0;
  return endToEnd;
}

export class Outgoing {
  private readonly connection: Connection;
  private readonly origin: Origin;
  private readonly pending: PendingRequests;

  constructor(connection: Connection, origin: Origin, clock: Clock) {
    this.connection = connection;
    this.origin = origin;
    this.pending = new PendingRequests(clock);
  }

  get outstanding(): number {
    return this.pending.size;
  }

  /** @throws RangeError if an AVP's value does not fit its type: nothing is sent then, and `done` not called. */
  send(
    commandCode: number,
    applicationId: number,
    avps: readonly Avp[],
    destination: { readonly originHost: string; readonly originRealm: string },
    options: RequestOptions,
    done: Done,
  ): void {
    const bits = FLAG_REQUEST | flagBits({ proxiable: true, ...options.flags });
    const all = completed(applicationId, avps, destination, this.origin);
    this.write(commandCode, applicationId, bits, options.endToEnd, all, options.timeoutMs, done);
  }

  /** A request of the base protocol; its answer's absence is the watchdog's concern. */
  sendBase(commandCode: number, avps: readonly Avp[], answered: () => void): void {
    if (this.connection.isOver) return;
    const all = [encodedAvp(this.origin.encoded), ...avps];
    this.write(commandCode, APPLICATION.BASE, FLAG_REQUEST, undefined, all, undefined, (error) => {
      if (!error) answered();
    });
  }

  /** @returns false if nobody awaits this answer (any more). */
  settle(answer: Message): boolean {
    return this.pending.settle(answer);
  }

  failAll(error: Error): void {
    this.pending.failAll(error);
  }

  private write(
    commandCode: number,
    applicationId: number,
    bits: number,
    id: number | undefined,
    avps: readonly Avp[],
    timeoutMs: number | undefined,
    done: Done,
  ): void {
    const { output } = this.connection;
    const hopByHop = this.pending.add(timeoutMs ?? DEFAULT_TIMEOUT_MS, done);
    try {
      writeHeader(output, commandCode, applicationId, bits, hopByHop, id ?? nextEndToEnd());
      for (const each of avps) writeAvp(output, each);
      endMessage(output);
    } catch (error) {
      output.rollback();
      this.pending.remove(hopByHop);
      throw error;
    }
    this.connection.written();
  }
}
