// The VM gets the daemon's package.json, lockfile and lib alone, and installs them from the registry. So do we, in an empty folder.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const alone = mkdtempSync(join(tmpdir(), "daemon-package-"));
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
let daemon: ChildProcess | undefined;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

beforeAll(() => {
  execFileSync("sh", ["scripts/dev/lock-package.sh", "daemon"], { cwd: root, env: clean, stdio: "pipe" });
  for (const name of ["package.json", "package-lock.json", "lib"]) {
    cpSync(join(root, "daemon", name), join(alone, name), { recursive: true });
  }
  execFileSync("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund"], { cwd: alone, env: clean, stdio: "pipe" });
});
afterAll(() => {
  daemon?.kill("SIGKILL");
  rmSync(alone, { recursive: true, force: true });
});

it("installs alone, serves a folder of subscribers without any cloud, and ends when told", async () => {
  const port = await freePort();
  mkdirSync(join(alone, "subscribers"));
  const subscriber = {
    imsi: "001010000000001",
    security: { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca", amf: "8000" },
    ambr: { downlink: { value: 1, unit: 3 }, uplink: { value: 1, unit: 3 } },
    slice: [{ sst: 1, session: [{ name: "internet", type: 3, qos: { index: 9, arp: { priority_level: 8 } } }] }],
  };
  writeFileSync(join(alone, "subscribers/1.json"), JSON.stringify(subscriber));
  const options = "--subscribers subscribers --data data --realm localdomain --trust-peers".split(" ");
  const listen = ["--hss-listen", "127.0.0.1:0", "--pcrf-listen", "127.0.0.1:0", "--api-listen", `127.0.0.1:${port}`];
  daemon = spawn(process.execPath, ["lib/main.js", ...options, ...listen], {
    cwd: alone,
    env: clean,
    stdio: "inherit",
  });
  const ended = new Promise((resolve) => daemon?.once("exit", resolve));
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/ready`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200);
  const cache = (await (await fetch(`http://127.0.0.1:${port}/cache`)).json()) as { subscribers: number };
  expect(cache.subscribers).toBe(1);
  daemon.kill("SIGTERM");
  expect(await ended).toBe(0);
});
