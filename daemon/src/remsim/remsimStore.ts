import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BankSlot } from "@wisptools/core";
import { open } from "lmdb";
import { Batches } from "../mirror/batches.ts";
import { Table } from "../mirror/table.ts";

/** The last good reply to a client's registration. */
export interface KeptReply {
  /** Of the request's body: another body is another question. */
  bodyHash: string;
  contentType: string;
  bytes: Buffer;
  /** RSPRO identity of the client, and the server it shall connect to. */
  client: BankSlot;
  serverHost: string;
  /** What heartbeats were told last, seconds. */
  interval: number;
  /** ms since 1970. */
  at: number;
}

/** A request that waits for the cloud. */
export interface QueuedRequest {
  kind: "heartbeat" | "unregister";
  method: string;
  path: string;
  /** Headers with the credential: sealed. */
  sealed: Buffer;
  body: Buffer;
  address: string;
  /** ms since 1970. */
  at: number;
}

export type RemsimStore = ReturnType<typeof openRemsimStore>;

/** What the role keeps across restarts, beside the mirror; readable by its owner alone. */
export function openRemsimStore(dataDir: string) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const root = open({ path: join(dataDir, "remsim"), maxDbs: 8, noMemInit: false });
  const batches = new Batches(root);
  const table = <V>(name: string): Table<V> =>
    new Table(root.openDB<V, string>({ name, encoding: "msgpack" }), batches);
  return {
    /** By `{hash of the credential}/{client id}`, as is `queue`. */
    replies: table<KeptReply>("replies"),
    queue: table<QueuedRequest>("queue"),
    /** Documents that are followed, by their paths. */
    slotMaps: table<unknown>("slotMaps"),
    simBanks: table<unknown>("simBanks"),
    remsimServers: table<unknown>("remsimServers"),
    batch: (action: () => void): Promise<void> => batches.run(action),
    close: async (): Promise<void> => {
      await root.flushed;
      await root.close();
    },
  };
}
