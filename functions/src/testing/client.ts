// A caller of the HTTP API for tests: plain requests, and a device that signs them.
import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import { type api, DEVICE_HEADERS, signedText } from "@wisptools/core";

export interface Reply {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  body: any;
}

export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const text = body === undefined || typeof body === "string" ? (body as string | undefined) : JSON.stringify(body);
  const response = await fetch(url + path, {
    method,
    headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: asJson(answer) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export type Credentials = Pick<api.Registered, "epc_id" | "auth_code" | "api_key" | "secret_key">;

export interface Signing {
  timestamp?: string;
  nonce?: string;
  /** Sign this instead of the body that is sent. */
  signedBody?: string;
}

let lastStamp = 0;

/** Microseconds that never stand still, as a device's clock. */
function stamp(): string {
  lastStamp = Math.max(Date.now() * 1000, lastStamp + 1);
  return (lastStamp / 1e6).toFixed(6);
}

/** The headers of a request signed with a device's credentials. */
export function signed(credentials: Credentials, method: string, path: string, body = "", signing: Signing = {}) {
  const timestamp = signing.timestamp ?? stamp();
  const nonce = signing.nonce ?? randomBytes(12).toString("hex");
  const digest = createHash("sha256")
    .update(signing.signedBody ?? body)
    .digest("hex");
  const text = signedText(method, path, timestamp, nonce, digest);
  return {
    [DEVICE_HEADERS.authCode]: credentials.auth_code,
    [DEVICE_HEADERS.apiKey]: credentials.api_key,
    [DEVICE_HEADERS.timestamp]: timestamp,
    [DEVICE_HEADERS.nonce]: nonce,
    [DEVICE_HEADERS.signature]: createHmac("sha256", credentials.secret_key).update(text).digest("hex"),
  };
}

/** A signed request of a device. */
export function deviceCall(
  url: string,
  credentials: Credentials,
  method: string,
  path: string,
  body?: unknown,
  signing: Signing = {},
): Promise<Reply> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return call(url, method, path, text, signed(credentials, method, path, text ?? "", signing));
}

/** What a box says at registration; hardware that nobody else has unless given. */
export function registration(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    hardware_id: randomUUID(),
    mac_address: "00:11:22:33:44:55",
    serial_number: "ABC123",
    system_info: { manufacturer: "Dell Inc.", product: "PowerEdge R640", hostname: "wisp-epc-node" },
    network: {
      primary_ip: "192.168.1.100",
      gateway: "192.168.1.1",
      interface: "ens160",
      netmask: "24",
      dns_servers: "8.8.8.8,8.8.4.4",
    },
    os_info: { os_version: "Ubuntu 24.04 LTS", kernel_version: "6.8.0-45-generic" },
    boot_time: "2025-10-26T10:30:00Z",
    auto_provision: true,
    ...fields,
  };
}
