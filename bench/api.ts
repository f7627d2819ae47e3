// What our code adds to the database's own cost: signed submits to one plain process, next to bare Firestore document
// updates from the same kind of process, in turns, on the same emulator.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { api, type Epc, EpcId, type TenantId } from "@wisptools/core";
import { registerBox } from "../functions/src/operations/registerBox.ts";
import { type Credentials, deviceCall, registration } from "../functions/src/testing/client.ts";
import { makeTenant, startWorld, type World } from "../functions/src/testing/world.ts";

export const emulators = ["auth", "firestore", "storage"];
export const seed = false;

/** So many that none of them reaches its rate limit. */
const DEVICES = 512;
const PARALLEL = 16;
const ROUNDS = 5;
const ROUND_MS = 4000;

const REPORT = {
  version: { open5gs: "2.7.2", metrics_agent: "1.0.0", os: "Debian 12" },
  uptime_seconds: 3600,
  system: { cpu_percent: 12.5, memory_percent: 40, disk_percent: 55, load_average: [0.5, 0.4, 0.3] },
  components: { mme: "running", sgwc: "running", sgwu: "running", smf: "running", upf: "running" },
  subscribers: { active_sessions: 7, total_connected: 9 },
  enb_stats: [{ s1_ip: "10.0.0.5", cellid: "256", status: "connected" }],
  throughput: { down_bps: 1e6, up_bps: 2e5 },
};

interface Round {
  count: number;
  latencies: number[];
}

/** Runs `act(n)` from PARALLEL loops until the time is up. Loop k owns the devices k, k+PARALLEL, …: no two write one document. */
async function round(act: (device: number) => Promise<void>): Promise<Round> {
  const end = performance.now() + ROUND_MS;
  const latencies: number[] = [];
  const loop = async (k: number) => {
    for (let n = 0; performance.now() < end; n++) {
      const start = performance.now();
      await act(k + PARALLEL * (n % (DEVICES / PARALLEL)));
      latencies.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: PARALLEL }, (_, k) => loop(k)));
  return { count: (latencies.length * 1000) / (performance.now() - start), latencies };
}

/** The server side alone in its own process, as one function instance is. */
async function serve(): Promise<void> {
  const world = await startWorld();
  const { devices } = await enrol(world, DEVICES);
  process.on("message", () => process.send?.({ ...world.deps.store.meter }));
  process.send?.({ url: world.url, devices } satisfies Server);
}

interface Server {
  url: string;
  devices: Credentials[];
}

async function enrol(world: World, count: number): Promise<{ tenant: TenantId; devices: Credentials[] }> {
  const tenant = await makeTenant(world.deps);
  const caller = {
    address: "127.0.0.1",
    tenantHeader: tenant.id,
    tokenHeader: tenant.token,
    location: undefined,
    device: undefined,
  };
  const devices: Credentials[] = [];
  while (devices.length < count) {
    const batch = Array.from({ length: 8 }, () =>
      registerBox(world.deps, caller, api.Registration.parse(registration())),
    );
    devices.push(...(await Promise.all(batch)).map(({ reply }) => reply as api.Registered));
  }
  return { tenant: tenant.id, devices: devices.slice(0, count) };
}

function started<T>(child: ReturnType<typeof fork>): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

/** The peer: reading an EPC's document and writing it whole again, with the Admin SDK and nothing else. */
async function bareDocuments(world: World): Promise<(device: number) => Promise<void>> {
  const { tenant, devices } = await enrol(world, 1);
  const epc = (await world.deps.store.epcs.need("EPC", tenant, EpcId.parse(devices[0]?.epc_id))).data;
  const path = (device: number) => `bench/epc${device}`;
  await Promise.all(Array.from({ length: DEVICES }, (_, n) => world.deps.store.write().merge(path(n), epc).commit()));
  const { recent: _, ...changes } = { ...epc, latest: { at: 1, cpu: 12.5 } } as Epc;
  return async (device) => {
    await world.deps.store.rawDocument(path(device));
    await world.deps.store.write().patch(path(device), changes).commit();
  };
}

const percentile = (values: number[], p: number) => values.sort((a, b) => a - b)[Math.floor(values.length * p)] ?? 0;
const median = (values: number[]) => percentile(values, 0.5);

export async function run(): Promise<Record<string, number>> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const server = await started<Server>(child);
  const world = await startWorld();
  const submit = async (device: number) => {
    const { status } = await deviceCall(
      server.url,
      server.devices[device] as Credentials,
      "POST",
      "/api/metrics/submit",
      REPORT,
    );
    if (status === 429) rejected++;
    else if (status !== 200) throw new Error(`submit answered ${status}`);
  };
  let rejected = 0;
  const bare = await bareDocuments(world);
  await round(submit);
  await round(bare);
  const before = await meterOf(child);
  const ours: Round[] = [];
  const peer: Round[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    ours.push(await round(submit));
    peer.push(await round(bare));
  }
  const after = await meterOf(child);
  child.kill();
  await world.close();
  const requests = ours.reduce((sum, one) => sum + one.latencies.length, 0) - rejected;
  return {
    submit_per_second: Math.round(median(ours.map((one) => one.count))),
    bare_read_and_write_per_second: Math.round(median(peer.map((one) => one.count))),
    ratio: round2(median(ours.map((one, n) => one.count / (peer[n]?.count ?? 1)))),
    submit_p50_ms: round2(median(ours.flatMap((one) => one.latencies))),
    submit_p99_ms: round2(
      percentile(
        ours.flatMap((one) => one.latencies),
        0.99,
      ),
    ),
    bare_p50_ms: round2(median(peer.flatMap((one) => one.latencies))),
    bare_p99_ms: round2(
      percentile(
        peer.flatMap((one) => one.latencies),
        0.99,
      ),
    ),
    reads_per_submit: round2((after.reads - before.reads) / requests),
    writes_per_submit: round2((after.writes - before.writes) / requests),
    rate_limited: rejected,
  };
}

function meterOf(child: ReturnType<typeof fork>): Promise<{ reads: number; writes: number }> {
  const answer = started<{ reads: number; writes: number }>(child);
  child.send("meter");
  return answer;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

if (process.argv[2] === "serve") await serve();
