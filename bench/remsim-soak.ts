// 1,000 remote-SIM routers that send a heartbeat each minute to one plain process, and beside each heartbeat, at the same pace and on the same
// emulator, what it costs at least: a read and a conditional write of a document as large.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { paths, type RemsimClient, type TenantId } from "@wisptools/core";
import { beatOf, evenly, type FleetRouter, makeFleet } from "../functions/src/testing/heartbeatFleet.ts";
import { makeTenant, startWorld, type World } from "../functions/src/testing/world.ts";
import { Histogram } from "./hss/histogram.ts";

export const emulators = ["auth", "firestore", "storage"];
export const seed = false;

const CLIENTS = 1000;
const MINUTE_MS = 60_000;
/** The first minute warms up: logins and settings are read, code is compiled. */
const MINUTES = 4;

interface Served {
  url: string;
  tenantId: TenantId;
  fleet: FleetRouter[];
}

/** The server side alone in its own process, as one function instance is. */
async function serve(): Promise<void> {
  const world = await startWorld();
  const tenant = await makeTenant(world.deps);
  const fleet = await makeFleet(world.deps, tenant, CLIENTS);
  process.on("message", () => process.send?.({ ...world.deps.store.meter }));
  process.send?.({ url: world.url, tenantId: tenant.id, fleet } satisfies Served);
}

type Child = ReturnType<typeof fork>;

function answer<T>(child: Child): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

function meterOf(child: Child): Promise<{ reads: number; writes: number }> {
  const meter = answer<{ reads: number; writes: number }>(child);
  child.send("meter");
  return meter;
}

/** The peer: documents like the clients', in another tenant, read and written with the store and nothing else. */
async function bareDocuments(world: World): Promise<(n: number, minute: number) => Promise<void>> {
  const tenant = await makeTenant(world.deps);
  const fleet = await makeFleet(world.deps, tenant, CLIENTS);
  return async (n, minute) => {
    const stored = await world.deps.store.remsimClients.need("client", tenant.id, (fleet[n] as FleetRouter).key);
    const at = new Date();
    const sample = {
      at: at.getTime(),
      uptime: minute * 60,
      tpdusSent: minute,
      tpdusReceived: minute,
      signal: { rsrp: -97, rsrq: -11 },
    };
    const changes = {
      samples: [...stored.data.samples, sample],
      heartbeatAt: at,
      leaseUntil: new Date(at.getTime() + 300_000),
    };
    await world.deps.store.write().update(stored, changes).commit();
  };
}

async function timed(histogram: Histogram, act: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await act();
  histogram.add(performance.now() - start);
}

export async function run(): Promise<Record<string, number>> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const { url, tenantId, fleet } = await answer<Served>(child);
  const world = await startWorld();
  const bare = await bareDocuments(world);
  const [ours, peer] = [new Histogram(), new Histogram()];
  let failed = 0;
  let before = await meterOf(child);
  const beat = async (router: FleetRouter, minute: number) => {
    if ((await beatOf(url, router, minute)) !== 200) failed++;
  };
  for (let minute = 0; minute < MINUTES; minute++) {
    if (minute === 1) before = await meterOf(child);
    const [mine, theirs] = minute === 0 ? [new Histogram(), new Histogram()] : [ours, peer];
    await evenly(fleet, MINUTE_MS, async (router, n) => {
      // In turns, so that neither waits for the other.
      await (n % 2 === 0 ? timed(mine, () => beat(router, minute)) : timed(theirs, () => bare(n, minute)));
      await (n % 2 === 0 ? timed(theirs, () => bare(n, minute)) : timed(mine, () => beat(router, minute)));
    });
  }
  const after = await meterOf(child);
  const clients = (await world.deps.store.raw(paths.remsimClients(tenantId))) as RemsimClient[];
  const right = clients.filter(({ state, samples }) => state === "connected" && samples.length === MINUTES);
  child.kill();
  await world.close();
  return {
    clients: CLIENTS,
    minutes: MINUTES - 1,
    heartbeats: ours.count,
    failed,
    clients_in_wrong_state: CLIENTS - right.length,
    heartbeat_p50_ms: round2(ours.percentile(0.5)),
    heartbeat_p95_ms: round2(ours.percentile(0.95)),
    heartbeat_p99_ms: round2(ours.percentile(0.99)),
    bare_p50_ms: round2(peer.percentile(0.5)),
    bare_p95_ms: round2(peer.percentile(0.95)),
    bare_p99_ms: round2(peer.percentile(0.99)),
    ratio_p50: round2(ours.percentile(0.5) / peer.percentile(0.5)),
    reads_per_heartbeat: round2((after.reads - before.reads) / ours.count),
    writes_per_heartbeat: round2((after.writes - before.writes) / ours.count),
  };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

if (process.argv[2] === "serve") await serve();
