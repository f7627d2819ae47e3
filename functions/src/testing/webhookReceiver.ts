import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { signedMessage } from "@wisptools/core";
import { webhookSignature } from "@wisptools/store";

export interface Received {
  id: string;
  timestamp: string;
  /** Of the header, apart. */
  signatures: string[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  text: string;
}

/** A receiver of webhooks on this machine, which keeps what it got. `status` is its answer to all. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  status = 200;
  private readonly server: Server;

  private constructor() {
    this.server = createServer(async (request, response) => {
      const text = (await request.toArray()).join("");
      const header = (name: string) => String(request.headers[name] ?? "");
      this.received.push({
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signatures: header("webhook-signature").split(" "),
        body: JSON.parse(text),
        text,
      });
      response.writeHead(this.status).end(`said ${this.status}`);
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((ready) => receiver.server.listen(0, "127.0.0.1", ready));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }
}

/** Which of a message's signatures are by this secret, as a receiver checks it. */
export function signedBy(secret: string, { id, timestamp, signatures, text }: Received): boolean[] {
  const expected = webhookSignature(secret, signedMessage(id, Number(timestamp), text));
  return signatures.map((signature) => signature === expected);
}
