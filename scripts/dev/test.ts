// npm test [-- --quick]: every part of the tests, one table, and as last line exactly "N passed, N failed".
import { cpSync, globSync, mkdirSync, rmSync } from "node:fs";
import { buildFor } from "./build.ts";
import { runChecks } from "./check.ts";
import { type Counts, countTap, countVitest, sum } from "./counts.ts";
import { command } from "./lifetime.ts";
import { ARTEFACTS, BIN, CACHE, ROOT } from "./places.ts";
import { SERVICES } from "./ports.ts";
import { run, runLogged } from "./processes.ts";
import { startStack } from "./stack.ts";

type Env = Record<string, string>;
type Part = { name: string; files?: string; run: (env: Env) => Promise<Counts> };
type Row = { part: string; passed: number; failed: number; seconds: number };

const NOTHING: Counts = { passed: 0, failed: 0, notes: [] };

const vitest = (project: string, files: string): Part => ({
  name: project,
  files,
  run: async (env) => {
    const report = `${ARTEFACTS}/${project}.json`;
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const status = await run([`${BIN}/node`, `${BIN}/vitest`, "run", "--project", project, ...reporters], { env });
    return countVitest(report, status);
  },
});

const bats = (name: string, isMine: (file: string) => boolean): Part => ({
  name,
  files: "tests/shell/*.bats",
  run: async (env) => {
    const files = globSync("tests/shell/*.bats", { cwd: ROOT }).filter(isMine).sort();
    const { status, output } = await runLogged(
      ["bats", "--formatter", "tap", ...files],
      `${ARTEFACTS}/${name}.tap`,
      env,
    );
    return countTap(output, status);
  },
});

const usesStack = (file: string): boolean => file.endsWith("/stack.bats");
const shell = bats("shell", (file) => !usesStack(file));
const shellOfStack = bats("shell-stack", usesStack);

/** A script against a real peer is one test: it passes by its exit status. */
const interopScripts: Part = {
  name: "interop scripts",
  files: "tests/interop/*.sh",
  run: async (env) => {
    let counts = NOTHING;
    for (const file of globSync("tests/interop/*.sh", { cwd: ROOT }).sort()) {
      const failed = (await run(["sh", file], { env })) === 0 ? 0 : 1;
      counts = sum([counts, { passed: 1 - failed, failed, notes: failed ? [`failed: ${file}`] : [] }]);
    }
    return counts;
  },
};

const check: Part = {
  name: "check",
  run: async () => sum((await runChecks()).map(({ name, ok }) => oneStep(`check ${name}`, ok))),
};

const build: Part = {
  name: "build",
  run: async () => {
    await buildFor(SERVICES);
    return oneStep("build", true);
  },
};

const unit = vitest("unit", "{packages,functions,daemon,hosting,scripts}/**/*.test.ts");
const stack = vitest("stack", "{packages,functions,daemon,scripts,tests}/**/{*.stack.test.ts,rules/*.test.ts}");
const interop = vitest("interop", "tests/interop/**/*.test.ts");

let debianMade: Promise<number> | undefined;
/** The boxes' Debian, which takes a minute or two and much of that waiting for a mirror. Made once, it is there for good. */
const makeDebian = (): Promise<number> => (debianMade ??= run([`${BIN}/node`, "tests/interop/chroot/rootfs.ts"]));
const debian: Part = { name: "debian", run: async () => oneStep("debian", (await makeDebian()) === 0) };
const afterDebian = (part: Part): Part => ({
  ...part,
  run: async (env) => {
    await makeDebian();
    return part.run(env);
  },
});

/** Each row in turn, beside the other: what needs the emulators waits much of its time, the other never. */
const besideEmulators = [
  [shellOfStack, vitest("browser", "tests/browser/**/*.test.ts"), interopScripts, afterDebian(interop)],
  [debian, shell],
];
const smoke = vitest("smoke", "tests/smoke/**/*.test.ts");

function oneStep(name: string, ok: boolean): Counts {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, notes: ok ? [] : [`failed: ${name}`] };
}

class Report {
  readonly rows: Row[] = [];
  #notes: string[] = [];

  /** Runs one part; whatever it throws is one failure. A part whose files do not exist yet is left out. False: it failed. */
  async run(part: Part, env: Env = {}): Promise<boolean> {
    if (part.files && globSync(part.files, { cwd: ROOT, exclude: ["**/node_modules/**"] }).length === 0) return true;
    console.log(`\n=== ${part.name}`);
    const begun = performance.now();
    const { passed, failed, notes } = await part
      .run({ ...env, WISPTOOLS_ARTEFACTS: ARTEFACTS })
      .catch((error: unknown) => {
        console.error(error);
        return { passed: 0, failed: 1, notes: [`crashed: ${(error as Error).message.split("\n")[0]}`] };
      });
    this.rows.push({ part: part.name, passed, failed, seconds: Math.round((performance.now() - begun) / 1000) });
    this.#notes.push(...notes.map((note) => `${part.name}: ${note}`));
    return failed === 0;
  }

  /** Prints the table, and returns the exit status. */
  print(): number {
    console.log("\n=== result");
    console.table(this.rows);
    for (const note of this.#notes) console.log(note);
    const passed = this.rows.reduce((total, row) => total + row.passed, 0);
    const failed = this.rows.reduce((total, row) => total + row.failed, 0);
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 && passed > 0 ? 0 : 1;
  }
}

/** One set of emulators for all that needs them: starting takes longer than most of what runs beside it. */
async function runBesideEmulators(report: Report, rows: Part[][]): Promise<void> {
  let env: Env = {};
  let stop = async (): Promise<void> => {};
  const start = async (): Promise<Counts> => {
    ({ env, stop } = await startStack());
    return oneStep("emulators", true);
  };
  if (!(await report.run({ name: "emulators", run: start }))) return;
  await report.run(stack, env);
  await Promise.all(rows.map((row) => inTurn(report, row, env)));
  await stop();
  cpSync(`${CACHE}/logs`, `${ARTEFACTS}/logs`, { recursive: true });
}

async function inTurn(report: Report, parts: Part[], env: Env): Promise<void> {
  for (const part of parts) await report.run(part, env);
}

await command(async () => {
  const quick = process.argv.includes("--quick");
  rmSync(ARTEFACTS, { recursive: true, force: true });
  mkdirSync(ARTEFACTS, { recursive: true });
  const report = new Report();
  await report.run(check);
  await report.run(unit);
  // What cannot be built or started has failed already; the tests of it would only add noise.
  if (await report.run(build)) {
    await runBesideEmulators(report, quick ? [] : besideEmulators);
    if (!quick) await report.run(smoke);
  }
  return report.print();
});
