// A daemon process of a test's own, from its source as `npm run daemon` runs it.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exited, within } from "../../scripts/dev/processes.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Diameter's port: each daemon has addresses of its own, so that nothing else on a busy machine can have taken it. */
const PORT = 3868;
const API_PORT = 3001;
const EDGE_PORT = 5000;
const START_MS = 60_000;
const STOP_MS = 20_000;

export interface Place {
  host: string;
  port: number;
}

export interface PeerView {
  originHost: string;
  tls: boolean;
  role: string;
  requestsReceived: number;
  answersReceived: number;
}

export interface DaemonOptions {
  /** Beside `--data` and the listeners. */
  argv?: string[];
  env?: Record<string, string>;
  /** A module that runs first in the process. */
  preload?: string;
  tls?: boolean;
  /** Where the functions are: it is an edge for remote-SIM routers. */
  cloudUrl?: string;
}

const API_KEY = "key-of-the-management-api";

/** Of the addresses below, for each process. */
const MOST_ADDRESSES = 15;
let taken = 0;

/** An address of the loopback network that nothing else uses: sixteen processes share the last octet, by their ids. */
function ownAddress(): string {
  if (taken === MOST_ADDRESSES) throw new Error(`one test file may have ${MOST_ADDRESSES} addresses`);
  const { pid } = process;
  return `127.${64 + ((pid >> 12) & 63)}.${(pid >> 4) & 255}.${1 + (pid & 15) * MOST_ADDRESSES + taken++}`;
}

export class DaemonUnderTest {
  readonly hss: Place = { host: ownAddress(), port: PORT };
  readonly pcrf: Place = { host: ownAddress(), port: PORT };
  readonly hssTls: Place = { host: this.hss.host, port: PORT + 2000 };
  readonly pcrfTls: Place = { host: this.pcrf.host, port: PORT + 2000 };
  readonly edge: Place = { host: this.hss.host, port: EDGE_PORT };
  readonly api = `http://${this.hss.host}:${API_PORT}`;
  /** What it wrote, over all its lives. */
  output = "";
  private readonly folder = mkdtempSync(join(tmpdir(), "wisptools-daemon-"));
  private readonly options: DaemonOptions;
  private child: ChildProcess | undefined;

  constructor(options: DaemonOptions = {}) {
    this.options = options;
    writeFileSync(this.keyFile, API_KEY);
    process.once("exit", () => this.child?.kill("SIGKILL"));
  }

  /** Starts it, again or for the first time; resolves when it is ready. `preload` is for this life alone. */
  async start(preload = this.options.preload): Promise<void> {
    const { argv = [], env = {} } = this.options;
    const first = preload === undefined ? [] : ["--import", `data:text/javascript,${encodeURIComponent(preload)}`];
    const child = spawn(process.execPath, [...first, join(ROOT, "daemon/src/main.ts"), ...this.listeners(), ...argv], {
      cwd: ROOT,
      // Of the stack that runs beside it; a remote-SIM edge is for those who ask for one.
      env: { ...process.env, WISPTOOLS_URL: "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk;
      });
    }
    const ready = this.answers();
    if (!(await within(START_MS, Promise.race([ready, exited(child)]))) || !this.isRunning) {
      child.kill("SIGKILL");
      throw new Error(`the daemon did not become ready:\n${this.output.slice(-3000)}`);
    }
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** SIGTERM. @returns the exit status. */
  async stop(): Promise<number> {
    const { child } = this;
    if (!child || !this.isRunning) return -1;
    child.kill("SIGTERM");
    if (!(await within(STOP_MS, exited(child)))) child.kill("SIGKILL");
    return exited(child);
  }

  /** SIGKILL: no goodbye, nothing written. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || !this.isRunning) return;
    child.kill("SIGKILL");
    await exited(child);
  }

  /** Ends it however it is, and takes its folder away. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `/cache` of the management API. */
  cache(): Promise<Record<string, unknown>> {
    return this.ask("cache");
  }

  /** `/metrics` of the management API. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.api}/metrics`, { headers: { "x-api-key": API_KEY } })).text();
  }

  /** `/peers` of the management API. */
  async peers(): Promise<PeerView[]> {
    return (await this.ask<{ peers: PeerView[] }>("peers")).peers;
  }

  private async ask<T>(name: string): Promise<T> {
    const reply = await fetch(`${this.api}/${name}`, { headers: { "x-api-key": API_KEY } });
    return (await reply.json()) as T;
  }

  private get keyFile(): string {
    return join(this.folder, "api.key");
  }

  private listeners(): string[] {
    const at = ({ host, port }: Place) => `${host}:${port}`;
    const plain = ["--hss-listen", at(this.hss), "--pcrf-listen", at(this.pcrf)];
    const tls = ["--hss-listen-tls", at(this.hssTls), "--pcrf-listen-tls", at(this.pcrfTls)];
    const api = ["--api-listen", `${this.hss.host}:${API_PORT}`, "--api-key-file", this.keyFile];
    const { cloudUrl } = this.options;
    const edge = cloudUrl === undefined ? [] : ["--cloud-url", cloudUrl, "--remsim-listen", at(this.edge)];
    return ["--data", this.folder, ...plain, ...(this.options.tls ? tls : []), ...api, ...edge];
  }

  private async answers(): Promise<void> {
    while (this.isRunning) {
      if ((await fetch(`${this.api}/ready`).catch(() => undefined))?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
