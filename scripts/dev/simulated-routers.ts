// Two remote-SIM routers for `npm start`, with an osmo-remsim-server and bankds that are made up. Each registers with the edge as
// osmo-remsim-client does, and keeps its life sign by the real event script in a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { ROOT } from "./places.ts";
import { HOST, offsetFromEnvironment, portsAt } from "./ports.ts";
import { exited, kill, within } from "./processes.ts";
import { registerRemsimClient, type ScannedAssignment } from "./simulator/remsimClient.ts";
import { FakeRemsimServer } from "./simulator/remsimServer.ts";

type Environment = Record<string, string>;

/** As the demo world has them. */
const LOGIN = "router1:wt_remsim_demo";
const TENANT_NUMBER = 1;
const BANKS = [1, 2, 3];
const ROUTERS = [
  { clientId: "tower-north-slot0", mode: "ONE_TO_ONE_SWSIM", mccMnc: "310410", rssi: -67 },
  { clientId: "farm-east-slot0", mode: "KI_PROXY_SWSIM", mccMnc: "", rssi: -89 },
];
const TICK = 2_000; // ms between changes of a router's figures
const AGAIN = 10_000; // ms until a client that fell back is started again

/** Starts them beside a running stack and returns at once. */
export async function startSimulatedRouters(env: Environment): Promise<{ stop(): Promise<void> }> {
  const server = await new FakeRemsimServer({ port: portsAt(offsetFromEnvironment()).remsimRest, host: HOST }).start();
  for (const bank of BANKS) server.connectBank(bank);
  const routers = ROUTERS.map((router) => new Router(env, server, router));
  for (const router of routers) router.begin();
  return {
    stop: async () => {
      await Promise.all(routers.map((router) => router.stop()));
      await server.stop();
    },
  };
}

class Router {
  readonly #root = mkdtempSync(`${tmpdir()}/wisptools-router-`);
  readonly #env: Environment;
  readonly #edge: { host: string; port: number };
  readonly #server: FakeRemsimServer;
  readonly #client: (typeof ROUTERS)[number];
  readonly #log: number;
  readonly #timer: NodeJS.Timeout;
  readonly #begun = Date.now();
  #children: ChildProcess[] = [];
  #assignment: ScannedAssignment | undefined;
  #card: string | undefined;
  #tpdus = 0;
  #busy = false;
  #again = 0;

  constructor(env: Environment, server: FakeRemsimServer, client: (typeof ROUTERS)[number]) {
    const [host = HOST, port = ""] = (env.WISPTOOLS_REMSIM_EDGE ?? "").split(":");
    this.#edge = { host, port: Number(port) };
    this.#server = server;
    this.#client = client;
    this.#env = {
      ...(process.env as Environment),
      PATH: `${ROOT}/scripts/dev/simulated-router/bin:${process.env.PATH}`,
      WISPTOOLS_ROOT: this.#root,
    };
    for (const folder of ["etc/remsim", "etc/init.d", "tmp/sysinfo"])
      mkdirSync(`${this.#root}/${folder}`, { recursive: true });
    this.#log = openSync(`${this.#root}/router.log`, "a");
    this.#timer = setInterval(() => void this.#tick(), TICK);
  }

  begin(): void {
    const { host, port } = this.#edge;
    const conf = `IONMESH_HOST=${LOGIN}@${host}\nIONMESH_PORT=${port}\nIONMESH_TENANT_ID=${TENANT_NUMBER}\n`;
    writeFileSync(`${this.#root}/etc/remsim/wisptools.conf`, `${conf}CLIENT_ID=${this.#client.clientId}\n`);
    writeFileSync(`${this.#root}/tmp/sysinfo/model`, "Simulated router\n");
    this.#program("etc/init.d/remsim", 'touch "$WISPTOOLS_ROOT/tmp/restart"');
    this.#program("etc/remsim/event-local.sh", ":");
    this.#writeLog();
    void this.#tick();
  }

  /** A program of the router that is not part of ours. */
  #program(path: string, text: string): void {
    writeFileSync(`${this.#root}/${path}`, `#!/bin/sh\n${text}\n`);
    chmodSync(`${this.#root}/${path}`, 0o755);
  }

  async #tick(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#tpdus += this.#card ? 1 + Math.floor(Math.random() * 6) : 0;
    this.#writeLog();
    if (existsSync(`${this.#root}/tmp/restart`)) this.#restart();
    if (this.#assignment) this.#lookAtCard(this.#assignment);
    else if (Date.now() >= this.#again) await this.#start();
    this.#busy = false;
  }

  /** As osmo-remsim-client starts: one registration, then a connection to the server, of which its event script hears. */
  async #start(): Promise<void> {
    this.#again = Date.now() + AGAIN;
    const { host, port } = this.#edge;
    const config = { ...this.#client, host: `${LOGIN}@${host}`, port, tenantNumber: TENANT_NUMBER };
    const { assignment } = await registerRemsimClient(config).catch(() => ({ assignment: undefined }));
    if (!assignment) return;
    this.#assignment = assignment;
    this.#server.connectClient(assignment.bankId, assignment.slotId, this.#client.clientId);
    if (this.#children.length === 0) this.#script("--run");
    this.#script("event-server-connect", { REMSIM_SERVER_STATE: "connected" });
  }

  #restart(): void {
    rmSync(`${this.#root}/tmp/restart`);
    if (this.#assignment) this.#server.disconnectClient(this.#assignment.bankId, this.#assignment.slotId);
    [this.#assignment, this.#card, this.#tpdus, this.#again] = [undefined, undefined, 0, 0];
  }

  /** The server tells the client of its bankd once there is a map, and again when the map changes. */
  #lookAtCard({ bankId, slotId }: ScannedAssignment): void {
    const card = this.#server.cardOf(bankId, slotId);
    if (card === this.#card) return;
    this.#card = card;
    const state = { REMSIM_SERVER_STATE: "connected", REMSIM_CLIENT_SLOT: `${bankId}:${slotId}` };
    if (card)
      this.#script("event-bankd-connect", { ...state, REMSIM_BANKD_STATE: "connected", REMSIM_BANKD_SLOT: card });
    else this.#script("request-card-remove", state);
  }

  #script(argument: string, extra: Environment = {}): void {
    const child = spawn("sh", [`${ROOT}/scripts/device/remsim/ionmesh-wisptools.sh`, argument], {
      env: { ...this.#env, ...extra },
      stdio: ["ignore", this.#log, this.#log],
      detached: true,
    });
    if (argument === "--run") this.#children = [child];
  }

  /** What the client answers to SIGUSR2, always up to date. */
  #writeLog(): void {
    const seconds = Math.floor((Date.now() - this.#begun) / 1000);
    const lines = [
      "=== OpenWRT Client Statistics ===",
      `Uptime: ${Math.floor(seconds / 3600)}h ${Math.floor(seconds / 60) % 60}m ${seconds % 60}s`,
      `TPDUs sent: ${this.#tpdus}`,
      `TPDUs received: ${this.#tpdus}`,
      "Errors: 0",
      `Last signal RSSI: ${this.#client.rssi + Math.round(4 * Math.sin(seconds / 90))} dBm`,
    ];
    writeFileSync(`${this.#root}/tmp/log`, `${lines.join("\n")}\n`);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const { pid } of this.#children) if (pid) kill(-pid, "SIGTERM");
    if (!(await within(5_000, Promise.all(this.#children.map(exited))))) {
      for (const { pid } of this.#children) if (pid) kill(-pid, "SIGKILL");
    }
    rmSync(this.#root, { recursive: true, force: true });
  }
}
