// npm run check: format, lint, import walls and cycles, types, shell. Prints every failure, not the first alone.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { breachesIn } from "./importWalls.ts";
import { command } from "./lifetime.ts";
import { BIN, ROOT } from "./places.ts";
import { shapeFaults } from "./shape.ts";

export type Outcome = { name: string; ok: boolean; seconds: number; output: string };
type Step = { name: string; run: () => Promise<{ ok: boolean; output: string }> };

/** Tracked files and new ones that git does not ignore, without those deleted but not yet committed. */
async function repositoryFiles(): Promise<string[]> {
  const { output } = await program("git", ["ls-files", "-co", "--exclude-standard", "-z"]);
  return [...new Set(output.split("\0"))].filter((file) => file !== "" && existsSync(`${ROOT}/${file}`));
}

function program(path: string, args: string[], cwd = ROOT): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { cwd, env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.once("error", (error) => resolve({ ok: false, output: `cannot run ${path}: ${error.message}` }));
    child.once("close", (status) => resolve({ ok: status === 0, output }));
  });
}

function faults(list: string[]): { ok: boolean; output: string } {
  return { ok: list.length === 0, output: list.join("\n") };
}

function shellFiles(files: string[]): string[] {
  return files.filter((file) => {
    if (/^(scripts|tests|\.ci)\/.*\.sh$/.test(file)) return true;
    if (!/^(scripts\/device\/|\.ci\/)/.test(file)) return false;
    return /^#!\/(usr\/)?bin\/(env )?(ba|da)?sh\b/.test(readFileSync(`${ROOT}/${file}`, "utf8").slice(0, 40));
  });
}

function steps(files: string[]): Step[] {
  const tsc = { name: "types", run: () => program(`${BIN}/tsc`, ["--noEmit", "-p", ROOT]) };
  const svelte = {
    name: "svelte types",
    run: () =>
      program(`${BIN}/svelte-check`, ["--tsconfig", "./tsconfig.json", "--output", "human"], `${ROOT}/hosting`),
  };
  const shell = shellFiles(files);
  return [
    tsc, // the slow ones first: two run at a time
    ...(existsSync(`${ROOT}/hosting/tsconfig.json`) ? [svelte] : []),
    {
      name: "format and lint",
      run: () =>
        program(`${BIN}/biome`, [
          "ci",
          "--colors=off",
          "--error-on-warnings",
          "--diagnostic-level=warn",
          "--max-diagnostics=200",
        ]),
    },
    { name: "import walls", run: async () => faults(breachesIn(ROOT, files)) },
    { name: "shape of the repository", run: async () => faults(shapeFaults(ROOT, files)) },
    { name: "shell", run: () => program("shellcheck", ["--external-sources", "--source-path=SCRIPTDIR", ...shell]) },
  ];
}

export async function runChecks(): Promise<Outcome[]> {
  const queue = steps(await repositoryFiles());
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let step = queue.shift(); step; step = queue.shift()) {
      const begun = performance.now();
      const { ok, output } = await step.run();
      const seconds = (performance.now() - begun) / 1000;
      outcomes.push({ name: step.name, ok, seconds, output });
      console.log(
        `${ok ? "ok    " : "FAILED"} ${step.name} (${seconds.toFixed(1)} s)${ok ? "" : `\n${output.trimEnd()}\n`}`,
      );
    }
  };
  await Promise.all([worker(), worker()]);
  return outcomes;
}

if (import.meta.main) await command(async () => ((await runChecks()).every(({ ok }) => ok) ? 0 : 1));
