import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { ROOT } from "./places.ts";

export const HOST = "127.0.0.1";
export const EMULATORS = ["auth", "firestore", "functions", "hosting", "storage", "pubsub", "tasks"] as const;
export type Emulator = (typeof EMULATORS)[number];
export const SERVICES = [...EMULATORS, "daemon"] as const;
export type Service = (typeof SERVICES)[number];
/** What firebase.json names. */
const NAMED = [...EMULATORS, "hub", "logging", "eventarc"] as const;
/** What it does not: Firestore's websocket, the daemon's own, and a simulated osmo-remsim-server's (REST, RSPRO). */
const OURS = {
  ...{ websocket: 9150, daemonApi: 3001, hss: 3868, hssTls: 5868, pcrf: 3869, pcrfTls: 5869, remsimEdge: 5050 },
  ...{ remsimRest: 9997, remsimServer: 9998 },
} as const;
const OF_THE_DAEMON = ["daemonApi", "hss", "hssTls", "pcrf", "pcrfTls", "remsimEdge"] as const;
export type Ports = Record<(typeof NAMED)[number] | keyof typeof OURS, number>;

type FirebaseJson = { emulators: Record<string, { port?: number }> } & Record<string, unknown>;

export function firebaseJson(): FirebaseJson {
  return JSON.parse(readFileSync(`${ROOT}/firebase.json`, "utf8"));
}

/**
 * Moving by 10 meets no port of an unmoved stack; by 50 or 100 it would (Auth 9099 and Storage 9199, hosting 5000 and the
 * remote-SIM edge 5050), and by 1000 hosting lands on 6000, which browsers refuse.
 */
export const NEXT_OFFSET = 10;

/** Every port moves by the offset. */
export function portsAt(offset: number): Ports {
  return { ...emulatorPortsAt(offset), ...moved(OURS, offset) };
}

/** Those that firebase.json names. */
export function emulatorPortsAt(offset: number): Record<(typeof NAMED)[number], number> {
  const { emulators } = firebaseJson();
  const base = NAMED.map((name) => {
    const port = emulators[name]?.port;
    if (port === undefined) throw new Error(`firebase.json names no port for the ${name} emulator`);
    return [name, port] as const;
  });
  return moved(Object.fromEntries(base) as Record<(typeof NAMED)[number], number>, offset);
}

function moved<K extends string>(ports: Record<K, number>, offset: number): Record<K, number> {
  const entries = Object.entries<number>(ports).map(([name, port]) => [name, port + offset]);
  return Object.fromEntries(entries) as Record<K, number>;
}

export function offsetFromEnvironment(): number {
  const text = process.env.WISPTOOLS_PORT_OFFSET ?? "0";
  if (!/^\d{1,5}$/.test(text)) throw new Error(`WISPTOOLS_PORT_OFFSET must be a whole number, not "${text}"`);
  return Number(text);
}

/** The Firebase CLI starts Eventarc and Tasks with Functions, asked or not. */
export function portsUsed(ports: Ports, only: readonly Service[]): [string, number][] {
  const names: (keyof Ports)[] = ["hub", "logging", ...only.filter(isEmulator)];
  if (only.includes("firestore")) names.push("websocket");
  if (only.includes("functions")) names.push("eventarc", "tasks");
  if (only.includes("daemon")) names.push(...OF_THE_DAEMON);
  return [...new Set(names)].map((name) => [name, ports[name]]);
}

export function isEmulator(service: Service): service is Emulator {
  return service !== "daemon";
}

export async function takenPorts(wanted: [string, number][]): Promise<[string, number][]> {
  const free = await Promise.all(wanted.map(([, port]) => isFree(port)));
  return wanted.filter((_, index) => !free[index]);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** What a program started beside the emulators finds in its environment (docs: the local stack). */
export function environment(project: string, offset: number, only: readonly Service[]): Record<string, string> {
  const ports = portsAt(offset);
  const at = (name: keyof Ports) => `${HOST}:${ports[name]}`;
  const perService: Partial<Record<Service, Record<string, string>>> = {
    auth: { FIREBASE_AUTH_EMULATOR_HOST: at("auth") },
    firestore: { FIRESTORE_EMULATOR_HOST: at("firestore") },
    storage: { FIREBASE_STORAGE_EMULATOR_HOST: at("storage") },
    pubsub: { PUBSUB_EMULATOR_HOST: at("pubsub") },
    functions: { WISPTOOLS_FUNCTIONS: at("functions"), CLOUD_TASKS_EMULATOR_HOST: at("tasks") },
    hosting: { WISPTOOLS_URL: `http://${at("hosting")}` },
    daemon: {
      WISPTOOLS_HSS: at("hss"),
      WISPTOOLS_HSS_TLS: at("hssTls"),
      WISPTOOLS_PCRF: at("pcrf"),
      WISPTOOLS_PCRF_TLS: at("pcrfTls"),
      WISPTOOLS_REMSIM_EDGE: at("remsimEdge"),
      WISPTOOLS_DAEMON_API: `http://${at("daemonApi")}`,
    },
  };
  return Object.assign(
    {
      GCLOUD_PROJECT: project,
      WISPTOOLS_PORT_OFFSET: String(offset),
      FIREBASE_EMULATOR_HUB: at("hub"),
      METADATA_SERVER_DETECTION: "none",
    },
    ...only.map((service) => perService[service] ?? {}),
  );
}
