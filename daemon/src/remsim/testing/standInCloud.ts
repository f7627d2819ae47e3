// The cloud's functions for tests of the edge: a real HTTP server that answers as told, can be cut off, and hangs on demand.
import { createServer, type IncomingMessage, type Server } from "node:http";

export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface StandInAnswer {
  status: number;
  body: string;
  type?: string;
  headers?: Record<string, string>;
}

export const json = (status: number, body: object): StandInAnswer => ({ status, body: JSON.stringify(body) });

/** As the function answers a refusal. */
export const refused = (status: number, code: string, reason?: string): StandInAnswer =>
  json(status, { success: false, error: { code, message: "no", ...(reason ? { reason } : {}) }, request_id: "r" });

/** An address that no other process connects from, so that a port which is free for a while stays free. */
export function ownLoopback(): string {
  return `127.77.${(process.pid >> 8) & 255}.${Math.max(1, process.pid & 255)}`;
}

export class StandInCloud {
  readonly seen: Seen[] = [];
  /** undefined: it hangs. */
  answer: (seen: Seen) => StandInAnswer | undefined = () => json(200, { status: "success" });
  /** Before it answers. */
  delayMs = 0;
  private readonly host = ownLoopback();
  private server: Server | undefined;
  private port = 0;

  /** Begins to answer, or does so again at the same place. */
  async start(): Promise<this> {
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { method = "", url: path = "", headers } = request;
      const seen = { method, path, headers, body: Buffer.concat(parts).toString() };
      this.seen.push(seen);
      const answer = this.answer(seen);
      if (!answer) return;
      await new Promise((wake) => setTimeout(wake, this.delayMs));
      const type = answer.type ?? "application/json; charset=utf-8";
      // In chunks, as a proxy may send it on.
      response.writeHead(answer.status, { "content-type": type, "transfer-encoding": "chunked", ...answer.headers });
      response.write(answer.body.slice(0, 5));
      response.end(answer.body.slice(5));
    });
    this.server = server;
    await new Promise<void>((ready) => server.listen(this.port, this.host, ready));
    const address = server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
    return this;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** Its connections break, and no new one comes about. */
  async cut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  }
}
