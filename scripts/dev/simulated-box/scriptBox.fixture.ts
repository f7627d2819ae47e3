// A box for each test of the deployment script: the script runs for real in a folder of its own, with stand-ins for system tools.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ChannelName, type DeploymentInput, EpcId, TenantId } from "@wisptools/core";
import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { layAgent } from "../../release/agentPackage.ts";

export const STAND_INS = join(import.meta.dirname, "bin");
const DEVICE = join(import.meta.dirname, "../../device");

const deviceFiles = Object.fromEntries(
  readdirSync(DEVICE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(DEVICE, path), readFileSync(path, "utf8")]),
);

export const plain: DeploymentInput = {
  epcId: EpcId.parse("epc_00000000000000a1"),
  tenantId: TenantId.parse("tenant_test"),
  siteName: "Hill top",
  scriptVersion: 3,
  configVersion: 2,
  plmn: { mcc: "001", mnc: "01" },
  tac: 7,
  apns: [
    { name: "internet", uePool: "10.45.0.0/16" },
    { name: "ims", uePool: "10.46.0.0/24" },
  ],
  dns: ["9.9.9.9", "1.1.1.1"],
  nat: true,
  diameter: {
    realm: "wisp.test",
    hssIdentity: "hss.wisp.test",
    hssHost: "192.0.2.7",
    hssPort: 5868,
    pcrfIdentity: "pcrf.wisp.test",
    pcrfHost: "pcrf.wisp.test",
    pcrfPort: 5869,
    tls: true,
  },
  coreSource: { uri: "https://deb.example.test/open5gs", suite: "bookworm", components: ["main"], signingKey: "KEY\n" },
  repository: { keyring: "KEYRING\n", channel: ChannelName.parse("canary") },
  allowShell: false,
  deviceFiles,
};

export const SECRETS = { authCode: "a".repeat(32), apiKey: "b".repeat(64), secretKey: "c".repeat(64) };

export interface Ran {
  status: number | null;
  output: string;
}

/** The box of the test at hand, always at the same place. Called once in a file of tests, outside them. */
export function scriptBox(): ScriptBox {
  const box = new ScriptBox();
  beforeEach(() => box.begin());
  afterEach(() => rmSync(box.root, { recursive: true, force: true }));
  afterAll(() => rmSync(box.top, { recursive: true, force: true }));
  return box;
}

class ScriptBox {
  readonly top = mkdtempSync(join(tmpdir(), "script-box-"));
  /** What is / on the box. */
  readonly root = join(this.top, "box");
  /** A file that hostile values try to make. */
  readonly canary = join(this.root, "canary");
  /** What the stand-in of apt has to install: NAME's files below NAME. */
  readonly #packages = join(this.top, "packages");

  constructor() {
    layAgent(join(this.#packages, "wisptools-agent"));
  }

  /** An enrolled box. */
  begin(): void {
    mkdirSync(join(this.root, "etc/wisptools"), { recursive: true });
    mkdirSync(join(this.root, "var/lib/simulated-box"), { recursive: true });
    const conf = "WISPTOOLS_URL=http://127.0.0.1:9\nTENANT_ID=tenant_test\nALLOW_HTTP=1\nALLOW_SHELL=0\n";
    writeFileSync(join(this.root, "etc/wisptools/wisptools.conf"), conf);
    const { authCode, apiKey, secretKey } = SECRETS;
    const credentials = `EPC_ID=${plain.epcId}\nAUTH_CODE=${authCode}\nAPI_KEY=${apiKey}\nSECRET_KEY=${secretKey}\n`;
    writeFileSync(join(this.root, "etc/wisptools/credentials"), credentials, { mode: 0o600 });
  }

  /** Runs a script on it; WISPTOOLS_ROOT relocates it, stand-ins for system tools come first in PATH. */
  run(script: string, env: Record<string, string> = {}, extraPath = ""): Ran {
    const file = join(this.root, "script.sh");
    writeFileSync(file, script);
    const result = spawnSync("sh", [file], {
      encoding: "utf8",
      env: {
        PATH: `${extraPath}${STAND_INS}:${process.env.PATH}`,
        WISPTOOLS_ROOT: this.root,
        SIMULATED_PACKAGES: this.#packages,
        WISPTOOLS_SETTLE_SECONDS: "0",
        CANARY: this.canary,
        ...env,
      },
    });
    return { status: result.status, output: result.stdout + result.stderr };
  }

  /** Makes the box what this script makes of a new one. It runs once in a file of tests, as it takes seconds. */
  deployed(script: string): void {
    const kept = join(this.top, createHash("sha256").update(script).digest("hex"));
    if (existsSync(kept)) {
      rmSync(this.root, { recursive: true });
      execFileSync("cp", ["-a", kept, this.root]);
      return;
    }
    const { status, output } = this.run(script);
    expect(status, output).toBe(0);
    execFileSync("cp", ["-a", this.root, `${kept}.new`]);
    renameSync(`${kept}.new`, kept);
  }

  readonly read = (path: string): string => readFileSync(join(this.root, path), "utf8");

  /** What the stand-ins were called for, since it was last forgotten. */
  get log(): string {
    const path = "var/lib/simulated-box/log";
    return existsSync(join(this.root, path)) ? this.read(path) : "";
  }

  forgetLog(): void {
    writeFileSync(join(this.root, "var/lib/simulated-box/log"), "");
  }

  /** Services and packages are as on a new box again; what is in other files stays. */
  forgetSystem(): void {
    rmSync(join(this.root, "var/lib/simulated-box"), { recursive: true, force: true });
    mkdirSync(join(this.root, "var/lib/simulated-box"), { recursive: true });
  }

  /** This unit does not stay up from now on. */
  refuse(unit: string): void {
    writeFileSync(join(this.root, "var/lib/simulated-box/refuses"), `${unit}.service\n`);
  }

  isUnit(what: "active" | "enabled", unit: string): boolean {
    return existsSync(join(this.root, `var/lib/simulated-box/${what}/${unit}.service`));
  }

  /** Every file the script is answerable for, with its modification time. */
  get snapshot(): string[] {
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/spool|simulated-box\/log|script\.sh|\.log$/.test(path))
      .map((path) => `${relative(this.root, path)} ${statSync(path).mtimeMs}`)
      .sort();
  }

  /** Not one remark, of whatever severity. */
  shellcheck(script: string): void {
    const file = join(this.top, "checked.sh");
    writeFileSync(file, script);
    const { stdout, stderr } = spawnSync("shellcheck", ["-x", "--source-path", DEVICE, file], { encoding: "utf8" });
    expect(stdout + stderr).toBe("");
  }
}
