import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps, type ServerOptions } from "node:https";
import type { TlsFiles } from "../../remsimConfig.ts";
import type { RemsimLog } from "../logs.ts";
import type { CloudAnswer } from "./cloudApi.ts";
import type { Credentials } from "./credentials.ts";
import type { EdgeCall, EdgeReply, EdgeResult } from "./edgeCalls.ts";
import { cloudPathOf, type EdgeRoute, edgeRouteOf } from "./edgeRoute.ts";
import { refusal } from "./ownAnswers.ts";
import { TlsFilesWatch } from "./tlsFilesWatch.ts";

/** Bytes of a body; of a router's log, what the function takes. */
const BODY_LIMIT = 64 * 1024;
const LOG_LIMIT = 512 * 1024;
const MOST_CONNECTIONS = 2_000;
const LIMITS: ServerOptions = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
};

export interface EdgeListenerOptions {
  listen: readonly { host: string; port: number; tls: boolean }[];
  /** For listeners with TLS. */
  tls: TlsFiles | undefined;
  credentials: Credentials;
  handle(call: EdgeCall): Promise<EdgeReply>;
  answered(route: EdgeRoute["kind"] | "other", result: EdgeResult | "invalid"): void;
  log: RemsimLog;
}

/** HTTP/1.1 for routers whose client knows neither TLS nor chunks, and TLS with client certificates for those that do. */
export class EdgeListener {
  private readonly options: EdgeListenerOptions;
  private readonly servers: Server[] = [];
  private readonly watches: TlsFilesWatch[] = [];

  constructor(options: EdgeListenerOptions) {
    this.options = options;
  }

  /** @throws when a port is taken or a file unreadable. */
  async listen(): Promise<void> {
    for (const { host, port, tls } of this.options.listen) {
      const server = this.serverOf(tls);
      server.maxConnections = MOST_CONNECTIONS;
      this.servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, resolve);
      });
    }
  }

  /** ADDR:PORT of each listener. */
  get addresses(): string[] {
    return this.servers.map((server) => {
      const address = server.address();
      return typeof address === "object" && address ? `${address.address}:${address.port}` : "";
    });
  }

  /** Lets answers under way go out, for so many ms. */
  async stop(deadlineMs: number): Promise<void> {
    for (const watch of this.watches) watch.stop();
    const closed = this.servers.map((server) => new Promise<void>((done) => server.close(() => done())));
    for (const server of this.servers) server.closeIdleConnections();
    const cut = setTimeout(() => {
      for (const server of this.servers) server.closeAllConnections();
    }, deadlineMs);
    await Promise.all(closed);
    clearTimeout(cut);
  }

  private serverOf(tls: boolean): Server {
    const { tls: files, log } = this.options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.answer(request, response);
    if (!tls) return createHttp(LIMITS, answer);
    if (!files) throw new Error("a TLS listener needs its files");
    const watch = new TlsFilesWatch(files, log);
    this.watches.push(watch);
    const mutual = { requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.2" } as const;
    const server = createHttps({ ...LIMITS, ...mutual, ...watch.read() }, answer);
    watch.start((material) => server.setSecureContext({ ...mutual, ...material }));
    return server;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { answered, handle, log } = this.options;
    const route = edgeRouteOf(request.method ?? "", request.url ?? "");
    try {
      const call = await this.read(request, route);
      if ("status" in call) {
        answered(route?.kind ?? "other", "invalid");
        return send(response, call, call.status === 413);
      }
      const { result, answer } = await handle(call);
      answered(call.route.kind, result);
      send(response, answer);
    } catch (error) {
      if (request.destroyed && !response.writable) return;
      log.edgeFailed(error);
      answered(route?.kind ?? "other", "invalid");
      if (!response.headersSent) send(response, refusal(500, "failed"), true);
    }
  }

  private async read(request: IncomingMessage, route: EdgeRoute | undefined): Promise<EdgeCall | CloudAnswer> {
    const body = await bodyOf(request, route?.kind === "logs" ? LOG_LIMIT : BODY_LIMIT);
    if (!body) return refusal(413, "too_large");
    if (!route) return refusal(404, "not_found");
    const credential = this.options.credentials.headersOf(request.headers);
    const { "content-type": type = "application/json", "user-agent": agent } = request.headers;
    const headers = { ...credential, "content-type": type, ...(agent === undefined ? {} : { "user-agent": agent }) };
    const address = (request.socket.remoteAddress ?? "").replace(/^::ffff:|%.*$/g, "");
    return { route, credential, request: { ...cloudPathOf(route), headers, body, address } };
  }
}

/** undefined: it is longer than the limit. */
async function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  // A destroyed request could not be answered.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length > limit) return undefined;
  }
  return Buffer.concat(parts);
}

/** In one piece: the real client reads no chunks. `close`: what is left of the request is not read. */
function send(response: ServerResponse, { status, contentType, headers, bytes }: CloudAnswer, close = false): void {
  response.writeHead(status, {
    ...headers,
    ...(close ? { connection: "close" } : {}),
    "content-type": contentType,
    "content-length": bytes.length,
    "cache-control": "no-store",
  });
  response.end(bytes);
}
