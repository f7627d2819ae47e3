// What a daemon would have written: these tests have no MME, so they put its records into the emulator as the server may.
import { createHash } from "node:crypto";
import type { MmeConnection, PdnSession, Subscriber, SubscriberActivity } from "@wisptools/core";
import { paths } from "@wisptools/core";
import { env, WISP } from "./browser.ts";

type Live = NonNullable<Subscriber["live"]>;

function encoded(value: unknown): unknown {
  if (value === null) return { nullValue: null };
  if (value instanceof Date) return { timestampValue: value.toISOString() };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(encoded) } };
  if (typeof value === "object") return { mapValue: { fields: fieldsOf(value) } };
  if (typeof value === "boolean") return { booleanValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { integerValue: value } : { doubleValue: value };
  return { stringValue: String(value) };
}

function fieldsOf(value: object): Record<string, unknown> {
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(given.map(([name, one]) => [name, encoded(one)]));
}

const database = () => `projects/${env.GCLOUD_PROJECT}/databases/(default)/documents`;

/** Writes many documents at once; undefined deletes one. At most 500. */
export async function writeAll(documents: ReadonlyMap<string, object | undefined>): Promise<void> {
  const writes = [...documents].map(([path, data]) => {
    const name = `${database()}/${path}`;
    return data ? { update: { name, fields: fieldsOf(data) } } : { delete: name };
  });
  const reply = await fetch(`http://${env.FIRESTORE_EMULATOR_HOST}/v1/${database()}:commit`, {
    method: "POST",
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify({ writes }),
  });
  if (!reply.ok) throw new Error(`${documents.size} documents: ${reply.status} ${await reply.text()}`);
}

/** Writes a document, or only these fields of it, past the rules. */
export async function write(path: string, data: object, only: readonly string[] = []): Promise<void> {
  const mask = only.map((field) => `updateMask.fieldPaths=${field}`).join("&");
  const reply = await fetch(`http://${env.FIRESTORE_EMULATOR_HOST}/v1/${database()}/${path}?${mask}`, {
    method: "PATCH",
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify({ fields: fieldsOf(data) }),
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
const later = () => new Date(Date.now() + 86_400_000);
export const MME = "mme.epc-00000000000000a1.wisp123.wisptools.local";
export const EPC = "epc_00000000000000a1";

/** A subscriber's live state; attached at the demo EPC unless told otherwise. */
export async function serve(imsi: string, live: Partial<Live> = {}): Promise<void> {
  const state: Live = {
    state: "attached",
    mme: MME,
    mmeRealm: "wisp123.wisptools.local",
    epcId: EPC as NonNullable<Live["epcId"]>,
    visitedPlmn: { mcc: "001", mnc: "01" },
    ratType: 1004,
    registeredAt: ago(3600),
    lastAuthenticationAt: ago(42),
    imei: "490154203237518",
    softwareVersion: "14",
    sessions: { internet: "10.45.0.17" },
    updatedAt: ago(1),
    ...live,
  };
  await write(paths.subscriber(WISP, imsi), { live: state }, ["live"]);
}

export async function happened(
  imsi: string | undefined,
  kind: SubscriberActivity["kind"],
  severity: SubscriberActivity["severity"],
  message: string,
): Promise<void> {
  const id = crypto.randomUUID();
  const record = { schemaVersion: 1, id, tenantId: WISP, imsi, epcId: EPC, kind, severity, message, at: new Date() };
  await write(paths.subscriberActivity(WISP, id), { ...record, expireAt: later() });
}

export async function session(imsi: string, more: Partial<PdnSession> = {}): Promise<string> {
  const id = createHash("sha256").update(crypto.randomUUID()).digest("hex").slice(0, 32);
  await write(paths.session(WISP, id), {
    schemaVersion: 1,
    id,
    tenantId: WISP,
    imsi,
    apn: "internet",
    address: "10.45.0.17",
    epcId: EPC,
    peer: MME.replace("mme", "smf"),
    state: "open",
    startedAt: ago(1234),
    usage: { uplink: 123_456_789, downlink: 2_345_678_901 },
    rates: { uplink: 50_000_000, downlink: 100_000_000 },
    updatedAt: ago(1),
    expireAt: later(),
    ...more,
  });
  return id;
}

export async function connection(originHost: string, more: Partial<MmeConnection> = {}): Promise<void> {
  await write(paths.mmeConnection(WISP, originHost), {
    schemaVersion: 1,
    originHost,
    tenantId: WISP,
    epcId: EPC,
    role: "mme",
    state: "connected",
    reason: "",
    address: "127.0.0.1",
    tls: true,
    since: ago(7200),
    daemonId: "daemon-1",
    updatedAt: ago(1),
    ...more,
  });
}

export async function sighting(imsi: string, imei: string): Promise<void> {
  const record = { schemaVersion: 1, imei, tenantId: WISP, firstSeenAt: ago(86_400 * 9), lastSeenAt: ago(42) };
  await write(paths.equipmentSighting(WISP, imsi, imei), record);
}
