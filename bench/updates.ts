// How long a repository takes to take packages in and publish them, and to publish again after one was added; in the same run
// apt-ftparchive, aptly and reprepro do the same with the same packages. Ours are the operations and the store of the
// functions, bundled as they are, on files (updates/fileCloud.ts): inspected, hashed, linked into the pool, one document
// each, then the publication with its indexes, signatures and audit. Left out are HTTP, the network and the emulators.
// "ours" is a process that runs, as an instance of the functions does, and has published so often before that what it runs
// is compiled; it takes packages in with two threads. "ours-cold" is a process for each act, from its start to its end, as
// the peers' are.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { bundleOurs } from "./updates/bundle.ts";
import { checkOurs, checkPeer, oursTool } from "./updates/check.ts";
import { writePackages } from "./updates/packages.ts";
import { PEERS, type Tool } from "./updates/peers.ts";
import { type Act, Service } from "./updates/service.ts";

export const emulators = [];

/** WISPTOOLS_BENCH_PACKAGES=1000 for a quick look. */
const SIZES = (process.env.WISPTOOLS_BENCH_PACKAGES ?? "1000,10000").split(",").map(Number);
const ROUNDS = Number(process.env.WISPTOOLS_BENCH_ROUNDS ?? 5);
/** Packages that are added one after the other, in each round. */
const ADDED = 3;
/** Packages that the running process has taken in before, so many times: what it runs is compiled by then. */
const WARM_UP = 2000;
const WARM_UPS = 20;
const QUIET_MS = 500;

