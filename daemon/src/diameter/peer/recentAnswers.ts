// Answers kept for a while, so that a request which is sent again (T-bit) gets the same answer (RFC 6733 3, 5.5.4).
import type { Message } from "../codec/message.ts";

const HOP_BY_HOP = 12;

/** A ring of the latest answers to one identity. What is kept are places in output chunks, not copies. */
export class RecentAnswers {
  private readonly limit: number;
  private readonly endToEnd: number[] = [];
  private readonly keys: number[] = [];
  private readonly chunks: Buffer[] = [];
  private readonly starts: number[] = [];
  private readonly lengths: number[] = [];
  private next = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.chunks.length;
  }

  /** Keeps the answer that lies in `chunk`, which nobody writes there again. */
  keep(request: Message, chunk: Buffer, start: number, length: number): void {
    if (this.limit === 0) return;
    const at = this.next;
    this.next = at + 1 === this.limit ? 0 : at + 1;
    this.endToEnd[at] = request.endToEnd;
    this.keys[at] = request.commandCode;
    this.chunks[at] = chunk;
    this.starts[at] = start;
    this.lengths[at] = length;
  }

  /** @returns a copy of the answer to the same request, with this one's Hop-by-Hop Identifier. */
  find(request: Message, sessionId: Buffer | undefined): Buffer | undefined {
    for (
      let at = this.endToEnd.indexOf(request.endToEnd);
      at >= 0;
      at = this.endToEnd.indexOf(request.endToEnd, at + 1)
    ) {
      if (this.keys[at] !== request.commandCode) continue;
      const start = this.starts[at] as number;
      const bytes = Buffer.from((this.chunks[at] as Buffer).subarray(start, start + (this.lengths[at] as number)));
      // A relay mixes many senders' identifiers: the session, which comes first, tells them apart.
      if (sessionId && bytes.compare(sessionId, 0, sessionId.length, 20, 20 + sessionId.length) !== 0) continue;
      bytes.writeUInt32BE(request.hopByHop, HOP_BY_HOP);
      return bytes;
    }
    return undefined;
  }
}
