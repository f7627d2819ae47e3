// Requests that await their answers, by Hop-by-Hop Identifier, with one timer for all.
import { randomBytes } from "node:crypto";
import type { Message } from "../codec/message.ts";
import type { Clock } from "./clock.ts";

/** Gets the answer, or why there will be none. */
export type Done = (error: Error | undefined, answer: Message | undefined) => void;

/** How exactly time limits are kept. */
const SWEEP_MS = 250;

interface Waiting {
  readonly done: Done;
  readonly deadline: number;
}

/** No answer will come: none in time, or the connection is gone or suspect. */
export class PeerUnavailable extends Error {
  override readonly name = "PeerUnavailable";
}

export class PendingRequests {
  private readonly clock: Clock;
  private readonly waiting = new Map<number, Waiting>();
  private nextHopByHop = randomBytes(4).readUInt32BE();
  private cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.waiting.size;
  }

  /** @returns the Hop-by-Hop Identifier to send the request with. */
  add(timeoutMs: number, done: Done): number {
    do this.nextHopByHop = (this.nextHopByHop + 1) >>> 0;
    while (this.waiting.has(this.nextHopByHop));
    this.waiting.set(this.nextHopByHop, { done, deadline: this.clock.now() + timeoutMs });
    this.cancel ??= this.clock.after(Math.min(SWEEP_MS, timeoutMs), this.sweep);
    return this.nextHopByHop;
  }

  /** Forgets a request that could not be sent. */
  remove(hopByHop: number): void {
    this.waiting.delete(hopByHop);
  }

  /** @returns false if nobody awaits this answer (any more). */
  settle(answer: Message): boolean {
    const waiting = this.waiting.get(answer.hopByHop);
    if (waiting === undefined) return false;
    this.waiting.delete(answer.hopByHop);
    waiting.done(undefined, answer);
    return true;
  }

  failAll(error: Error): void {
    this.cancel?.();
    this.cancel = undefined;
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { done } of all) done(error, undefined);
  }

  private readonly sweep = (): void => {
    this.cancel = undefined;
    const now = this.clock.now();
    for (const [hopByHop, { done, deadline }] of this.waiting) {
      if (deadline > now) continue;
      this.waiting.delete(hopByHop);
      done(new PeerUnavailable("no answer in time"), undefined);
    }
    if (this.waiting.size > 0) this.cancel ??= this.clock.after(SWEEP_MS, this.sweep);
  };
}
