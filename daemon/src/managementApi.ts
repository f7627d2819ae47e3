import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What the management API shows; each is asked for when a request comes. */
export interface Management {
  /** Ready: listening, and able to authenticate. The words say why not. */
  ready(): { ready: boolean; reason: string };
  peers(): unknown;
  cache(): unknown;
  /** OpenMetrics text. */
  metrics(): Promise<{ contentType: string; text: string }>;
}

const OPEN = new Set(["/health", "/ready"]);

/**
 * The daemon's own HTTP API: /health, /ready for supervisors; /peers, /cache and /metrics behind the key when there is one
 * (`X-API-Key`, or `Authorization: Bearer`). It changes nothing: operators act through hssProxy.
 */
export async function listenManagement(
  management: Management,
  { host, port, key }: { host: string; port: number; key: string | undefined },
): Promise<Server> {
  const server = createServer((request, response) => {
    answer(management, key, request, response).catch(() => send(response, 500, { error: "internal" }));
  });
  server.requestTimeout = 10_000;
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}

async function answer(
  management: Management,
  key: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  if (request.method !== "GET") return send(response, 405, { error: "only GET is answered here" });
  if (key !== undefined && !OPEN.has(path) && !holds(key, request)) {
    return send(response, 401, { error: "the API key is missing or wrong" });
  }
  switch (path) {
    case "/health":
      return send(response, 200, { status: "ok" });
    case "/ready": {
      const state = management.ready();
      return send(response, state.ready ? 200 : 503, state);
    }
    case "/peers":
      return send(response, 200, { peers: management.peers() });
    case "/cache":
      return send(response, 200, management.cache());
    case "/metrics": {
      const { contentType, text } = await management.metrics();
      response.writeHead(200, { "content-type": contentType }).end(text);
      return;
    }
    default:
      return send(response, 404, { error: `no such endpoint: ${path}` });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

function holds(key: string, { headers }: IncomingMessage): boolean {
  const given = headers["x-api-key"] ?? /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(String(given)), digest(key));
}
