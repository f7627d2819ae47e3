// Where messages are written one behind another, to leave in one write. Bytes handed out are never written again, so they
// may be kept (recent answers) or be on their way while the next message is written behind them.

const CHUNK = 32_768;

export class OutputBuffer {
  private chunk: Buffer = Buffer.alloc(0);
  private offset = 0;
  /** Where the bytes begin that `take` has not handed out. */
  private taken = 0;
  /** Where the message being written begins. */
  private start = 0;
  private full: Buffer[] = [];
  private fullBytes = 0;

  /** Octets written and not yet taken. */
  get pending(): number {
    return this.fullBytes + this.offset - this.taken;
  }

  /** Begins a message; what was written before it is complete. */
  begin(): void {
    this.start = this.offset;
  }

  /** The message since `begin`: valid for ever, as chunks are not reused. */
  message(): Buffer {
    return this.chunk.subarray(this.start, this.offset);
  }

  /** Where in `bytes` the message begins. */
  get messageStart(): number {
    return this.start;
  }

  /** Drops what was written since `begin`. */
  rollback(): void {
    this.offset = this.start;
  }

  /** Hands out what was written, whole messages only. */
  take(): Buffer[] {
    const parts = this.full;
    if (this.offset > this.taken) parts.push(this.chunk.subarray(this.taken, this.offset));
    this.full = [];
    this.fullBytes = 0;
    this.taken = this.offset;
    return parts;
  }

  /** Makes room for `count` octets and moves behind them. @returns where they begin in `bytes`. */
  reserve(count: number): number {
    if (this.offset + count > this.chunk.length) this.grow(count);
    const at = this.offset;
    this.offset = at + count;
    return at;
  }

  /** The chunk that `reserve` last spoke of. */
  get bytes(): Buffer {
    return this.chunk;
  }

  /** The length of the message so far, for `patch`. */
  get length(): number {
    return this.offset - this.start;
  }

  /** Writes three octets at `position` of the message, counted from `begin`. */
  patchLength(position: number, value: number): void {
    const at = this.start + position;
    this.chunk[at] = value >>> 16;
    this.chunk[at + 1] = value >>> 8;
    this.chunk[at + 2] = value;
  }

  private grow(count: number): void {
    const used = this.offset - this.start;
    const chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, 2 * (used + count)));
    this.chunk.copy(chunk, 0, this.start, this.offset);
    if (this.start > this.taken) {
      this.full.push(this.chunk.subarray(this.taken, this.start));
      this.fullBytes += this.start - this.taken;
    }
    this.chunk = chunk;
    this.start = 0;
    this.taken = 0;
    this.offset = used;
  }
}
