import { randomInt } from "node:crypto";

/** Places of a table; a power of two. */
const PLACES = 1 << 17;
/** Entries at most, so that what is looked for is found near its place. */
export const ENTRIES = PLACES / 2;
const LONGEST_IMSI = 15;

/** Never 0, and another one for each IMSI. */
interface Table {
  readonly keys: Float64Array;
  readonly ticks: Float64Array;
}

/**
 * A number for each of up to ENTRIES subscribers, in 4 MB that are never given back. A Map held as many; but what it held for
 * a second had by then come into the collector's old space, which at 10,000 AIRs a second was full, and gone through, as
 * often as every second: answers came 50 ms late.
 */
export class LastTicks {
  /** Differs by process, so that nobody can choose IMSIs that get in each other's way. */
  readonly #seed = randomInt(2 ** 32);
  #table = emptyTable();
  #spare = emptyTable();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @throws RangeError for what is no IMSI. */
  get(imsi: string): number | undefined {
    const at = this.#place(this.#table, keyOf(imsi));
    return this.#table.keys[at] === 0 ? undefined : (this.#table.ticks[at] as number);
  }

  /** @throws RangeError for what is no IMSI, and when there are ENTRIES others. */
  set(imsi: string, tick: number): void {
    this.#put(this.#table, keyOf(imsi), tick);
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#table.keys.fill(0);
    this.#size = 0;
  }

  /** Forgets those below `tick`. */
  forgetBelow(tick: number): void {
    const { keys, ticks } = this.#table;
    const kept = this.#spare;
    this.#spare = this.#table;
    this.#table = kept;
    this.#size = 0;
    for (let at = 0; at < PLACES; at++) {
      if (keys[at] !== 0 && (ticks[at] as number) >= tick) this.#put(kept, keys[at] as number, ticks[at] as number);
    }
    keys.fill(0);
  }

  #put({ keys, ticks }: Table, key: number, tick: number): void {
    const at = this.#place({ keys, ticks }, key);
    if (keys[at] === 0) {
      if (this.#size === ENTRIES) throw new RangeError(`${ENTRIES} subscribers are remembered already`);
      keys[at] = key;
      this.#size += 1;
    }
    ticks[at] = tick;
  }

  /** Where the key is, or would be. */
  #place({ keys }: Table, key: number): number {
    const high = Math.floor(key / 2 ** 32);
    let mixed = (key >>> 0) ^ Math.imul(high ^ this.#seed, 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15) ^ this.#seed, 0x85ebca6b);
    let at = (mixed ^ (mixed >>> 13)) & (PLACES - 1);
    while (keys[at] !== 0 && keys[at] !== key) at = (at + 1) & (PLACES - 1);
    return at;
  }
}

function emptyTable(): Table {
  return { keys: new Float64Array(PLACES), ticks: new Float64Array(PLACES) };
}

/** The digits behind a 1, as those before them may be zeros. */
function keyOf(imsi: string): number {
  let key = 1;
  let digits = imsi.length > 0 && imsi.length <= LONGEST_IMSI;
  for (let i = 0; i < imsi.length && digits; i++) {
    const digit = imsi.charCodeAt(i) - 0x30;
    digits = digit >= 0 && digit <= 9;
    key = key * 10 + digit;
  }
  if (!digits) throw new RangeError("an IMSI has 1 to 15 digits");
  return key;
}
