// Where connections come in, plain or TLS.
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer } from "node:tls";
import type { ListenerOptions, TlsMaterial } from "./serverOptions.ts";

export interface ListenerEvents {
  /** A connection, its TLS handshake done. */
  readonly connected: (socket: Socket) => void;
  /** A TLS handshake failed. */
  readonly failed: (address: string, reason: string) => void;
}

export class Listener {
  private readonly options: ListenerOptions;
  private readonly server: Server | TlsServer;
  /** Connections whose TLS handshake is not done. */
  private readonly raw = new Set<Socket>();

  constructor(options: ListenerOptions, handshakeMs: number, limit: number, events: ListenerEvents) {
    this.options = options;
    this.server = options.tls
      ? this.tlsServer(options.tls, handshakeMs, limit, events)
      : createServer(events.connected);
  }

  /** @throws Error if the address cannot be bound. */
  listen(broken: (error: Error) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen({ host: this.options.host, port: this.options.port }, () => {
        this.server.off("error", reject);
        this.server.on("error", broken);
        resolve();
      });
    });
  }

  get address(): { host: string; port: number; tls: boolean } {
    const { address, port } = this.server.address() as AddressInfo;
    return { host: address, port, tls: this.options.tls !== undefined };
  }

  /** New connections use these; open ones stay. @throws Error if the material is unusable. */
  updateTls(material: TlsMaterial): void {
    if ("setSecureContext" in this.server) this.server.setSecureContext(contextOf(material));
  }

  close(): void {
    this.server.close();
    for (const socket of this.raw) socket.destroy();
  }

  private tlsServer(material: TlsMaterial, handshakeMs: number, limit: number, events: ListenerEvents): TlsServer {
    const options = {
      ...contextOf(material),
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: handshakeMs,
    };
    const server = createTlsServer(options, (socket) => {
      if (socket.getPeerX509Certificate()) return events.connected(socket);
      events.failed(addressOf(socket), "TLS: it showed no certificate");
      socket.destroy();
    });
    server.on("connection", (socket) => {
      if (this.raw.size >= limit) return socket.destroy();
      this.raw.add(socket);
      socket.once("close", () => this.raw.delete(socket));
    });
    server.on("secureConnection", (socket) => {
      for (const each of this.raw) if (each.remotePort === socket.remotePort) this.raw.delete(each);
    });
    server.on("tlsClientError", (error, socket) => {
      events.failed(addressOf(socket), `TLS: ${(error as NodeJS.ErrnoException).code ?? error.message}`);
      socket.destroy();
    });
    return server;
  }
}

/** The other side's address; an IPv4 address that came over IPv6 in its own form. */
export function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
}

export function isTls(socket: Socket): socket is TLSSocket {
  return socket instanceof TLSSocket;
}

function contextOf({ cert, key }: TlsMaterial) {
  return { cert, key, minVersion: "TLSv1.2" as const };
}
