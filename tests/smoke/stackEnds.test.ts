// Emulators run in process groups of their own; whatever ends the command must end them too.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { offsetFromEnvironment, portsAt, portsUsed, type Service, takenPorts } from "../../scripts/dev/ports.ts";
import { exited, within } from "../../scripts/dev/processes.ts";
import { startStack } from "../../scripts/dev/stack.ts";

const offset = offsetFromEnvironment() + 3000;
const only: Service[] = ["firestore", "pubsub"];
const ports = portsUsed(portsAt(offset), only);
const running: ChildProcess[] = [];
afterEach(() => running.splice(0).forEach((child) => void child.kill("SIGTERM")));

async function withStack(...argv: string[]): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "../../scripts/dev/with-stack.ts");
  const child = spawn(process.execPath, [script, "--no-seed", "--only", only.join(","), "--", ...argv], {
    env: { ...process.env, WISPTOOLS_PORT_OFFSET: String(offset) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const up = new Promise((resolve) => child.stdout?.once("data", resolve));
  await Promise.race([up, exited(child)]);
  return child;
}

it("passes on the command's exit status and leaves nothing running", async () => {
  const child = await withStack("sh", "-c", "echo up; exit 7");
  expect(await exited(child)).toBe(7);
  expect(await takenPorts(ports)).toEqual([]);
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("ends everything on %s", async (signal, status) => {
  const child = await withStack("sh", "-c", "echo up; exec sleep 600");
  expect((await takenPorts(ports)).length).toBe(ports.length);
  child.kill(signal);
  expect(await exited(child)).toBe(status);
  expect(await takenPorts(ports)).toEqual([]);
});

it("clears away what a killed owner left, and starts", async () => {
  const owner = await withStack("sh", "-c", "echo up; exec sleep 20 >/dev/null 2>&1"); // it outlives its owner
  owner.kill("SIGKILL");
  await exited(owner);
  expect((await takenPorts(ports)).length).toBeGreaterThan(0);
  expect(await exited(await withStack("echo", "up"))).toBe(0);
  expect(await takenPorts(ports)).toEqual([]);
});

it("refuses ports in use, and names them", async () => {
  const first = await withStack("sh", "-c", "echo up; exec sleep 600");
  const second = startStack({ only: ["firestore"], portOffset: offset, seed: false });
  await expect(second).rejects.toThrow(/\(firestore\).*WISPTOOLS_PORT_OFFSET=/);
  first.kill("SIGTERM");
  expect(await within(30_000, exited(first))).toBe(true);
});

it("refuses a project that may be real", async () => {
  await expect(startStack({ project: "wisptools", portOffset: offset })).rejects.toThrow("demo-");
});
