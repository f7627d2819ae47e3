import { mkdirSync } from "node:fs";
import type { Directory, Registrations, Reporter, Sessions, Usage } from "../records.ts";
import { CatalogueStore } from "./catalogue.ts";
import { type Environment, openEnvironment } from "./environment.ts";
import { Equipment } from "./equipment.ts";
import { Keyring } from "./keyring.ts";
import { loggingReporter } from "./loggingReporter.ts";
import { jsonLine, type LogLine, type MirrorLog, mirrorLog } from "./logs.ts";
import { Outbox } from "./outbox.ts";
import { lockFolder } from "./processLock.ts";
import { Profiles } from "./profiles.ts";
import { registrationsIn } from "./registrations.ts";
import { queueingReporter } from "./reporter.ts";
import { sessionsIn } from "./sessions.ts";
import { openSqnLease, type SqnLease } from "./sqnLease.ts";
import { Subscribers } from "./subscribers.ts";
import { usageIn } from "./usage.ts";

export interface MirrorOptions {
  /** Folder of the mirror, the queue and the SQN lease; made when absent. One process at a time. */
  dataDir: string;
  /** 32 bytes: readStoreKey. */
  storeKey: Buffer;
  /** cloud: reports are queued for Firestore. folder: they are logged. */
  mode: "cloud" | "folder";
  log?: LogLine;
  now?: () => number;
}

export interface MirrorStats {
  subscribers: number;
  registrations: number;
  sessions: number;
  /** Reports not yet in the cloud. */
  queued: number;
  /** Reports dropped because the queue was full, and those set aside because the cloud refuses them; since the start. */
  dropped: number;
  setAside: number;
  /** Seconds between a change in the cloud and its being served here; while the cloud is silent, since it was heard last. Stand-alone: 0. */
  lagSeconds: number;
  /** Whether the source's state has been read whole at least once, so that an unknown subscriber is one. */
  synced: boolean;
}

/** What the feeds write to; not for the applications. */
export interface MirrorInside {
  environment: Environment;
  catalogue: CatalogueStore;
  equipment: Equipment;
  keyring: Keyring;
  profiles: Profiles;
  subscribers: Subscribers;
  outbox: Outbox;
  log: MirrorLog;
  now: () => number;
  /** Set by whoever follows the source. */
  lagSeconds: () => number;
}

export interface Mirror {
  directory: Directory;
  registrations: Registrations;
  sessions: Sessions;
  usage: Usage;
  reporter: Reporter;
  sqnLease: SqnLease;
  daemonId: string;
  /** IND of our SQNs, once the cloud gave one; kept for good. Undefined in folder mode. */
  sqnIndex(): number | undefined;
  stats(): MirrorStats;
  /** Waits for what is being written. Stop followers first. */
  close(): Promise<void>;
  inside: MirrorInside;
}

/** Opens the mirror and serves from it at once, whatever its source does. */
export function openMirror(options: MirrorOptions): Mirror {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(options.dataDir);
  const sqnLease = openSqnLease(options.dataDir);
  const environment = openEnvironment(options.dataDir);
  const log = mirrorLog(options.log ?? jsonLine);
  const catalogue = new CatalogueStore(environment.catalogue);
  const profiles = new Profiles(catalogue);
  const keyring = new Keyring(options.storeKey, environment.keys);
  const subscribers = new Subscribers(environment, profiles, keyring);
  const equipment = new Equipment(environment.equipment);
  const outbox = new Outbox(environment, log);
  const now = options.now ?? Date.now;
  const inside: MirrorInside = {
    ...{ environment, catalogue, equipment, keyring, profiles, subscribers, outbox, log, now },
    lagSeconds: () => 0,
  };
  const registrations = registrationsIn(environment);
  const sessions = sessionsIn(environment);
  const local = { inside, registrations, sessions };
  log.opened({ dataDir: options.dataDir, subscribers: subscribers.size, daemonId: environment.daemonId });
  return {
    directory: {
      subscriber: (imsi) => subscribers.get(imsi),
      tenant: (tenantId) => catalogue.get("tenant", tenantId),
      tenants: () => catalogue.all("tenant"),
      peer: (originHost) => catalogue.get("peer", originHost.toLowerCase()),
      equipment: (tenantId, imei) => equipment.find(tenantId, imei),
    },
    registrations,
    sessions,
    usage: usageIn(environment),
    reporter: options.mode === "cloud" ? queueingReporter(local) : loggingReporter(inside),
    sqnLease,
    daemonId: environment.daemonId,
    sqnIndex: () => environment.meta.get("sqnIndex") as number | undefined,
    stats: () => statsOf(inside),
    close: async () => {
      await environment.root.flushed;
      await environment.root.close();
      unlock();
    },
    inside,
  };
}

function statsOf({ environment, subscribers, outbox, lagSeconds }: MirrorInside): MirrorStats {
  return {
    subscribers: subscribers.size,
    registrations: environment.registrations.size,
    sessions: environment.sessions.size,
    ...outbox.stats(),
    lagSeconds: lagSeconds(),
    synced: environment.meta.get("synced") === true,
  };
}
