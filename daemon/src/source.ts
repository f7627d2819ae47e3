import { setTimeout as wait } from "node:timers/promises";
import { connect, type Feeds, keyServiceOf, longLived, openFeeds, openStore, type Store } from "@wisptools/store";
import type { Config, DiameterRole } from "./config.ts";
import type { TlsMaterial } from "./diameter/serverOptions.ts";
import { followCloud } from "./mirror/followCloud.ts";
import { followFolder } from "./mirror/followFolder.ts";
import { jsonLine } from "./mirror/logs.ts";
import type { Mirror } from "./mirror/openMirror.ts";
import { ownCertificate } from "./ownCertificate.ts";
import type { MirrorEvents } from "./records.ts";

/** Where subscribers come from, and what else comes from there. */
export interface Source {
  /** IND of our sequence numbers. */
  sqnIndex: number;
  /** Our certificate, renewed when it is due; undefined without a cloud. Peers are known by the fingerprints of theirs. */
  tls(): Promise<TlsMaterial | undefined>;
  /** The cloud itself; undefined in stand-alone mode. */
  cloud: CloudSource | undefined;
  close(): Promise<void>;
}

/** For roles that do more in the cloud than mirror it. */
export interface CloudSource {
  store: Store;
  feeds: Feeds;
  /** Whether the cloud was heard of lately. */
  isHeard(): boolean;
  /** Calls back when listeners have gone deaf and are to be started again. */
  onDeaf(restart: () => void): void;
}

const RETRY_MS = 5_000;

/** Resolves when there is something to serve from: for a warm mirror at once, whether the cloud answers or not. */
export async function openSource(
  config: Config,
  mirror: Mirror,
  events: MirrorEvents,
  peers: () => number,
): Promise<Source> {
  if ("projectId" in config.source) return cloudSource(config, config.source, mirror, events, peers);
  const follower = await followFolder(mirror, config.source, events);
  return { sqnIndex: config.sqnIndex, tls: async () => undefined, cloud: undefined, close: () => follower.close() };
}

async function cloudSource(
  { roles, dataDir, hss, pcrf }: Config,
  { projectId, kmsKey }: { projectId: string; kmsKey: string | undefined },
  mirror: Mirror,
  events: MirrorEvents,
  peers: () => number,
): Promise<Source> {
  // Only functions use the bucket.
  const platform = connect(projectId, `${projectId}.appspot.com`, longLived());
  const store = openStore(platform, keyServiceOf(platform, kmsKey));
  const follower = followCloud(mirror, { platform, store, roles, peers }, events);
  await follower.synced;
  const diameter = roles.filter((role): role is DiameterRole => role !== "remsim");
  const identities = [...new Set(diameter.map((role) => (role === "hss" ? hss : pcrf).identity))];
  const issue = (names: readonly string[], now: Date) =>
    store.certificateAuthorities.issueServerCertificate(names, now);
  const wantsTls = diameter.some((role) => (role === "hss" ? hss : pcrf).listen.some(({ tls }) => tls));
  return {
    sqnIndex: await follower.sqnIndex,
    tls: async () => {
      if (!wantsTls) return undefined;
      const { certificatePem, keyPem } = await ownCertificate(dataDir, identities, issue, new Date());
      return { cert: certificatePem, key: keyPem };
    },
    cloud: {
      ...{ store, feeds: openFeeds(platform, store) },
      isHeard: () => follower.isHeard(),
      onDeaf: (restart) => follower.onDeaf(restart),
    },
    close: () => follower.close(),
  };
}

/** The first certificate: a new daemon waits for the cloud to issue it. */
export async function firstTls(source: Source): Promise<TlsMaterial | undefined> {
  for (;;) {
    try {
      return await source.tls();
    } catch (error) {
      jsonLine("warning", "no certificate yet", { error: String(error), retryInMs: RETRY_MS });
      await wait(RETRY_MS);
    }
  }
}
