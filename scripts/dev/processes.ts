// Finds and ends what a stack started, by a mark that children inherit in their environment: emulators run in process
// groups of their own, so neither a group nor the parent's id reaches them all once firebase-tools has died.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { onEnd } from "./lifetime.ts";

export const MARK = "WISPTOOLS_STACK";

type Marked = { pid: number; mark: string };

function marked(): Marked[] {
  if (!existsSync("/proc/self/environ")) return []; // no such file system outside Linux
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const mark = markOf(name);
      return mark ? [{ pid: Number(name), mark }] : [];
    });
}

function markOf(pid: string): string | undefined {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
    return entries.find((entry) => entry.startsWith(`${MARK}=`))?.slice(MARK.length + 1);
  } catch {
    return undefined; // gone meanwhile, or another user's
  }
}

export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Ends all that carries this mark. */
export function killMarked(mark: string): void {
  for (const found of marked()) if (found.mark === mark) kill(found.pid, "SIGKILL");
}

type Owner = { pid: number; start: string; place: string; folder: string };

/** A mark names its owner, so that what an owner leaves behind that was itself killed is known to be nobody's. */
export function newMark(place: string, folder: string): string {
  const owner: Owner = { pid: process.pid, start: startOf(process.pid), place, folder };
  return JSON.stringify(owner);
}

function ownerOf(mark: string): Owner | undefined {
  try {
    return JSON.parse(mark) as Owner;
  } catch {
    return undefined; // set by somebody else
  }
}

/** Ends what dead owners left running at this place, and returns the folders they left. */
export function killOrphans(place: string): string[] {
  const marks = [...new Set(marked().map(({ mark }) => mark))];
  return marks.flatMap((mark) => {
    const owner = ownerOf(mark);
    if (owner?.place !== place || startOf(owner.pid) === owner.start) return [];
    killMarked(mark);
    return [owner.folder];
  });
}

/** Start time in clock ticks since boot: with it, a process id is not mistaken for a later one. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "gone";
  }
}

export function exited(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? 1);
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", () => resolve(127));
  });
}

export function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  return Promise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** Runs a program whose output is wanted: shown, kept in a file and returned. */
export async function runLogged(
  argv: string[],
  file: string,
  env: Record<string, string>,
): Promise<{ status: number; output: string }> {
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  child.once("error", (error) => console.error(`wisptools: cannot run ${program}: ${error.message}`));
  const forget = endWith(child);
  const status = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("close", (code) => resolve(code ?? 1));
  });
  forget();
  writeFileSync(file, output);
  return { status, output };
}

/** If we are told to end, the child is told first and given time. Returns a function that forgets it. */
export function endWith(child: ChildProcess): () => void {
  return onEnd(async () => {
    child.kill("SIGTERM");
    if (!(await within(10_000, exited(child)))) child.kill("SIGKILL");
  });
}

/** Runs a program in the foreground and resolves to its status. */
export async function run(
  argv: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<number> {
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, { stdio: "inherit", cwd: options.cwd, env: { ...process.env, ...options.env } });
  child.once("error", (error) => console.error(`wisptools: cannot run ${program}: ${error.message}`));
  const forget = endWith(child);
  return exited(child).finally(forget);
}
