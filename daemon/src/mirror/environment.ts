import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { Batches } from "./batches.ts";
import { BytesTable, Table } from "./table.ts";

/** A change that came from the source: `at` is its server time in µs since 1970, which decides what is newer. */
export interface Mirrored<T> {
  at: number;
  value: T;
}

export type Environment = ReturnType<typeof openEnvironment>;

/** The databases in `dataDir`, made when absent; readable by their owner alone. */
export function openEnvironment(dataDir: string) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const root = open({ path: join(dataDir, "mirror"), maxDbs: 32, noMemInit: false });
  const batches = new Batches(root);
  const table = <V>(name: string): Table<V> =>
    new Table(root.openDB<V, string>({ name, encoding: "msgpack" }), batches);
  const environment = {
    root,
    /** Runs an action whose writes become one transaction; resolves when it is committed. */
    batch: (action: () => void): Promise<void> => batches.run(action),
    /** By IMSI: the bytes of SubscriberRecord. */
    subscribers: new BytesTable(root.openDB<Buffer, string>({ name: "subscribers", encoding: "binary" }), batches),
    /** `{kind}/{tenant}/{id}`: tenants, plans, groups, APN profiles. Peers: `peer/{origin host}`. */
    catalogue: table<Mirrored<unknown>>("catalogue"),
    /** `{tenant}/imei/{14 digits}` and `{tenant}/tac/{from}-{to}`. */
    equipment: table<Mirrored<string>>("equipment"),
    registrations: table<unknown[]>("registrations"),
    /** `{MME}/{IMSI}` */
    registrationsByMme: table<true>("registrationsByMme"),
    sessions: table<unknown[]>("sessions"),
    /** `{IMSI}/{id of the session}` */
    sessionsByImsi: table<true>("sessionsByImsi"),
    usage: table<[period: string, uplink: number, downlink: number]>("usage"),
    /** Last equipment of an IMSI: IMEI, software version, when it was last reported (ms). */
    lastEquipment: table<[imei: string, softwareVersion: string | undefined, at: number]>("lastEquipment"),
    /** SEQ offsets set here which the cloud hasn't shown yet: the offset, and when it was written there (ms; 0 = not yet). */
    offsets: table<[offset: number, writtenAt: number]>("offsets"),
    /** Key-encryption keys of tenants, wrapped by the store key. */
    keys: table<Buffer>("keys"),
    /** Stand-alone: where an IMSI comes from: file, mark of its content. */
    origins: table<[file: string, mark: string]>("origins"),
    /** Reports by their coalescing key, and in order. */
    outbox: table<unknown>("outbox"),
    outboxOrder: table<string>("outboxOrder"),
    /** Reports that the cloud refuses. */
    aside: table<unknown>("aside"),
    /** What a running full synchronisation has met: `{feed}/{key}`. */
    met: table<true>("met"),
    meta: table<unknown>("meta"),
  };
  return { ...environment, daemonId: daemonIdOf(environment.meta) };
}

/** Made once for each data directory. */
function daemonIdOf(meta: Table<unknown>): string {
  const known = meta.get("daemonId");
  if (typeof known === "string") return known;
  const fresh = `daemon_${randomBytes(8).toString("hex")}`;
  meta.db.putSync("daemonId", fresh);
  return fresh;
}
