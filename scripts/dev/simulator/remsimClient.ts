// osmo-remsim-client-openwrt as its far side sees it: the bytes of its one request, and a reader that scans the reply's text as it does.
import { connect } from "node:net";

export interface RemsimClientConfig {
  /** Of the orchestrator: `IONMESH_HOST`, which may hold `login:secret@` for HTTP Basic. */
  host: string;
  port: number;
  clientId: string;
  mode: string;
  /** "" when unset. */
  mccMnc: string;
  tenantNumber: number;
}

/** What it takes from the reply; a text that is too long for its buffer is left out, as there. */
export interface ScannedAssignment {
  bankId: number;
  slotId: number;
  iccid: string;
  imsi: string;
  serverHost: string;
  /** As read; the client connects to the server's port of its own configuration. */
  serverPort: number;
  mode: string;
}

const TIMEOUT_MS = 10_000;
/** Buffers of its C structures, octets with the final zero. */
const SHORT = 32;
const LONG = 256;
const DEFAULT_PORT = 9999;

/** The request as libcurl sends it: no user agent, no API key, values not escaped. */
export function registrationBytes({ host, port, clientId, mode, mccMnc, tenantNumber }: RemsimClientConfig): Buffer {
  const body = `{"client_id":"${clientId}","mapping_mode":"${mode}","mcc_mnc":"${mccMnc}","tenant_id":${tenantNumber}}`;
  const [, login, name = ""] = /^(?:(.*)@)?(.*)$/.exec(host) ?? [];
  const lines = [
    "POST /api/backend/v1/remsim/register-client HTTP/1.1",
    `Host: ${name}:${port}`,
    ...(login ? [`Authorization: Basic ${Buffer.from(login).toString("base64")}`] : []),
    "Accept: */*",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/** Scans the text for the fields it wants, the first occurrence of each; undefined: the client falls back to its static server. */
export function scanAssignment(text: string): ScannedAssignment | undefined {
  if (text.includes('"status":"error"')) return undefined;
  const [serverHost, serverPort] = endpoint(quotedAfter(text, '"bankd_endpoint":"', LONG));
  const assignment = {
    bankId: numberAfter(text, '"bank_id":'),
    slotId: numberAfter(text, '"slot_id":'),
    iccid: quotedAfter(text, '"iccid":"', SHORT),
    imsi: quotedAfter(text, '"imsi":"', SHORT),
    serverHost,
    serverPort,
    mode: quotedAfter(text, '"mapping_mode":"', SHORT),
  };
  const isWhole = assignment.bankId !== 0 && assignment.slotId !== 0 && serverHost !== "" && serverPort !== 0;
  return isWhole ? assignment : undefined;
}

/** Registers as the client does at its start; undefined when it would fall back. `raw`: the reply's head and body. */
export async function registerRemsimClient(
  config: RemsimClientConfig,
): Promise<{ assignment: ScannedAssignment | undefined; raw: string }> {
  const raw = await exchange(config);
  const split = raw.indexOf("\r\n\r\n");
  const isOk = /^HTTP\/1\.[01] 200 /.test(raw);
  return { assignment: isOk && split > 0 ? scanAssignment(raw.slice(split + 4)) : undefined, raw };
}

/** One request on a connection of its own, until the reply is whole by its Content-Length. */
function exchange(config: RemsimClientConfig): Promise<string> {
  const address = config.host.replace(/^.*@/, "");
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: address, port: config.port }, () => socket.write(registrationBytes(config)));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("no reply within 10 s")));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      const text = Buffer.concat(chunks).toString("latin1");
      const head = /^[\s\S]*?\r\n\r\n/.exec(text)?.[0];
      const length = Number(/^content-length: *(\d+)/im.exec(head ?? "")?.[1]);
      if (head && text.length >= head.length + length) socket.end(() => resolve(text));
    });
    socket.on("end", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.on("error", reject);
  });
}

/** As sscanf reads %d; 0 when the name is not there. */
function numberAfter(text: string, name: string): number {
  const at = text.indexOf(name);
  return at < 0 ? 0 : Number(/^\s*([-+]?\d+)/.exec(text.slice(at + name.length))?.[1] ?? 0);
}

function quotedAfter(text: string, name: string, buffer: number): string {
  const at = text.indexOf(name);
  if (at < 0) return "";
  const from = at + name.length;
  const end = text.indexOf('"', from);
  return end < 0 || end - from >= buffer ? "" : text.slice(from, end);
}

/** `host:port` or `scheme://host:port`: everything before the first colon is the host. */
function endpoint(text: string): [string, number] {
  const place = text.includes("://") ? text.slice(text.indexOf("://") + 3) : text;
  const colon = place.indexOf(":");
  if (colon < 0) return [place, place === "" ? 0 : DEFAULT_PORT];
  return [place.slice(0, colon), Number.parseInt(place.slice(colon + 1), 10) || 0];
}
