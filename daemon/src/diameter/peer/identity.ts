// What outlives a connection of one Origin-Host: answers that a request sent again must get once more.
import type { Message } from "../codec/message.ts";
import { RecentAnswers } from "./recentAnswers.ts";

/** Who can be given an answer: a peer. */
export interface Recipient {
  sendEncoded(answer: Buffer): void;
}

interface Underway {
  readonly commandCode: number;
  /** Where the same request came again while its answer was being made. */
  readonly repeated: { request: Message; recipient: Recipient }[];
}

/** Requests whose handler has not answered yet, by End-to-End Identifier. */
export class UnderwayRequests {
  private readonly requests = new Map<number, Underway>();

  add(request: Message): void {
    if (this.requests.has(request.endToEnd)) return;
    this.requests.set(request.endToEnd, { commandCode: request.commandCode, repeated: [] });
  }

  /** @returns true if the same request is under way: its answer will go to `recipient` too. */
  join(request: Message, recipient: Recipient): boolean {
    const underway = this.requests.get(request.endToEnd);
    if (underway === undefined || underway.commandCode !== request.commandCode) return false;
    underway.repeated.push({ request, recipient });
    return true;
  }

  /** The answer is there: those who asked again get it. */
  settle(request: Message, answer: () => Buffer): void {
    const underway = this.requests.get(request.endToEnd);
    if (underway === undefined) return;
    this.requests.delete(request.endToEnd);
    if (underway.repeated.length === 0) return;
    const bytes = answer();
    for (const { request: again, recipient } of underway.repeated) {
      const copy = Buffer.from(bytes);
      copy.writeUInt32BE(again.hopByHop, 12);
      recipient.sendEncoded(copy);
    }
  }
}

export interface Identity {
  readonly recent: RecentAnswers;
  readonly underway: UnderwayRequests;
}

/** Identities by Origin-Host; of those that went away, the oldest is forgotten first. */
export class Identities {
  private readonly identities = new Map<string, Identity>();
  private readonly answersKept: number;
  private readonly limit: number;

  constructor(answersKept: number, limit: number) {
    this.answersKept = answersKept;
    this.limit = limit;
  }

  of(originHost: string): Identity {
    const key = originHost.toLowerCase();
    const identity = this.identities.get(key) ?? {
      recent: new RecentAnswers(this.answersKept),
      underway: new UnderwayRequests(),
    };
    this.identities.delete(key);
    this.identities.set(key, identity);
    for (const oldest of this.identities.keys()) {
      if (this.identities.size <= this.limit) break;
      this.identities.delete(oldest);
    }
    return identity;
  }
}
