import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { BIN, CACHE, ROOT } from "./places.ts";
import { endWith, exited, kill, within } from "./processes.ts";

const START_LIMIT = 60_000;
const STOP_LIMIT = 10_000;

/** The daemon beside the emulators, from its source, on the documented ports. */
export class DaemonProcess {
  readonly #child: ChildProcess;
  readonly #forget: () => void;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#forget = endWith(child);
  }

  /** Resolves when it is ready; its state goes with `folder`. */
  static async start(env: Record<string, string>, folder: string): Promise<DaemonProcess> {
    const log = `${CACHE}/logs/daemon-${env.WISPTOOLS_PORT_OFFSET ?? "0"}.log`;
    const output = openSync(log, "w");
    const child = spawn(`${BIN}/node`, [`${ROOT}/daemon/src/main.ts`, ...options(env, folder)], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    const daemon = new DaemonProcess(child);
    if (
      !(await within(START_LIMIT, Promise.race([daemon.#answers(`${env.WISPTOOLS_DAEMON_API}/ready`), exited(child)])))
    ) {
      kill(child.pid ?? 0, "SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) return daemon;
    throw new Error(
      `the daemon did not become ready:\n${readFileSync(log, "utf8").slice(-2000)}\nThe whole log: ${log}`,
    );
  }

  async #answers(url: string): Promise<void> {
    while (this.#child.exitCode === null && this.#child.signalCode === null) {
      if ((await fetch(url).catch(() => undefined))?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    if (!(await within(STOP_LIMIT, exited(this.#child)))) this.#child.kill("SIGKILL");
    this.#forget();
  }
}

function options(env: Record<string, string>, folder: string): string[] {
  const at = (name: string) => (env[name] ?? "").replace(/^http:\/\//, "");
  return [
    ...["--data", `${folder}/daemon`, "--api-listen", at("WISPTOOLS_DAEMON_API")],
    ...["--hss-listen", at("WISPTOOLS_HSS"), "--hss-listen-tls", at("WISPTOOLS_HSS_TLS")],
    ...["--pcrf-listen", at("WISPTOOLS_PCRF"), "--pcrf-listen-tls", at("WISPTOOLS_PCRF_TLS")],
    // Routers' requests go on to the functions, which may not have been started.
    ...(env.WISPTOOLS_URL ? ["--cloud-url", env.WISPTOOLS_URL, "--remsim-listen", at("WISPTOOLS_REMSIM_EDGE")] : []),
  ];
}
