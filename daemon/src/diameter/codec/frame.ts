// A TCP stream cut into messages, by the length in their header (RFC 6733 3).
import { FramingError } from "./diameterError.ts";

export const HEADER_LENGTH = 20;

export interface Frame {
  readonly bytes: Buffer;
  readonly rest: Buffer;
}

/**
 * The first whole message of `buffer` and what follows it, or undefined if it has not all come yet.
 * @param limit the longest message allowed, in octets
 * @throws FramingError if the length is below a header's or above `limit`
 */
export function takeFrame(buffer: Buffer, limit: number): Frame | undefined {
  const length = frameLength(buffer, 0, limit);
  if (length === 0 || buffer.length < length) return undefined;
  return { bytes: buffer.subarray(0, length), rest: buffer.subarray(length) };
}

/** The length of the message that begins at `at`, or 0 if its length field has not all come yet. @throws as takeFrame. */
function frameLength(buffer: Buffer, at: number, limit: number): number {
  if (buffer.length - at < 4) return 0;
  const length = ((buffer[at + 1] as number) << 16) | ((buffer[at + 2] as number) << 8) | (buffer[at + 3] as number);
  if (length < HEADER_LENGTH || length > limit) throw new FramingError(`message length ${length}`);
  return length;
}

/** Takes a stream's chunks and hands on whole messages; holds at most one incomplete message. */
export class FrameReader {
  private readonly limit: number;
  private partial: Buffer | undefined;
  private filled = 0;
  private head: Buffer = Buffer.alloc(0);

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Octets held of a message that has not all come yet. */
  get held(): number {
    return this.partial === undefined ? this.head.length : this.partial.length;
  }

  /**
   * @param onFrame gets each message as a range of a buffer that nobody writes any more; false ends the reading
   * @throws FramingError if a length is impossible: the stream is then lost
   */
  feed(chunk: Buffer, onFrame: (buffer: Buffer, from: number, to: number) => boolean): void {
    const input = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
    this.head = Buffer.alloc(0);
    let at = this.partial === undefined ? 0 : this.fill(input, onFrame);
    while (at >= 0 && at < input.length) {
      const length = frameLength(input, at, this.limit);
      if (length === 0) {
        this.head = Buffer.from(input.subarray(at));
        return;
      }
      if (input.length - at < length) {
        this.keep(input, at, length);
        return;
      }
      at = onFrame(input, at, at + length) ? at + length : -1;
    }
  }

  /** Completes the message that is under way. @returns where the input goes on, or -1 to end. */
  private fill(input: Buffer, onFrame: (buffer: Buffer, from: number, to: number) => boolean): number {
    const partial = this.partial as Buffer;
    const copied = input.copy(partial, this.filled);
    this.filled += copied;
    if (this.filled < partial.length) return -1;
    this.partial = undefined;
    return onFrame(partial, 0, partial.length) ? copied : -1;
  }

  private keep(input: Buffer, at: number, length: number): void {
    this.partial = Buffer.allocUnsafe(length);
    this.filled = input.copy(this.partial, 0, at);
  }
}
