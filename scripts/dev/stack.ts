// Starts the official Firebase emulators, fills them with the demo world and stops them without a trace.
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { DaemonProcess } from "./daemonProcess.ts";
import { emulatorBinaries } from "./emulators/binaries.ts";
import { onEnd } from "./lifetime.ts";
import { BIN, CACHE, ROOT } from "./places.ts";
import {
  environment,
  isEmulator,
  NEXT_OFFSET,
  offsetFromEnvironment,
  portsAt,
  portsUsed,
  SERVICES,
  type Service,
  takenPorts,
} from "./ports.ts";
import { exited, kill, killMarked, killOrphans, MARK, newMark, within } from "./processes.ts";
import { answersSignedIn, seedWorld } from "./ready.ts";
import { makeStackFolder, type StackFolder } from "./stackFolder.ts";

export type StackOptions = {
  /** Default: all. Functions bring Eventarc and Tasks with them, the daemon needs Firestore. */
  only?: readonly Service[];
  /** Default: WISPTOOLS_PORT_OFFSET, or 0. */
  portOffset?: number;
  /** Fill with the demo world (needs auth and firestore in the set). Default: yes. */
  seed?: boolean;
  /** Folder of an earlier export to load. */
  importFrom?: string;
  project?: string;
};
export type Stack = { env: Record<string, string>; stop(): Promise<void> };

const READY = "All emulators ready!";
const START_LIMIT = 180_000; // a first start may download emulators
const STOP_LIMIT = 20_000;

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const only = options.only ?? SERVICES;
  const offset = options.portOffset ?? offsetFromEnvironment();
  const project = options.project ?? "demo-wisptools";
  if (!project.startsWith("demo-"))
    throw new Error(`refusing project "${project}": emulators run for demo-* projects only`);
  await claimPorts(offset, only);
  const emulators = new Emulators(project, offset, only, options.importFrom);
  const env = environment(project, offset, only);
  let daemon: DaemonProcess | undefined;
  try {
    await emulators.ready();
    if (options.seed !== false && only.includes("auth") && only.includes("firestore")) {
      await emulators.orDies(seedWorld(env));
      if (only.includes("functions") && only.includes("hosting")) await emulators.orDies(answersSignedIn(env));
    }
    if (only.includes("daemon"))
      daemon = await DaemonProcess.start({ ...env, ...emulators.inheritance }, emulators.top);
  } catch (error) {
    const tail = emulators.tail();
    await emulators.stop();
    throw new Error(`${(error as Error).message}\n${tail}\nThe whole log: ${emulators.log}`, { cause: error });
  }
  return {
    env,
    stop: async () => {
      await daemon?.stop();
      await emulators.stop();
    },
  };
}

async function claimPorts(offset: number, only: readonly Service[]): Promise<void> {
  const wanted = portsUsed(portsAt(offset), only);
  let taken = await takenPorts(wanted);
  const orphaned = taken.length > 0 ? killOrphans(placeOf(offset)) : [];
  if (orphaned.length > 0) {
    for (const folder of orphaned) rmSync(folder, { recursive: true, force: true });
    await new Promise((resolve) => setTimeout(resolve, 500));
    taken = await takenPorts(wanted);
  }
  if (taken.length === 0) return;
  const list = taken.map(([name, port]) => `${port} (${name})`).join(", ");
  throw new Error(
    `port ${list} is taken; stop what uses it, or move all ports: WISPTOOLS_PORT_OFFSET=${offset + NEXT_OFFSET} npm ...`,
  );
}

function placeOf(offset: number): string {
  return `${ROOT}+${offset}`;
}

/** One run of the Firebase CLI. It stays in a process group of its own, so that Ctrl-C reaches us first. */
class Emulators {
  readonly log: string;
  readonly #folder: StackFolder;
  readonly #mark: string;
  readonly #child: ChildProcess;
  readonly #died: Promise<number>;
  readonly #forget: () => void;
  #stopped: Promise<void> | undefined;
  #ready = Promise.withResolvers<void>();

  constructor(project: string, offset: number, only: readonly Service[], importFrom: string | undefined) {
    this.log = `${CACHE}/logs/emulators-${offset}.log`;
    const binaries = emulatorBinaries();
    this.#folder = makeStackFolder(portsAt(offset), this.log);
    this.#mark = newMark(placeOf(offset), this.#folder.top);
    const args = ["emulators:start", "--project", project, "--only", only.filter(isEmulator).join(",")];
    this.#child = spawn(`${BIN}/node`, [`${BIN}/firebase`, ...args, ...(importFrom ? ["--import", importFrom] : [])], {
      cwd: this.#folder.project,
      env: { ...process.env, ...binaries, ...this.#environment() },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#died = exited(this.#child);
    this.#forget = onEnd(
      () => this.stop(),
      () => this.#killAll(),
    );
    this.#record();
  }

  #environment(): Record<string, string> {
    const { temporary, settings } = this.#folder;
    return {
      TMPDIR: temporary,
      XDG_CONFIG_HOME: settings,
      METADATA_SERVER_DETECTION: "none",
      // Discovery by a file instead of a port between 8000 and 9000, where other services listen.
      FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: "true",
      NO_UPDATE_NOTIFIER: "1",
      // Receivers of webhooks are on this machine, where nothing is to be protected.
      WISPTOOLS_WEBHOOKS_LOCAL: "1",
      [MARK]: this.#mark,
    };
  }

  #record(): void {
    mkdirSync(`${CACHE}/logs`, { recursive: true });
    const log = createWriteStream(this.log);
    let seen = "";
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        log.write(chunk);
        seen = (seen + chunk.toString("latin1")).slice(-4096);
        if (seen.includes(READY)) this.#ready.resolve();
      });
    }
  }

  /** What a process must have in its environment to end with this stack. */
  get inheritance(): Record<string, string> {
    return { [MARK]: this.#mark };
  }

  /** A folder that goes with the stack. */
  get top(): string {
    return this.#folder.top;
  }

  async ready(): Promise<void> {
    const ready = this.orDies(this.#ready.promise);
    if (!(await within(START_LIMIT, ready)))
      throw new Error(`the emulators were not ready after ${START_LIMIT / 1000} s`);
  }

  /** The promise's value, or an error as soon as the emulators die. */
  orDies<T>(promise: Promise<T>): Promise<T> {
    const death = this.#died.then((status) => {
      throw new Error(`the emulators ended by themselves with status ${status}`);
    });
    return Promise.race([promise, death]);
  }

  tail(): string {
    return readFileSync(this.log, "utf8").split("\n").slice(-40).join("\n");
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#child.kill("SIGINT");
    await within(STOP_LIMIT, this.#died);
    this.#killAll();
    await within(5_000, this.#died);
    this.#folder.keepLogs();
    this.#folder.remove();
    this.#forget();
  }

  #killAll(): void {
    if (this.#child.pid && this.#child.exitCode === null && this.#child.signalCode === null)
      kill(-this.#child.pid, "SIGKILL");
    killMarked(this.#mark);
  }
}
