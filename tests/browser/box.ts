// A box for the browser tests: the real device programs in a folder of their own, system tools and kernel files made up.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { giveDebian } from "../../scripts/dev/simulated-box/debian.ts";
import { Machine } from "../../scripts/dev/simulated-box/machine.ts";

const SCRIPTS = join(import.meta.dirname, "../../scripts");
const STAND_INS = `${SCRIPTS}/dev/simulated-box/bin`;
const MEMORY_KB = 1_000_000;

export class Box {
  readonly root = mkdtempSync(`${tmpdir()}/wisptools-browser-box-`);
  readonly #machine = new Machine(`${this.root}/machine`);
  readonly #running = new Set<ChildProcess>();
  output = "";

  constructor(hostname: string) {
    for (const folder of ["var/lib/simulated-box", "var/log", "gates"])
      mkdirSync(`${this.root}/${folder}`, { recursive: true });
    this.write("var/log/journal.ndjson", "");
    giveDebian(this.root);
    cpSync(`${SCRIPTS}/device`, `${this.root}/usr/lib/wisptools`, { recursive: true });
    this.#identify(hostname);
    this.#gate();
    this.setMemory(40);
  }

  /** Unique hardware: tests run against one cloud, again and again. */
  #identify(hostname: string): void {
    const sys = this.#machine.sys;
    writeFileSync(`${sys}/class/dmi/id/product_uuid`, `${randomUUID()}\n`);
    writeFileSync(`${sys}/class/dmi/id/product_serial`, `SN-${randomBytes(4).toString("hex")}\n`);
    for (const name of ["ens18", "ens19"]) {
      const tail = randomBytes(3)
        .toString("hex")
        .replace(/..(?=.)/g, "$&:");
      writeFileSync(`${sys}/class/net/${name}/address`, `00:16:3e:${tail}\n`);
    }
    this.#program("hostname", `echo ${hostname}`);
  }

  /** apt waits for the test here, so that a deployment can be looked at while it runs. */
  #gate(): void {
    this.#program(
      "apt-get",
      `while [ ! -e "$WISPTOOLS_ROOT/gates/open" ]; do sleep 0.2; done\nexec ${STAND_INS}/apt-get "$@"`,
    );
  }

  #program(name: string, text: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${text}\n`);
    chmodSync(`${this.root}/bin/${name}`, 0o755);
  }

  openGate(): void {
    this.write("gates/open", "");
  }

  /** What the kernel says of its memory from now on. */
  setMemory(percentUsed: number): void {
    const available = MEMORY_KB * (1 - percentUsed / 100);
    writeFileSync(`${this.#machine.proc}/meminfo`, `MemTotal: ${MEMORY_KB} kB\nMemAvailable: ${available} kB\n`);
  }

  write(file: string, text: string): void {
    const path = `${this.root}/${file}`;
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }

  read(file: string): string {
    return readFileSync(`${this.root}/${file}`, "utf8");
  }

  /** Starts one of the device's programs in a process group of its own. */
  start(program: string, ...args: string[]): Program {
    const child = spawn("sh", [`${this.root}/usr/lib/wisptools/${program}`, ...args], {
      env: {
        ...process.env,
        PATH: `${this.root}/bin:${STAND_INS}:${process.env.PATH}`,
        WISPTOOLS_ROOT: this.root,
        WISPTOOLS_SYS: this.#machine.sys,
        WISPTOOLS_PROC: this.#machine.proc,
        WISPTOOLS_SETTLE_SECONDS: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (this.output += text));
    this.#running.add(child);
    const ended = once(child, "close").then(([status]) => {
      this.#running.delete(child);
      return status as number | null;
    });
    return { ended, stop: () => stop(child, ended) };
  }

  async end(): Promise<void> {
    for (const child of this.#running) await stop(child, once(child, "close"));
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface Program {
  ended: Promise<number | null>;
  stop(): Promise<void>;
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGKILL");
  await ended;
}
