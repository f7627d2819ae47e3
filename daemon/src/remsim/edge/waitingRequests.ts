import type { Table } from "../../mirror/table.ts";
import type { RemsimLog } from "../logs.ts";
import type { QueuedRequest } from "../remsimStore.ts";
import { type CloudAnswer, type CloudApi, CloudAway, type CloudRequest } from "./cloudApi.ts";
import type { Credentials } from "./credentials.ts";

const MOST = 10_000;
/** A heartbeat has one or two; a longer one is answered and not kept. */
const MOST_BODY = 16 * 1024;
const RETRY_MS = 5_000;
/** Requests under way at once, so that a fleet's do not fall on the cloud together. */
const PARALLEL = 4;
/** Older heartbeats than this many intervals say nothing about now. */
const INTERVALS = 3;
const LEAST_AGE_MS = 300_000;
/** Older news that a client went may be overtaken by its life elsewhere; a card that nobody uses is long taken back by then. */
const UNREGISTER_AGE_MS = 24 * 3_600_000;

export interface WaitingOptions {
  table: Table<QueuedRequest>;
  credentials: Credentials;
  cloud: CloudApi;
  log: RemsimLog;
  now: () => number;
  /** Seconds between heartbeats of this client, as it was told last. */
  intervalOf(client: string): number;
  /** Runs what concerns one client alone. */
  turn<T>(client: string, work: () => Promise<T>): Promise<T>;
  /** The cloud decided on what had waited. */
  decided(client: string, request: QueuedRequest, answer: CloudAnswer): Promise<void>;
}

/** What routers said while the cloud was away, one request for each client: the latest heartbeat, or that it is gone. */
export class WaitingRequests {
  private readonly options: WaitingOptions;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private stopped = false;

  constructor(options: WaitingOptions) {
    this.options = options;
  }

  /** Goes on with what an earlier life left. */
  start(): void {
    this.later(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.sending;
  }

  get size(): number {
    return this.options.table.size;
  }

  get(client: string): QueuedRequest | undefined {
    return this.options.table.get(client);
  }

  /** Resolves when it survives a crash. @returns whether there was room. */
  async add(client: string, kind: QueuedRequest["kind"], request: CloudRequest): Promise<boolean> {
    const { table, credentials, log, now } = this.options;
    const { method, path, headers, body, address } = request;
    if (table.size >= MOST && !table.get(client)) {
      log.queueFull({ most: MOST });
      return false;
    }
    if (body.length > MOST_BODY) return false;
    const { authorization, "x-api-key": apiKey } = headers;
    const credential = {
      ...(authorization === undefined ? {} : { authorization }),
      ...(apiKey === undefined ? {} : { "x-api-key": apiKey }),
    };
    const sealed = credentials.seal(credential, client);
    await table.put(client, { kind, method, path, sealed, body, address, at: now() });
    this.later(RETRY_MS);
    return true;
  }

  async drop(client: string, kind?: QueuedRequest["kind"]): Promise<void> {
    const { table } = this.options;
    const waiting = table.get(client);
    if (waiting && (kind === undefined || waiting.kind === kind)) await table.remove(client);
  }

  dropCredential(credential: string): void {
    for (const key of [...this.options.table.keys(`${credential}/`)]) void this.options.table.remove(key);
  }

  /** The cloud is known to answer. */
  send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.later(0);
  }

  private later(ms: number): void {
    if (this.timer || this.sending || this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.sending = this.sendAll().finally(() => {
        this.sending = undefined;
        if (this.size > 0) this.later(RETRY_MS);
      });
    }, ms);
  }

  /** The first by itself: whether the cloud is there at all. */
  private async sendAll(): Promise<void> {
    const clients = [...this.options.table.keys()];
    let isAway = false;
    const sendNext = async (): Promise<void> => {
      const client = clients.shift();
      if (client !== undefined) isAway ||= !(await this.sendOne(client));
    };
    const lane = async (): Promise<void> => {
      while (clients.length > 0 && !isAway && !this.stopped) await sendNext();
    };
    await sendNext();
    await Promise.all(Array.from({ length: PARALLEL }, lane));
  }

  /** False: the cloud is away. */
  private sendOne(client: string): Promise<boolean> {
    const { table, log, now } = this.options;
    return this.options.turn(client, async () => {
      const waiting = table.get(client);
      if (!waiting) return true;
      if (now() - waiting.at > this.oldest(client, waiting.kind)) {
        if (waiting.kind === "unregister")
          log.requestDropped({
            clientId: clientIdOf(client),
            kind: waiting.kind,
            why: "it waited for more than a day",
          });
        await table.remove(client);
        return true;
      }
      try {
        await this.forward(client, waiting);
        return true;
      } catch (error) {
        if (error instanceof CloudAway) return false;
        log.requestDropped({ clientId: clientIdOf(client), kind: waiting.kind, why: String(error) });
        await table.remove(client);
        return true;
      }
    });
  }

  private async forward(client: string, waiting: QueuedRequest): Promise<void> {
    const { table, credentials, cloud, decided } = this.options;
    const { method, path, sealed, body, address } = waiting;
    const credential = credentials.open(Buffer.from(sealed), client);
    const headers = { ...credential, "content-type": "application/json" };
    const answer = await cloud.send({ method, path, headers, body: Buffer.from(body), address });
    if (answer.status === 429) throw new CloudAway("too many requests", answer);
    if (table.get(client)?.at === waiting.at) await table.remove(client);
    await decided(client, waiting, answer);
  }

  private oldest(client: string, kind: QueuedRequest["kind"]): number {
    if (kind === "unregister") return UNREGISTER_AGE_MS;
    return Math.max(LEAST_AGE_MS, INTERVALS * 1000 * this.options.intervalOf(client));
  }
}

function clientIdOf(client: string): string {
  return client.slice(client.indexOf("/") + 1);
}
