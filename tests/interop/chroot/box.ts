// A Debian 12 box for deployments: a chroot in namespaces of its own (network, processes, mounts), so that tunnels, NAT and
// sysctls are real and this machine's stay as they are. Everything in it ends with its first process.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { index } from "../stand-in-packages/build.ts";
import { debianRoot } from "./rootfs.ts";

export const ADDRESS = "192.0.2.10";
const REPOSITORY = join(import.meta.dirname, "../../..");

export type Ran = { status: number | null; output: string };

export class Box {
  readonly root: string;
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];
  #init = 0;

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "wisptools-box-"));
    this.root = join(this.#folder, "root");
  }

  static async make(): Promise<Box> {
    const box = new Box();
    execFileSync("cp", ["-a", "--reflink=auto", debianRoot(), box.root]);
    box.#furnish();
    await box.#start();
    return box;
  }

  /** Runs a command in the box; env is all the environment it has beside PATH. */
  run(argv: string[], env: Record<string, string> = {}): Ran {
    const result = spawnSync("nsenter", [...this.#inside(), ...argv], this.#options(env));
    return { status: result.status, output: `${result.stdout}${result.stderr}` };
  }

  /** Starts a command in the box and does not wait for it. */
  spawn(argv: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn("nsenter", [...this.#inside(), ...argv], { ...this.#options(env), stdio: "ignore" });
    this.#processes.push(child);
    return child;
  }

  /** Kills whatever matches in the box, as a power cut would. */
  kill(pattern: string): void {
    this.run(["pkill", "-9", "-f", pattern]);
  }

  /** Makes a port of this machine reachable at the same place in the box. */
  async relay(port: number): Promise<void> {
    const relay = (direction: "in" | "out") => [
      join(import.meta.dirname, "relay.ts"),
      direction,
      join(this.#folder, `relay-${port}`),
      String(port),
    ];
    await this.#listening(process.execPath, relay("out"));
    await this.#listening("nsenter", ["--target", String(this.#init), "--net", process.execPath, ...relay("in")]);
  }

  async #listening(program: string, argv: string[]): Promise<void> {
    const child = spawn(program, argv, { stdio: ["ignore", "pipe", "inherit"] });
    this.#processes.push(child);
    await new Promise((resolve, reject) => {
      child.stdout?.once("data", resolve);
      child.once("exit", () => reject(new Error("the relay into the box ended")));
    });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(join(this.root, path, ".."), { recursive: true });
    writeFileSync(join(this.root, path), text);
    chmodSync(join(this.root, path), mode);
  }

  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  modified(path: string): number {
    return statSync(join(this.root, path)).mtimeMs;
  }

  async end(): Promise<void> {
    for (const child of this.#processes.reverse()) child.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 300));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #inside(): string[] {
    return ["--target", String(this.#init), "--net", "--mount", "--pid", "chroot", this.root];
  }

  #options(env: Record<string, string>) {
    const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    return { encoding: "utf8" as const, env: { PATH, HOME: "/root", ...env }, timeout: 120_000, maxBuffer: 1 << 26 };
  }

  /** What the box has of its own: systemctl, our programs, a tunnel device, hardware and a piece of Debian's mirror. */
  #furnish(): void {
    cpSync(join(import.meta.dirname, "../stand-in-packages/systemctl.sh"), join(this.root, "usr/local/bin/systemctl"));
    chmodSync(join(this.root, "usr/local/bin/systemctl"), 0o755);
    cpSync(join(REPOSITORY, "scripts/device"), join(this.root, "usr/lib/wisptools"), { recursive: true });
    mkdirSync(join(this.root, "dev/net"), { recursive: true });
    execFileSync("mknod", ["-m", "666", join(this.root, "dev/net/tun"), "c", "10", "200"]);
    this.write("sys/class/dmi/id/product_uuid", `${randomUUID()}\n`);
    index(join(this.root, "srv/debian"));
    this.write("etc/apt/sources.list.d/debian.list", "deb [trusted=yes] file:/srv/debian ./\n");
  }

  async #start(): Promise<void> {
    const boot = `set -e
      mount -t proc proc ${this.root}/proc
      ip link set lo up
      ip tuntap add name eth0 mode tap
      ip address add ${ADDRESS}/24 dev eth0
      ip link set eth0 up
      ip route add default via 192.0.2.1
      echo ready
      while :; do sleep 60 & wait $!; done`; // the first process buries orphans
    const namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
    const child = spawn("unshare", [...namespaces, "sh", "-c", boot], { stdio: ["ignore", "pipe", "inherit"] });
    this.#processes.push(child);
    await new Promise((resolve, reject) => {
      child.stdout?.once("data", resolve);
      child.once("exit", () => reject(new Error("the box did not start")));
    });
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
    this.#init = Number(children.trim().split(" ")[0]);
  }
}
