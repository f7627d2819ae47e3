import { mkdirSync } from "node:fs";
import type { Application, ApplicationParts } from "./application.ts";
import type { Config } from "./config.ts";
import { gauges } from "./gauges.ts";
import { hssApplication } from "./hssApplication.ts";
import { listenManagement, type Management } from "./managementApi.ts";
import { Metrics } from "./metrics.ts";
import { jsonLine } from "./mirror/logs.ts";
import { type Mirror, openMirror } from "./mirror/openMirror.ts";
import { readStoreKey } from "./mirror/storeKey.ts";
import { pcrfApplication } from "./pcrfApplication.ts";
import type { MirrorEvents } from "./records.ts";
import { RemsimRole } from "./remsim/remsimRole.ts";
import { firstTls, openSource, type Source } from "./source.ts";
import { Supervisor } from "./supervisor.ts";

export interface RunningDaemon {
  /** Says goodbye to every peer, lets answers under way go out, writes what is queued. */
  stop(deadlineMs: number): Promise<void>;
}

/** How often the daemon looks whether its certificate is due. */
const RENEWAL_MS = 6 * 3_600_000;

/** The composition root: opens the mirror, serves the roles, follows the source. */
export async function startDaemon(config: Config): Promise<RunningDaemon> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const supervisor = new Supervisor(process.env);
  const storeKey = readStoreKey(config.dataDir, config.storeKeyFile);
  const mirror = openMirror({
    ...{ dataDir: config.dataDir, storeKey },
    mode: "folder" in config.source ? "folder" : "cloud",
    log: jsonLine,
  });
  const applications: Application[] = [];
  const metrics = new Metrics();
  for (const gauge of gauges(mirror, applications)) metrics.gauge(gauge);
  let listening = false;
  const api = await listenManagement(
    managementOf(config, mirror, applications, metrics, () => listening),
    config.api,
  );
  const events = eventsFor(applications);
  const source = await openSource(config, mirror, events, () => count(applications));
  const parts: ApplicationParts = { config, mirror, metrics, log: jsonLine, tls: await firstTls(source) };
  if (config.roles.includes("hss")) applications.push(hssApplication(parts, source.sqnIndex));
  if (config.roles.includes("pcrf")) applications.push(pcrfApplication(parts));
  const remsim = remsimRole(parts, storeKey, source);
  await Promise.all([...applications.map(({ server }) => server.listen()), remsim?.start()]);
  listening = true;
  const renewal = setInterval(() => void updateTls(source, applications), RENEWAL_MS);
  for (const { name, server } of applications)
    jsonLine("info", "listening", { application: name, at: server.addresses });
  supervisor.ready();
  return {
    stop: async (deadlineMs) => {
      supervisor.stopping();
      clearInterval(renewal);
      await Promise.all([...applications.map(({ server }) => server.stop(deadlineMs)), remsim?.stop(deadlineMs)]);
      for (const application of applications) application.stop();
      await source.close();
      await mirror.close();
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}

function remsimRole(
  { config, metrics, log }: ApplicationParts,
  storeKey: Buffer,
  { cloud }: Source,
): RemsimRole | undefined {
  if (!cloud || !config.roles.includes("remsim")) return undefined;
  const { store, feeds } = cloud;
  const { remsim, dataDir } = config;
  const hearsCloud = () => cloud.isHeard();
  const role = new RemsimRole({ config: remsim, dataDir, storeKey, store, feeds, hearsCloud, metrics, log });
  cloud.onDeaf(() => role.restartFeeds());
  return role;
}

function count(applications: readonly Application[]): number {
  return applications.reduce((sum, { server }) => sum + server.peers().length, 0);
}

/** What the mirror tells goes to every application. */
function eventsFor(applications: readonly Application[]): MirrorEvents {
  return {
    profilesChanged: (tenantId, imsis) => {
      for (const each of applications) each.profilesChanged(tenantId, imsis);
    },
    registrationsChanged: (imsis, superseded) => {
      for (const each of applications) each.registrationsChanged(imsis, superseded);
    },
    tenantsChanged: () => {
      for (const each of applications) each.tenantsChanged();
    },
    peersChanged: () => {
      for (const { server } of applications) server.recheck();
    },
    holds: (command) => applications.some((each) => each.holds(command)),
    command: (command) => runCommand(applications, command),
  };
}

/** Every application that can runs it: sessions are ended by both. */
async function runCommand(
  applications: readonly Application[],
  command: Parameters<MirrorEvents["command"]>[0],
): ReturnType<MirrorEvents["command"]> {
  const holding = applications.filter((each) => each.holds(command));
  const answers = await Promise.all(holding.map((each) => each.command(command)));
  const results = answers.filter((each) => each !== undefined);
  if (results.length === 0) return undefined;
  return { done: results.some(({ done }) => done), result: results.map(({ result }) => result).join("; ") };
}

async function updateTls(source: Source, applications: readonly Application[]): Promise<void> {
  try {
    const material = await source.tls();
    if (material) for (const { server } of applications) server.updateTls(material);
  } catch (error) {
    jsonLine("error", "certificates not renewed", { error: String(error) });
  }
}

function managementOf(
  { roles }: Config,
  mirror: Mirror,
  applications: readonly Application[],
  metrics: Metrics,
  isListening: () => boolean,
): Management {
  return {
    ready: () => {
      const isDiameter = roles.some((role) => role !== "remsim");
      if (isDiameter && !mirror.stats().synced)
        return { ready: false, reason: "the mirror is empty: nothing has been read from its source yet" };
      return isListening() ? { ready: true, reason: "" } : { ready: false, reason: "starting" };
    },
    peers: () =>
      applications.flatMap(({ name, server }) =>
        server.peers().map(({ originHost, address, tls, since, context, counters }) => ({
          application: name,
          originHost,
          address,
          tls: tls !== undefined,
          since,
          tenantId: context.tenantId,
          role: context.role,
          ...counters,
        })),
      ),
    cache: () => ({ daemonId: mirror.daemonId, sqnIndex: mirror.sqnIndex(), ...mirror.stats() }),
    metrics: () => metrics.text(),
  };
}
