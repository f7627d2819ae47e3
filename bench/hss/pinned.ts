// Processes on a core of their own.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { exited } from "../../scripts/dev/processes.ts";

/** The server's core, and the load's. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
const HERE = import.meta.dirname;

/** Starts a program on one core; what it complains of is seen. */
export function pinned(core: number, argv: readonly string[]): ChildProcess {
  const child = spawn("taskset", ["-c", String(core), ...argv], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}

/** Runs a script of this folder to its end. @returns what its last line of output says, as JSON. */
export async function figuresOf<Figures>(core: number, script: string, ...args: string[]): Promise<Figures> {
  const child = pinned(core, [process.execPath, join(HERE, script), ...args]);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await exited(child);
  if (child.exitCode !== 0) throw new Error(`${script} ended with ${child.exitCode ?? child.signalCode}`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Figures;
}

/** Resolves when something listens there. @throws Error when the process has ended, or after `limitMs`. */
export async function listening(port: number, child: ChildProcess, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await connects(port))) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if (performance.now() > end) throw new Error(`nothing listens on ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

export async function stop(child: ChildProcess): Promise<void> {
  const gone = exited(child);
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(timer);
}

/** Resident memory of a process in MB: now, without pages of files, and at most so far. */
export function memoryOf(pid: number): { rss: number; anonymous: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024;
  return { rss: field("VmRSS"), anonymous: field("RssAnon"), peak: field("VmHWM") };
}
