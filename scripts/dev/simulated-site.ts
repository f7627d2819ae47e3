// A site for `npm start`: the real device programs in a folder of their own, on a machine that is made up. Its subscribers
// are simulated by the side that faces the HSS and the PCRF: they get in as those let them.
// What differs from a real box are the system tools that come first on PATH (simulated-box/bin), and who plays systemd: we.
import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { command, onEnd } from "./lifetime.ts";
import { ROOT } from "./places.ts";
import { exited, kill, within } from "./processes.ts";
import { giveDebian } from "./simulated-box/debian.ts";
import { readEnrolment } from "./simulated-box/enrolment.ts";
import { Machine } from "./simulated-box/machine.ts";
import { type JournalLine, Network, wantedSubscribers } from "./simulated-box/network.ts";
import { SimulatedSite } from "./simulator/site.ts";
import { demoUe } from "./simulator/ue.ts";

type Environment = Record<string, string>;
const TENANT = "tenant_wisp123";
const TOKEN = "wt_enroll_demo_wisp123";
const TICK = 2_000; // ms between changes of the machine's figures
const SUBSCRIBERS = 50; // of the demo tenant's, who have a plan and are active
const FIRST_SUBSCRIBERS = 12;
const SUBSCRIBER_STEP = 1_000; // ms between comings and goings
const QUEUE_LOOK = 500; // ms between looks at the command queue, which systemd would watch

/** Starts the site beside a running stack and returns at once; the box appears, deploys and reports in the background. */
export async function startSimulatedSite(env: Environment): Promise<{ stop(): Promise<void> }> {
  const site = new Site(env);
  await site.begin();
  return { stop: () => site.stop() };
}

class Site {
  readonly #root = mkdtempSync(`${tmpdir()}/wisptools-site-`);
  readonly #programs = `${this.#root}/usr/lib/wisptools`;
  readonly #machine = new Machine(`${this.#root}/machine`);
  readonly #network = new Network(() => this.#subscribers?.sessions.size ?? 0);
  readonly #url: string;
  readonly #env: Environment;
  readonly #log: number;
  readonly #children = new Set<ChildProcess>();
  readonly #timers: NodeJS.Timeout[] = [];
  #server: Server | undefined;
  #subscribers: SimulatedSite | undefined;
  #stopping = false;