/** CPU of all children that have ended, in seconds (proc(5): cutime and cstime, in ticks of 10 ms). */
function childrenCpu(): number {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function act(script: string, cwd: string, env: Record<string, string>): Act {
  const cpu = childrenCpu();
  const begun = performance.now();
  const { status, stderr } = spawnSync("sh", ["-ec", script], {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(`${script}\nended with ${status}: ${stderr}`);
  return { seconds, cpuSeconds: childrenCpu() - cpu };
}

/** A key without a passphrase, in a home of its own. */
function signingKey(home: string): string {
  mkdirSync(home, { mode: 0o700 });
  process.env.GNUPGHOME = home;
  const parameters = ["--batch", "--passphrase", "", "--quick-gen-key", "bench@example.org", "ed25519", "sign", "0"];
  execFileSync("gpg", parameters, { stdio: "ignore" });
  const listed = execFileSync("gpg", ["--with-colons", "--list-keys"], { encoding: "utf8" });
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1];
  if (!fingerprint) throw new Error("gpg made no key");
  execFileSync("gpg", ["--export", "-o", join(home, "keyring.gpg")]);
  return fingerprint;
}

/**
 * Until whoever is measured next has the machine for itself. By another program, so that whoever comes first reads from memory
 * as the others do; then a while, for this process collects garbage with as many threads as there are cores.
 */
async function quiet(folder: string): Promise<void> {
  execFileSync("sh", ["-c", 'cat "$1"/* > /dev/null', "sh", folder]);
  await setTimeout(QUIET_MS);
}

interface Acts {
  ingest: Act[];
  add: Act[];
}

interface Input {
  packages: string;
  extra: string[];
  size: number;
}

/** One round of one tool, in a new folder; what it made is checked. Ours is done by the service if there is one. */
async function round(tool: Tool, folder: string, key: string, input: Input, acts: Acts, service?: Service) {
  const { packages, extra, size } = input;
  mkdirSync(folder);
  tool.prepare(folder, key);
  const env = { PACKAGES: packages, KEY: key };
  await quiet(packages);
  acts.ingest.push(service ? await service.act("ingest", folder, packages) : act(tool.ingest, folder, env));
  for (const deb of extra) {
    acts.add.push(service ? await service.act("add", folder, deb) : act(tool.add, folder, { ...env, DEB: deb }));
  }
  console.error(
    `${tool.name}, ${size} packages: ${[acts.ingest.at(-1), ...acts.add.slice(-extra.length)].map((one) => `${one?.seconds.toFixed(2)} s (CPU ${one?.cpuSeconds.toFixed(2)})`).join(", ")}`,
  );
  const check = tool.name.startsWith("ours") ? checkOurs : checkPeer;
  await check(tool, folder, size + extra.length);
  rmSync(folder, { recursive: true });
}

/** A service that has published before: some packages, into folders of their own. */
async function warmService(program: string, folder: string): Promise<Service> {
  const service = new Service(program);
  const packages = join(folder, "warm-up-packages");
  await writePackages(packages, 0, WARM_UP);
  for (let n = 0; n < WARM_UPS; n++) {
    const repository = join(folder, `warm-up-${n}`);
    mkdirSync(repository);
    await service.act("prepare", repository);
    await service.act("ingest", repository, packages);
    rmSync(repository, { recursive: true });
  }
  rmSync(packages, { recursive: true });
  return service;
}

function missing(tools: readonly Tool[]): string[] {
  const absent = tools.filter(({ needs: [program] }) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
  return [...new Set(absent.map(({ needs: [, debianPackage] }) => debianPackage))];
}

function median(acts: readonly Act[], value: (one: Act) => number): number {
  const sorted = acts.map(value).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const rounded = (value: number) => Math.round(value * 100) / 100;

function figuresOf(size: number, all: ReadonlyMap<string, Acts>): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const kind of ["ingest", "add"] as const) {
    const seconds = new Map([...all].map(([name, acts]) => [name, median(acts[kind], (one) => one.seconds)]));
    for (const [name, acts] of all) {
      const label = name.replaceAll("-", "_");
      figures[`${kind}_${size}_${label}_seconds`] = rounded(seconds.get(name) ?? 0);
      figures[`${kind}_${size}_${label}_cpu_seconds`] = rounded(median(acts[kind], (one) => one.cpuSeconds));
      if (!name.startsWith("ours")) {
        figures[`${kind}_${size}_ratio_to_${label}`] = rounded((seconds.get(name) ?? 0) / (seconds.get("ours") ?? 1));
        figures[`${kind}_${size}_cold_ratio_to_${label}`] = rounded(
          (seconds.get(name) ?? 0) / (seconds.get("ours-cold") ?? 1),
        );
      }
    }
  }
  return figures;
}

export async function run(): Promise<Record<string, number | string>> {
  const absent = missing(PEERS);
  if (absent.length > 0) throw new Error(`install the peers first: apt-get install ${absent.join(" ")} gnupg`);
  const folder = mkdtempSync(join(tmpdir(), "wisptools-bench-updates-"));
  const key = signingKey(join(folder, "gnupg"));
  let service: Service | undefined;
  try {
    const program = await bundleOurs(join(folder, "program"));
    service = await warmService(program, folder);
    const tools = [oursTool("ours", program), oursTool("ours-cold", program), ...PEERS];
    const figures: Record<string, number> = { rounds: ROUNDS };
    for (const size of SIZES) {
      const packages = join(folder, `packages-${size}`);
      await writePackages(packages, 0, size);
      const extra: string[] = [];
      for (let n = 0; n < ADDED; n++) extra.push(await writePackages(join(folder, "extra"), size + n, size + n + 1));
      const all = new Map(tools.map(({ name }): [string, Acts] => [name, { ingest: [], add: [] }]));
      // In turns, so that a machine that is busy for a while is so for all of them.
      for (let n = 0; n < ROUNDS; n++) {
        for (const tool of tools) {
          const acts = all.get(tool.name);
          const by = tool.name === "ours" ? service : undefined;
          if (acts)
            await round(tool, join(folder, `${tool.name}-${size}-${n}`), key, { packages, extra, size }, acts, by);
        }
      }
      Object.assign(figures, figuresOf(size, all));
      rmSync(packages, { recursive: true });
    }
    return figures;
  } finally {
    service?.stop();
    spawnSync("gpgconf", ["--kill", "all"]);
    rmSync(folder, { recursive: true, force: true });
  }
}
