// The edge with its files in a folder, before a stand-in of the cloud, and a client that keeps the bytes it gets.
import { randomBytes } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { type BankSlot, bankSlotId, RemsimServerId, type SlotMap, TenantId } from "@wisptools/core";
import type { LoggedLine } from "../../mirror/testing/mirrors.ts";
import type { TlsFiles } from "../../remsimConfig.ts";
import { CloudApi } from "../edge/cloudApi.ts";
import { Credentials, cloudKeyOf } from "../edge/credentials.ts";
import { EdgeCalls } from "../edge/edgeCalls.ts";
import { EdgeListener } from "../edge/edgeListener.ts";
import { remsimLog } from "../logs.ts";
import { openRemsimStore } from "../remsimStore.ts";

export interface RawReply {
  status: number;
  head: string;
  body: string;
}

const STORE_KEY = randomBytes(32);

export class EdgeUnderTest {
  readonly lines: LoggedLine[] = [];
  readonly results: string[] = [];
  /** Maps that are desired, by the client's identity; of the server at 10.0.0.5. */
  readonly maps = new Map<string, SlotMap>();
  now = Date.parse("2026-11-01T00:00:00Z");
  private readonly cloudUrl: string;
  private readonly folder: string;
  private readonly tls: TlsFiles | undefined;
  private parts: { listener: EdgeListener; calls: EdgeCalls; store: ReturnType<typeof openRemsimStore> } | undefined;

  constructor(cloudUrl: string, folder: string, tls?: TlsFiles) {
    this.cloudUrl = cloudUrl;
    this.folder = folder;
    this.tls = tls;
  }

  async start(): Promise<this> {
    const store = openRemsimStore(this.folder);
    const credentials = new Credentials(STORE_KEY);
    const cloud = new CloudApi(this.cloudUrl);
    const log = remsimLog((severity, event, fields) => this.lines.push({ severity, event, fields }));
    const mapsAt = (host: string, client: BankSlot) => {
      const map = host === "10.0.0.5" ? this.maps.get(bankSlotId(client)) : undefined;
      return map ? [map] : [];
    };
    const calls = new EdgeCalls({ store, credentials, cloud, log, desired: { mapsAt }, now: () => this.now });
    const listener = new EdgeListener({
      ...{ credentials, log, tls: this.tls, handle: (call) => calls.handle(call) },
      listen: [{ host: "127.0.0.1", port: 0, tls: this.tls !== undefined }],
      answered: (route, result) => this.results.push(`${route} ${result}`),
    });
    await listener.listen();
    calls.waiting.start();
    this.parts = { listener, calls, store };
    return this;
  }

  /** Its files stay. */
  async stop(): Promise<void> {
    const { parts } = this;
    this.parts = undefined;
    await parts?.listener.stop(0);
    await parts?.calls.waiting.stop();
    await parts?.store.close();
  }

  get port(): number {
    return Number(this.parts?.listener.addresses[0]?.split(":").at(-1));
  }

  /** Everything in its tables, as text. */
  stored(): string {
    const tables = [this.parts?.store.replies, this.parts?.store.queue];
    const rows = tables.flatMap((table) => [...(table?.keys() ?? [])].map((key) => [key, table?.get(key)]));
    return Buffer.from(
      JSON.stringify(rows, (_, value) => (value?.type === "Buffer" ? Buffer.from(value).toString("latin1") : value)),
    ).toString();
  }

  waiting(): number {
    return [...(this.parts?.store.queue.keys() ?? [])].length;
  }

  /** Wants a map for the client of this login, as the cloud would. */
  want(login: string, clientId: string, client: BankSlot, bank: BankSlot): void {
    const clientKey = cloudKeyOf({ authorization: basic(login) }, clientId);
    if (!clientKey) throw new Error("not a login");
    this.maps.set(bankSlotId(client), {
      ...{ schemaVersion: 1, id: bankSlotId(client), tenantId: TenantId.parse("tenant_a"), client, bank, clientKey },
      ...{ serverId: RemsimServerId.parse("main"), createdAt: new Date(), mappedAt: new Date() },
    });
  }

  call(method: string, path: string, login: string | undefined, body?: string): Promise<RawReply> {
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${this.port}`,
      ...(login === undefined ? [] : [`Authorization: ${basic(login)}`]),
      ...(body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`]),
      "Connection: close",
    ];
    return rawExchange(this.port, `${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
  }

  register(login: string, clientId: string, more = ""): Promise<RawReply> {
    const body = `{"client_id":"${clientId}","mapping_mode":"ONE_TO_ONE_SWSIM","mcc_mnc":"${more}","tenant_id":1}`;
    return this.call("POST", "/api/backend/v1/remsim/register-client", login, body);
  }

  heartbeat(login: string, clientId: string, uptime = 1): Promise<RawReply> {
    const body = JSON.stringify({ client_id: clientId, status: "connected", stats: { uptime_seconds: uptime } });
    return this.call("POST", "/api/backend/v1/remsim/heartbeat", login, body);
  }

  unregister(login: string, clientId: string): Promise<RawReply> {
    return this.call("DELETE", `/api/backend/v1/remsim/unregister/${clientId}`, login);
  }
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString("base64")}`;
}

/** Until the far side closes. */
export function rawExchange(port: number, text: string): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("end", () => {
      const raw = Buffer.concat(chunks).toString("latin1");
      const split = raw.indexOf("\r\n\r\n");
      resolve({ status: Number(raw.split(" ")[1]), head: raw.slice(0, split), body: raw.slice(split + 4) });
    });
  });
}
