// The simulated box's hardware and kernel: the few files of /sys and /proc that the device's programs read.
import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { demand } from "./network.ts";

const HARDWARE_ID = "51a7ed00-c0de-4b0c-8a51-000000000001";
const CORES = 4;
const MEMORY_KB = 16_303_428;
const PEAK_DOWN = 180e6; // bit/s at full demand
const HZ = 100;

export class Machine {
  readonly sys: string;
  readonly proc: string;
  #last = Date.now();
  readonly #begun = Date.now() - 3 * 86_400_000;
  #busy = 0;
  #idle = 0;
  #down = 0;
  #up = 0;
  #cpu = 0;

  constructor(folder: string) {
    this.sys = `${folder}/sys`;
    this.proc = `${folder}/proc`;
    this.#describe();
    this.tick();
  }

  /** Lets time pass: counters grow by what the site carried since the last call. */
  tick(now = new Date()): void {
    const seconds = Math.max(0.001, (now.getTime() - this.#last) / 1000);
    this.#last = now.getTime();
    const load = demand(now);
    this.#cpu = Math.min(0.95, 0.04 + 0.5 * load + 0.05 * Math.random());
    this.#busy += this.#cpu * CORES * HZ * seconds;
    this.#idle += (1 - this.#cpu) * CORES * HZ * seconds;
    const down = PEAK_DOWN * load * (0.85 + 0.3 * Math.random());
    this.#down += (down * seconds) / 8;
    this.#up += (down * seconds) / 8 / 9;
    this.#write(now, load);
  }

  #describe(): void {
    const dmi = `${this.sys}/class/dmi/id`;
    put(`${dmi}/product_uuid`, `${HARDWARE_ID}\n`);
    put(`${dmi}/product_serial`, "SIM-0001\n");
    put(`${dmi}/sys_vendor`, "wisptools\n");
    put(`${dmi}/product_name`, "Simulated tower computer\n");
    put(`${dmi}/bios_version`, "1.0\n");
    for (const [index, name] of ["ens18", "ens19"].entries()) {
      put(`${this.sys}/class/net/${name}/address`, `00:16:3e:51:a7:0${index}\n`);
      put(`${this.sys}/class/net/${name}/addr_assign_type`, "0\n");
      put(`${this.sys}/class/net/${name}/speed`, "1000\n");
      put(`${this.sys}/class/net/${name}/device/vendor`, "0x8086\n");
    }
    put(`${this.sys}/block/nvme0n1/size`, "500118192\n");
    put(`${this.sys}/block/nvme0n1/device/model`, "Simulated SSD 256GB\n");
    const cpu = (core: number) => `processor\t: ${core}\nmodel name\t: Simulated Atom C3558 @ 2.20GHz\n\n`;
    put(`${this.proc}/cpuinfo`, Array.from({ length: CORES }, (_, core) => cpu(core)).join(""));
    this.reboot();
  }

  /** As far as programs can tell: the boot has another id. */
  reboot(): void {
    put(`${this.proc}/sys/kernel/random/boot_id`, `${randomUUID()}\n`);
  }

  #write(now: Date, load: number): void {
    const uptime = (now.getTime() - this.#begun) / 1000;
    const whole = (value: number) => String(Math.round(value));
    const free = whole(MEMORY_KB * (0.72 - 0.3 * load));
    const average = (this.#cpu * CORES).toFixed(2);
    const row = (name: string, rx: number, tx: number) =>
      `${name}: ${whole(rx)} ${whole(rx / 900)} 0 0 0 0 0 0 ${whole(tx)} ${whole(tx / 900)} 0 0 0 0 0 0\n`;
    put(
      `${this.proc}/stat`,
      `cpu  ${whole(this.#busy)} 0 0 ${whole(this.#idle)} 0 0 0 0 0 0\nbtime ${whole(this.#begun / 1000)}\n`,
    );
    put(`${this.proc}/meminfo`, `MemTotal: ${MEMORY_KB} kB\nMemAvailable: ${free} kB\n`);
    put(`${this.proc}/loadavg`, `${average} ${average} ${average} 2/312 4242\n`);
    put(`${this.proc}/uptime`, `${uptime.toFixed(2)} ${(uptime * CORES * 0.7).toFixed(2)}\n`);
    const rows = [
      row("ens18", this.#down, this.#up),
      row("ens19", this.#up, this.#down),
      row("ogstun", this.#up, this.#down),
    ];
    put(`${this.proc}/net/dev`, `Inter-|\n face |\n${rows.join("")}`);
  }
}

/** Whole or not at all: the agent may read at any moment. */
function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
