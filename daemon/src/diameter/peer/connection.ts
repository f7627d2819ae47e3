// A socket, plain or TLS, as whole messages in and out: many per read, many per write.
import type { Socket } from "node:net";
import { FrameReader } from "../codec/frame.ts";
import { OutputBuffer } from "../codec/outputBuffer.ts";

export interface ConnectionLimits {
  /** The longest message taken, in octets. */
  readonly messageLimit: number;
  /** Octets that may wait to be sent before the connection is given up. At half of it we stop reading. */
  readonly outputLimit: number;
}

export interface Receiver {
  /** A whole message lies in `bytes` from `from` to `to`. */
  message(bytes: Buffer, from: number, to: number): void;
  /** The connection is gone, for `reason`. Called once. */
  gone(reason: string): void;
}

export class Connection {
  readonly socket: Socket;
  readonly output = new OutputBuffer();
  receiver: Receiver | undefined;
  private readonly limits: ConnectionLimits;
  private readonly reader: FrameReader;
  private reading = false;
  private scheduled = false;
  private over = false;

  constructor(socket: Socket, limits: ConnectionLimits) {
    this.socket = socket;
    this.limits = limits;
    this.reader = new FrameReader(limits.messageLimit);
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.read(chunk));
    socket.on("drain", () => socket.resume());
    socket.on("end", () => this.cut("closed by the other side"));
    socket.on("error", (error) => this.cut(error.message));
    socket.on("close", () => this.cut("closed"));
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Octets held of an incomplete message. */
  get held(): number {
    return this.reader.held;
  }

  /** To be called after each message written to `output`: it leaves with others, at the end of the batch or of the tick. */
  written(): void {
    if (this.over) return;
    if (this.output.pending + this.socket.writableLength > this.limits.outputLimit) {
      this.cut("reads too slowly");
      return;
    }
    if (this.reading || this.scheduled) return;
    this.scheduled = true;
    process.nextTick(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** Sends what is written, then closes. */
  finish(reason: string): void {
    if (this.over) return;
    this.flush();
    this.over = true;
    this.socket.end();
    // Who never closes its own side shall not keep ours.
    const timer = setTimeout(() => this.socket.destroy(), 1000).unref();
    this.socket.once("close", () => clearTimeout(timer));
    this.receiver?.gone(reason);
  }

  cut(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.socket.destroy();
    this.receiver?.gone(reason);
  }

  private read(chunk: Buffer): void {
    if (this.over) return;
    this.reading = true;
    try {
      this.reader.feed(chunk, this.take);
    } catch (error) {
      this.flush();
      this.cut(error instanceof Error ? error.message : String(error));
    } finally {
      this.reading = false;
    }
    this.flush();
  }

  private readonly take = (bytes: Buffer, from: number, to: number): boolean => {
    this.receiver?.message(bytes, from, to);
    return !this.over;
  };

  private flush(): void {
    if (this.over || this.output.pending === 0) return;
    const { socket } = this;
    const parts = this.output.take();
    if (parts.length > 1) socket.cork();
    for (const part of parts) socket.write(part);
    if (parts.length > 1) socket.uncork();
    // Who does not read its answers is not read either.
    if (socket.writableLength > this.limits.outputLimit / 2) socket.pause();
  }
}
