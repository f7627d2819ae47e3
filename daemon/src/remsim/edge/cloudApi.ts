import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { ROUTER_ADDRESS_HEADER } from "@wisptools/core";

/** For a request whose caller can be answered otherwise. */
export const ANSWER_MS = 4_000;
const MOST_BYTES = 1024 * 1024;
const MOST_SOCKETS = 100;

export interface CloudRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Of the client. */
  address: string;
}

export interface CloudAnswer {
  status: number;
  contentType: string;
  /** Other headers that the caller should see. */
  headers: Record<string, string>;
  bytes: Buffer;
}

/** The cloud gave no decision: it was not reached, or something before it failed. */
export class CloudAway extends Error {
  /** What came instead, if anything did. */
  readonly answer: CloudAnswer | undefined;

  constructor(message: string, answer?: CloudAnswer, cause?: unknown) {
    super(message, { cause });
    this.answer = answer;
  }
}

/** The cloud's HTTPS origin, as routers would call it could they speak TLS. */
export class CloudApi {
  readonly origin: string;
  private readonly base: URL;
  private readonly agent: HttpAgent | HttpsAgent;

  constructor(origin: string) {
    this.origin = origin;
    this.base = new URL(origin);
    const options = { keepAlive: true, maxSockets: MOST_SOCKETS, timeout: 60_000 };
    this.agent = this.base.protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** What the cloud decided within so many ms, in its own bytes. @throws CloudAway */
  async send(request: CloudRequest, limitMs = ANSWER_MS): Promise<CloudAnswer> {
    const signal = AbortSignal.timeout(limitMs);
    const answer = await this.ask(request, signal).catch((error: unknown) => {
      throw new CloudAway(signal.aborted ? `no answer within ${limitMs} ms` : "not reached", undefined, error);
    });
    if (isDecision(answer)) return answer;
    throw new CloudAway(`answered ${answer.status}`, answer);
  }

  close(): void {
    this.agent.destroy();
  }

  private async ask(request: CloudRequest, signal: AbortSignal): Promise<CloudAnswer> {
    for (;;) {
      const attempt = this.begin(request, signal);
      try {
        return await answered(attempt);
      } catch (error) {
        // A kept connection may have been closed while our request was on its way; every call here bears repetition.
        if (!attempt.reusedSocket || signal.aborted) throw error;
      }
    }
  }

  private begin({ method, path, headers, body, address }: CloudRequest, signal: AbortSignal): ClientRequest {
    const request = this.base.protocol === "https:" ? requestHttps : requestHttp;
    const url = new URL(this.base.pathname.replace(/\/+$/, "") + path, this.base);
    const sent = {
      ...headers,
      // Passing a compressed reply on would need a client that asked for one.
      "accept-encoding": "identity",
      "x-forwarded-for": address,
      [ROUTER_ADDRESS_HEADER]: address,
      ...(method === "GET" ? {} : { "content-length": String(body.length) }),
    };
    return request(url, { method, headers: sent, agent: this.agent, signal }).end(method === "GET" ? undefined : body);
  }
}

async function answered(request: ClientRequest): Promise<CloudAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
  }
  const passed = ["retry-after", "x-request-id"].flatMap((name) => {
    const value = response.headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers["content-type"] ?? "application/octet-stream",
    headers: Object.fromEntries(passed),
    bytes: Buffer.concat(parts),
  };
}

/**
 * Refusals count in our function's own form alone, and its 503, which says why there is no card. A front end's 403, 404 or 429 is none, nor is a
 * crash, or a redirect, which no client follows.
 */
function isDecision({ status, bytes }: CloudAnswer): boolean {
  if (status >= 200 && status < 300) return true;
  const { code, reason } = fieldsOf(bytes).error ?? {};
  if (status === 503) return typeof reason === "string";
  return status >= 400 && status < 500 && typeof code === "string";
}

interface Fields {
  [name: string]: unknown;
  error?: { code?: unknown; reason?: unknown };
}

/** A body's fields, if it is a JSON object. */
export function fieldsOf(bytes: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
