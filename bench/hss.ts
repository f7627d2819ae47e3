// How fast the daemon authenticates, and what it costs to hold a million subscribers. The daemon is on core 0, the load on
// core 1. In the same run: a server that does nothing but answer, the cryptography alone, and freeDiameter.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeDiameter } from "./hss/freeDiameter.ts";
import type { LoadFigures, LoadOptions } from "./hss/load.ts";
import type { Kind } from "./hss/loadPeer.ts";
import { figuresOf, LOAD_CORE, listening, memoryOf, pinned, SERVER_CORE, stop } from "./hss/pinned.ts";
import { HSS, REALM } from "./hss/subscribers.ts";

/** AIRs a second that one core must manage at the least. */
const PROMISED_PER_SECOND = 20_000;

export const emulators = [];

/** WISPTOOLS_BENCH_SUBSCRIBERS for a quick look; the figures that count are those of a million. */
const SUBSCRIBERS = Number(process.env.WISPTOOLS_BENCH_SUBSCRIBERS ?? 1_000_000);
const SECONDS = Number(process.env.WISPTOOLS_BENCH_SECONDS ?? 15);
const PORT = 3868 + Number(process.env.WISPTOOLS_PORT_OFFSET ?? 0) + 10_000;
const API_PORT = PORT + 1;
/** A store of so many subscribers to keep, or to take if it is there: making one takes minutes. */
const STORE = process.env.WISPTOOLS_BENCH_STORE;
/** Where to leave the daemon's CPU profile; only for looking into. */
const PROFILE = process.env.WISPTOOLS_BENCH_PROFILE;
const MAIN = join(import.meta.dirname, "../daemon/src/main.ts");
const START_LIMIT_MS = 120_000;
const CONNECTIONS = 4;
const WINDOW = 256;
/** freeDiameter answers a batch before it sends, and waits for acknowledgements: it needs more on the way. */
const DWR_WINDOW = 16_384;

interface Served {
  /** ms from the start of the process to its first accepted connection. */
  startMs: number;
  memory: ReturnType<typeof memoryOf>;
  pid: number;
}

/** Runs a server on its core while `work` uses it. */
async function serving<Result>(argv: readonly string[], work: (served: Served) => Promise<Result>): Promise<Result> {
  const begun = performance.now();
  const child = pinned(SERVER_CORE, argv);
  child.stdout?.resume();
  try {
    await listening(PORT, child, START_LIMIT_MS);
    const pid = child.pid as number;
    return await work({ pid, startMs: performance.now() - begun, memory: memoryOf(pid) });
  } finally {
    await stop(child);
  }
}

async function load(serverPid: number, kind: Kind, rate = 0, seconds = SECONDS): Promise<LoadFigures> {
  const options: LoadOptions = {
    ...{ port: PORT, kind, rate, seconds, serverPid },
    ...{
      subscribers: SUBSCRIBERS,
      connections: CONNECTIONS,
      window: kind === "dwr" ? DWR_WINDOW : WINDOW,
      warmUpSeconds: 3,
    },
  };
  const figures = await figuresOf<LoadFigures>(LOAD_CORE, "load.ts", JSON.stringify(options));
  if (figures.fault !== undefined) throw new Error(`under load: ${figures.fault}`);
  return figures;
}

async function daemon(folder: string) {
  const dataDir = STORE ?? join(folder, "data");
  const empty = join(folder, "subscribers");
  mkdirSync(empty);
  if (!existsSync(dataDir)) await figuresOf(SERVER_CORE, "prepare.ts", dataDir, String(SUBSCRIBERS));
  const argv = [
    ...[process.execPath, ...(PROFILE ? ["--cpu-prof", `--cpu-prof-dir=${PROFILE}`] : [])],
    ...[MAIN, "--roles", "hss", "--data", dataDir, "--subscribers", empty, "--trust-peers"],
    ...["--realm", REALM, "--hss-identity", HSS, "--hss-listen", `127.0.0.1:${PORT}`],
    ...["--api-listen", `127.0.0.1:${API_PORT}`, "--peer-rate", "10000000"],
  ];
  return serving(argv, async ({ startMs, memory, pid }) => {
    const most = await load(pid, "air");
    const half = await load(pid, "air", Math.round(most.perSecond / 2));
    const promised = await load(pid, "air", PROMISED_PER_SECOND / 2);
    const dwr = await load(pid, "dwr", 0, SECONDS / 3);
    return { startMs, memory, most, half, promised, dwr, after: memoryOf(pid) };
  });
}