  constructor(env: Environment) {
    const url = env.WISPTOOLS_URL;
    if (!url) throw new Error("the simulated site needs WISPTOOLS_URL");
    this.#url = url;
    this.#env = {
      ...(process.env as Environment),
      ...env,
      PATH: `${ROOT}/scripts/dev/simulated-box/bin:${process.env.PATH}`,
      WISPTOOLS_ROOT: this.#root,
      WISPTOOLS_SYS: this.#machine.sys,
      WISPTOOLS_PROC: this.#machine.proc,
      WISPTOOLS_SETTLE_SECONDS: "1",
      // Its MME and SMF really connect from here, and the emulators don't tell functions where a request came from.
      SIMULATED_ADDRESS: "127.0.0.1",
    };
    mkdirSync(`${this.#root}/var/log`, { recursive: true });
    this.#log = openSync(`${this.#root}/var/log/site.log`, "a");
  }

  async begin(): Promise<void> {
    // The first boot of an image made from scripts/boot: our programs are there, the box knows its cloud.
    cpSync(`${ROOT}/scripts/device`, this.#programs, { recursive: true });
    for (const folder of ["etc/wisptools", "var/lib/simulated-box"])
      mkdirSync(`${this.#root}/${folder}`, { recursive: true });
    const { server, port } = await this.#network.serve();
    this.#server = server;
    const at = (daemon: string) => `http://127.0.0.1:${port}/${daemon}/metrics`;
    const endpoints = `MME_METRICS=${at("mme")}\nSMF_METRICS=${at("smf")}\nUPF_METRICS=${at("upf")}\n`;
    writeFileSync(`${this.#root}/etc/wisptools/agent.conf`, endpoints);
    writeFileSync(this.#journal, "");
    giveDebian(this.#root);
    this.#every(TICK, () => this.#machine.tick());
    this.#every(QUEUE_LOOK, () => this.#runQueue());
    this.#every(QUEUE_LOOK, () => this.#runUpdate());
    this.#life().catch((error: unknown) => this.#complain(error));
  }

  /** What systemd would do: enrol at first boot, then keep the agent and the event follower running. */
  async #life(): Promise<void> {
    const enrol = ["wisptools-register", "--url", this.#url, "--tenant", TENANT];
    const status = await this.#program(enrol, { WISPTOOLS_ENROLL_TOKEN: TOKEN });
    if (status !== 0 && !this.#stopping) this.#complain(`enrolment or deployment ended with status ${status}`);
    if (!existsSync(`${this.#root}/etc/wisptools/credentials`)) return;
    for (const daemon of ["wisptools-agent", "wisptools-events"]) void this.#keepRunning(daemon);
    // Let the follower begin to follow before there is something to see.
    await this.#pause(1_500);
    await this.#openForSubscribers();
  }

  /** The box's MME and SMF, plainly from this machine, as the cloud saw the box enrol from it. */
  async #openForSubscribers(): Promise<void> {
    const { WISPTOOLS_HSS: hss, WISPTOOLS_PCRF: pcrf } = this.#env;
    if (!hss || !pcrf || this.#stopping) return;
    const site = new SimulatedSite({
      ...readEnrolment(this.#root),
      hss: placeOf(hss),
      pcrf: placeOf(pcrf),
      ues: Array.from({ length: SUBSCRIBERS }, (_, index) => demoUe(index + 1)),
      seed: 1,
      arrived: (...session) => this.#logged(this.#network.arrived(...session)),
      left: (...session) => this.#logged(this.#network.left(...session)),
      complain: (words) => appendFileSync(this.#log, `subscribers: ${words}\n`),
    });
    this.#subscribers = site;
    await site.start();
    for (let n = 0; n < FIRST_SUBSCRIBERS; n++) await site.step(FIRST_SUBSCRIBERS);
    this.#every(SUBSCRIBER_STEP, () => site.step(wantedSubscribers(new Date(), SUBSCRIBERS)));
  }

  #logged(lines: JournalLine[]): void {
    if (this.#stopping) return;
    const now = new Date();
    appendFileSync(this.#journal, lines.map((line) => this.#network.journalEntry(line, now)).join(""));
  }

  get #journal(): string {
    return `${this.#root}/var/log/journal.ndjson`;
  }

  /** As long as systemctl's stand-in has it active; started again when that started it again. */
  async #keepRunning(daemon: string): Promise<void> {
    const started = () => textOf(`${this.#root}/var/lib/simulated-box/active/${daemon}.service`);
    while (!this.#stopping) {
      const now = started();
      if (now !== undefined) await this.#program([daemon], {}, () => started() !== now);
      await this.#pause(started() === now ? 3_000 : QUEUE_LOOK);
    }
  }

  /** wisptools-update.path and .service: what is handed over, or was left half way, starts the updater, one at a time. */
  async #runUpdate(): Promise<void> {
    const folder = `${this.#root}/var/lib/wisptools/update`;
    if (this.#updaterRuns || !["request.json", "work.json"].some((name) => existsSync(`${folder}/${name}`))) return;
    this.#updaterRuns = true;
    const status = await this.#program(["wisptools-update"]);
    if (status !== 0) await this.#pause(10_000);
    this.#updaterRuns = false;
  }
  #updaterRuns = false;

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#timers.push(setTimeout(resolve, milliseconds)));
  }

  /** wisptools-command.path: what is in the queue starts the helper, one at a time. */
  async #runQueue(): Promise<void> {
    const queue = `${this.#root}/var/lib/wisptools/spool/queue`;
    if (this.#helperRuns || !existsSync(queue)) return;
    if (!readdirSync(queue).some((name) => name.endsWith(".json"))) return;
    this.#helperRuns = true;
    await this.#program(["wisptools-command", "--queue"]);
    await this.#rebootIfTold();
    this.#helperRuns = false;
  }

  /** A command that has begun and not ended is a reboot on its way: the box comes up again, and systemd starts the helper. */
  async #rebootIfTold(): Promise<void> {
    const begun = readdirSync(`${this.#root}/var/lib/wisptools/commands`).some((name) => name.endsWith(".started"));
    if (!begun) return;
    await this.#pause(5_000);
    this.#machine.reboot();
    await this.#program(["wisptools-command", "--queue"]);
  }
  #helperRuns = false;

  /** Runs one of the box's programs in a process group of its own, so that its helpers end with it: by itself, or once `unwanted`. */
  async #program([name = "", ...rest]: string[], extra: Environment = {}, unwanted = () => false): Promise<number> {
    if (this.#stopping) return 0;
    const child = spawn("sh", [`${this.#programs}/${name}`, ...rest], {
      env: { ...this.#env, ...extra },
      stdio: ["ignore", this.#log, this.#log],
      detached: true,
    });
    this.#children.add(child);
    const look = setInterval(() => {
      if (child.pid && unwanted()) kill(-child.pid, "SIGTERM");
    }, QUEUE_LOOK);
    const status = await exited(child);
    clearInterval(look);
    this.#children.delete(child);
    return status;
  }

  #every(milliseconds: number, act: () => void | Promise<void>): void {
    this.#timers.push(setInterval(() => void act(), milliseconds));
  }

  #complain(what: unknown): void {
    console.error(`wisptools: the simulated site: ${what instanceof Error ? what.message : what}`);
    console.error(`its log: ${this.#root}/var/log/site.log`);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await within(2_000, this.#subscribers?.stop() ?? Promise.resolve());
    const children = [...this.#children];
    for (const { pid } of children) if (pid) kill(-pid, "SIGTERM");
    const all = Promise.all(children.map(exited));
    if (!(await within(5_000, all))) for (const { pid } of children) if (pid) kill(-pid, "SIGKILL");
    this.#server?.closeAllConnections();
    this.#server?.close();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function placeOf(text: string): { host: string; port: number } {
  const [host = "", port = ""] = text.split(":");
  return { host, port: Number(port) };
}

// By hand, beside a stack that runs already: npm run with-stack -- node scripts/dev/simulated-site.ts
if (import.meta.main) {
  await command(async () => {
    const site = await startSimulatedSite(process.env as Environment);
    onEnd(() => site.stop());
    return new Promise<number>(() => setInterval(() => {}, 1 << 30));
  });
}
