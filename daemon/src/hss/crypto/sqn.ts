import { ENTRIES, LastTicks } from "./lastTicks.ts";
import { acceptableAfter, MAX_IND, MAX_JUMP, MAX_SEQ, seqOf, sqnOf } from "./sequenceNumber.ts";

/** SEQ counts seconds from here. */
const EPOCH = Date.UTC(2026, 0, 1);
/** Ticks made durable at once: one durable write in 1024 seconds, unless subscribers run ahead of the clock. */
export const LEASE_CHUNK = 1024;
/** Subscribers remembered at most. */
export const MEMORY_LIMIT = ENTRIES;
/** How far one subscriber may run ahead, about 48 days: a flood for one IMSI must not use up the others' SEQ (Δ is 8.5 years). */
export const MAX_AHEAD = 2 ** 22;
/** Seconds another process's clock may be behind the importer's. */
const IMPORT_MARGIN = 64;

/** SEQ_MS is the last of its space: no SQN exists that the USIM would accept. The card has to be replaced. */
export class SqnExhausted extends RangeError {
  override readonly name = "SqnExhausted";
}

/** One subscriber was asked for more SQNs than MAX_AHEAD seconds have. */
export class SqnTooFast extends Error {
  override readonly name = "SqnTooFast";
}

export type SqnOptions = {
  /** This daemon process's own IND, 0..31: no two processes that serve at once may share it. */
  ind: number;
  /** The last value given to `lease` by whoever had this IND before; 0 when nobody had it. */
  leased: number;
  /** Makes `upTo` durable before it returns; throws when it cannot, and then nothing is issued. */
  lease: (upTo: number) => void;
  /** The wall clock in milliseconds since 1970. */
  now?: () => number;
};

function tickAt(now: number): number {
  return Math.max(0, Math.floor((now - EPOCH) / 1000));
}

function requireOffset(offset: number): void {
  if (!Number.isSafeInteger(offset)) throw new RangeError(`offset ${offset} is not an integer`);
}

/**
 * Makes SQNs (TS 33.102 annex C.1.1.3, time-based). SEQ = tick + the subscriber's offset, where a tick is a second since
 * 2026 or, when a subscriber is asked for faster than that, the one after its last. No write per SQN: ticks are leased
 * durably in chunks, and a process starts above the lease of its predecessor, so neither kill -9 nor a clock that steps
 * back brings a SEQ again.
 *
 * Where offset and tick give no SEQ of 1..2^43-1, the SQN is 0, which no USIM accepts: it answers with AUTS, and
 * `resynchronise` finds the offset that serves. SEQ never wraps.
 */
export class SqnGenerator {
  readonly #ind: number;
  readonly #lease: (upTo: number) => void;
  readonly #now: () => number;
  #leased: number;
  /** The tick now; never falls. */
  #tick: number;
  /** The highest tick issued, by this process or before it. */
  #highest: number;
  /** The last tick of each subscriber that may be at or ahead of #tick. */
  readonly #last = new LastTicks();
  #closed = false;

  constructor({ ind, leased, lease, now = Date.now }: SqnOptions) {
    if (!Number.isInteger(ind) || ind < 0 || ind > MAX_IND) throw new RangeError(`IND ${ind} is not 0..${MAX_IND}`);
    if (!Number.isSafeInteger(leased) || leased < 0) throw new RangeError(`lease ${leased} is not a natural number`);
    this.#ind = ind;
    this.#lease = lease;
    this.#now = now;
    this.#leased = leased;
    this.#highest = leased;
    this.#tick = leased + 1;
  }

  /** How many subscribers are remembered. */
  get remembered(): number {
    return this.#last.size;
  }

  /**
   * The next SQN of a subscriber, which is an IMSI, 6 bytes.
   * @param offset seconds, from `resynchronise` or `initialOffsetFor`; 0 for a new subscriber
   * @throws SqnTooFast, RangeError for an offset that is no integer or what is no IMSI, and what `lease` throws; nothing is issued then.
   */
  next(subscriber: string, offset: number): Buffer {
    requireOffset(offset);
    if (this.#closed) throw new Error("SQN generator is closed");
    const tick = this.#nextTick(subscriber);
    if (tick - this.#tick > MAX_AHEAD) throw new SqnTooFast(`SQN is ${tick - this.#tick} s ahead of the clock`);
    if (tick > this.#leased) {
      this.#lease(tick + LEASE_CHUNK);
      this.#leased = tick + LEASE_CHUNK;
    }
    this.#remember(subscriber, tick);
    const seq = tick + offset;
    return seq < 1 || seq > MAX_SEQ ? sqnOf(0, 0) : sqnOf(seq, this.#ind);
  }

  /**
   * The offset to use after a verified AUTS (TS 33.102 6.3.5): the same one if the USIM would accept the next SQN
   * already, else one that puts the next SEQ just above SEQ_MS.
   * @param sqnMs 6 bytes
   * @returns `changed` when the caller has to store the offset.
   * @throws SqnExhausted when SEQ_MS is 2^43-1. From any lower SEQ_MS, however near the end, there is a next SEQ.
   */
  resynchronise(sqnMs: Uint8Array, subscriber: string, offset: number): { offset: number; changed: boolean } {
    requireOffset(offset);
    const seqMs = seqOf(sqnMs);
    const tick = this.#nextTick(subscriber);
    if (acceptableAfter(seqMs, tick + offset)) return { offset, changed: false };
    if (seqMs >= MAX_SEQ) throw new SqnExhausted("SEQ_MS is the highest there is");
    // Other processes may be nearer to the wall clock than this one, and the offset must serve there too; but in the last
    // of the space every SEQ counts.
    const wall = tickAt(this.#now());
    const shared = tick - wall <= 2 * LEASE_CHUNK && seqMs < MAX_SEQ - MAX_JUMP;
    return { offset: seqMs + 1 - (shared ? wall : tick), changed: true };
  }

  /** Gives back what is leased but not issued, so that the next start is not ahead of the clock. Issues nothing any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#leased > this.#highest) this.#lease(this.#highest);
  }

  #nextTick(subscriber: string): number {
    const wall = tickAt(this.#now());
    if (wall > this.#tick) {
      this.#tick = wall;
      this.#prune();
    }
    const last = this.#last.get(subscriber);
    return last === undefined || last < this.#tick ? this.#tick : last + 1;
  }

  #remember(subscriber: string, tick: number): void {
    if (tick > this.#highest) this.#highest = tick;
    this.#last.set(subscriber, tick);
    if (this.#last.size < MEMORY_LIMIT) return;
    // Rather than remember everybody, go on above all that was issued.
    this.#tick = this.#highest + 1;
    this.#last.clear();
  }

  #prune(): void {
    if (this.#highest < this.#tick) this.#last.clear();
    else this.#last.forgetBelow(this.#tick);
  }
}

/**
 * The offset for an imported subscriber whose last SQN was `sqn` (6 bytes): 0 when the time-based SEQ serves as it is,
 * else one that makes SEQ go on a little above `sqn`.
 * @param now milliseconds since 1970
 * @throws SqnExhausted when SEQ is 2^43-1.
 */
export function initialOffsetFor(sqn: Uint8Array, now = Date.now()): number {
  const seq = seqOf(sqn);
  const tick = tickAt(now);
  if (acceptableAfter(seq, tick)) return 0;
  if (seq >= MAX_SEQ) throw new SqnExhausted("SEQ is the highest there is");
  return Math.min(seq + IMPORT_MARGIN, MAX_SEQ) - tick;
}