/** What the machine takes from both cores while nothing else runs: the floor under the latencies. */
async function machine(): Promise<{ worst: number; lost: number }> {
  const spin = (core: number) => figuresOf<{ worst: number; lost: number }>(core, "spin.ts", "5");
  const [server, generator] = await Promise.all([spin(SERVER_CORE), spin(LOAD_CORE)]);
  return { worst: Math.max(server.worst, generator.worst), lost: Math.max(server.lost, generator.lost) };
}

const round = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits;

export async function run(): Promise<Record<string, number | string>> {
  const folder = mkdtempSync(`${tmpdir()}/wisptools-bench-hss-`);
  try {
    const before = await machine();
    const ours = await daemon(folder);
    const naive = await serving(
      [process.execPath, join(import.meta.dirname, "hss/naive.ts"), String(PORT)],
      ({ pid }) => load(pid, "naive", 0, SECONDS / 3),
    );
    const crypto = await figuresOf<{ perSecond: number; perCpuSecond: number }>(SERVER_CORE, "crypto.ts", "3");
    const theirs = freeDiameter(folder, PORT);
    const freeDwr = theirs && (await serving(theirs, ({ pid }) => load(pid, "dwr", 0, SECONDS / 3)));
    const { most, half, promised, dwr } = ours;
    return {
      subscribers: SUBSCRIBERS,
      air_per_second: most.perSecond,
      air_per_cpu_second: round(most.perSecond / most.serverCpu),
      server_cpu: round(most.serverCpu, 2),
      load_cpu: round(most.ownCpu, 2),
      verified_by_usim: most.verified + half.verified,
      half_load_per_second: half.perSecond,
      half_load_p50_ms: round(half.p50, 2),
      half_load_p99_ms: round(half.p99, 2),
      half_load_worst_ms: round(half.worst, 1),
      half_load_generator_worst_ms: round(half.ownWorst, 1),
      half_load_generator_collection_ms: round(half.ownCollection, 1),
      half_promised_p50_ms: round(promised.p50, 2),
      half_promised_p99_ms: round(promised.p99, 2),
      half_promised_worst_ms: round(promised.worst, 1),
      half_promised_generator_worst_ms: round(promised.ownWorst, 1),
      machine_pause_worst_ms: round(before.worst, 1),
      machine_pause_share: round(before.lost, 3),
      naive_per_second: naive.perSecond,
      naive_per_cpu_second: round(naive.perSecond / naive.serverCpu),
      ratio_to_naive: round(most.perSecond / naive.perSecond, 2),
      vectors_per_second: crypto.perSecond,
      vectors_per_cpu_second: crypto.perCpuSecond,
      ratio_to_vectors: round(most.perSecond / crypto.perSecond, 2),
      dwr_per_second: dwr.perSecond,
      dwr_per_cpu_second: round(dwr.perSecond / dwr.serverCpu),
      ...(freeDwr
        ? {
            freediameter_dwr_per_second: freeDwr.perSecond,
            freediameter_dwr_per_cpu_second: round(freeDwr.perSecond / freeDwr.serverCpu),
            dwr_ratio_to_freediameter: round(dwr.perSecond / freeDwr.perSecond, 2),
          }
        : { freediameter: "not installed" }),
      start_ms: round(ours.startMs),
      rss_after_start_mb: round(ours.memory.rss),
      rss_after_load_mb: round(ours.after.rss),
      rss_anonymous_mb: round(ours.after.anonymous),
      rss_peak_mb: round(ours.after.peak),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
