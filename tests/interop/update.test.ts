// The updater on a real Debian 12: real apt and dpkg with a signed repository, the agent that takes the command, the units that hand it
// on. Stand-ins: Open5GS's daemons, systemctl, and a cloud that checks signatures and the contract.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentVersion, buildAgentPackage } from "../../scripts/release/agentPackage.ts";
import { Box } from "./chroot/box.ts";
import { buildRepository, index, signRepository } from "./stand-in-packages/build.ts";

const OLD = "2.7.6~standin1";
const FAR_SIDE = join(import.meta.dirname, "../shell/far-side.mjs");
const EPC = "epc_00000000000000c1";

type Report = {
  rollout_id: string;
  attempt: number;
  state: string;
  message: string;
  previous?: Record<string, string>;
  installed: Record<string, string>;
};

/** A cloud that hands out commands with the agent's reports and writes down what it is told. */
class Cloud {
  readonly folder = mkdtempSync(join(tmpdir(), "cloud-"));
  port = 0;
  #process: ChildProcess | undefined;

  async start(): Promise<void> {
    mkdirSync(join(this.folder, "replies"));
    writeFileSync(join(this.folder, "secret"), "c".repeat(64));
    this.command(undefined);
    this.#reply("POST_api_metrics_command-result", { success: true });
    this.#reply("POST_api_metrics_events", { success: true, accepted: 0 });
    this.#reply("POST_api_epc-updates_report", { success: true });
    this.#process = spawn(process.execPath, [FAR_SIDE, this.folder], { stdio: "ignore" });
    while (!existsSync(join(this.folder, "port"))) await pause(50);
    this.port = Number(readFileSync(join(this.folder, "port"), "utf8"));
  }

  end(): void {
    this.#process?.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  #reply(name: string, body: object): void {
    writeFileSync(join(this.folder, "replies", name), JSON.stringify([{ body }]));
  }

  /** With every report from now on; the box runs it once. */
  command(request: object | undefined): void {
    const id = `cmd_${createHash("sha256")
      .update(JSON.stringify(request) ?? "")
      .digest("hex")
      .slice(0, 16)}`;
    const commands = request ? [{ id, expires_at: "2099-01-01T00:00:00.000Z", request }] : [];
    const reply = { success: true, next_interval: 5, commands, config_version: 1, script_version: 0 };
    this.#reply("POST_api_metrics_submit", reply);
  }

  #requests(): { url: string; body: string; signature: string; contract: string }[] {
    const file = join(this.folder, "requests.ndjson");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  }

  improper(): string[] {
    const wrong = this.#requests().filter(
      (one) => one.url !== "/" && (one.signature !== "holds" || one.contract !== "ok"),
    );
    return wrong.map((one) => `${one.url} ${one.signature} ${one.contract} ${one.body}`);
  }

  reports(rollout: string): Report[] {
    const told = this.#requests().filter((one) => one.url === "/api/epc-updates/report");
    return told.map((one) => JSON.parse(one.body) as Report).filter((one) => one.rollout_id === rollout);
  }

  /** The states told, once the last of them is an end. */
  async ended(rollout: string): Promise<Report[]> {
    for (let n = 0; n < 400; n++) {
      const told = this.reports(rollout);
      if (/committed|rolled_back|failed/.test(told.at(-1)?.state ?? "")) return told;
      await pause(500);
    }
    throw new Error(`${rollout} did not end: ${JSON.stringify(this.reports(rollout))}`);
  }
}

/** The same package again under another version, changed on the way. */
function repack(folder: string, name: string, version: string, change: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), "repack-"));
  execFileSync("dpkg-deb", ["-R", join(folder, `${name}.deb`), root]);
  const control = join(root, "DEBIAN/control");
  writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/m, `Version: ${version}`));
  change(root);
  execFileSync("dpkg-deb", ["--root-owner-group", "--build", root, join(folder, `${name}_${version}.deb`)], {
    stdio: "pipe",
  });
  rmSync(root, { recursive: true });
}

const daemon = (root: string) => join(root, "usr/bin/open5gs-sgwcd");

/** sgwc in three versions: as it is, a good one, and one whose daemon ends at once; the agent in two. */
async function makeRepository(box: Box): Promise<void> {
  const folder = join(box.root, "srv/tenant");
  buildRepository(folder);
  repack(folder, "open5gs-sgwc", "2.7.7", (root) => {
    writeFileSync(daemon(root), readFileSync(daemon(root), "utf8").replace("#!/bin/sh", "#!/bin/sh\n# 2.7.7"));
  });
  repack(folder, "open5gs-sgwc", "2.7.8", (root) => writeFileSync(daemon(root), "#!/bin/sh\nexit 1\n"));
  repack(folder, "open5gs-sgwc", "2.7.9", (root) => {
    writeFileSync(join(root, "DEBIAN/postinst"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  });
  buildAgentPackage(folder);
  buildAgentPackage(folder, "99.0");
  buildAgentPackage(folder, "99.1");
  breakAgent(folder, "99.2");
  index(folder);
  box.write("etc/apt/keyrings/wisptools.asc", await signRepository(folder));
  const source = "Types: deb\nURIs: file:/srv/tenant\nSuites: ./\nSigned-By: /etc/apt/keyrings/wisptools.asc\n";
  box.write("etc/apt/sources.list.d/wisptools.sources", source);
}

/** An agent that never gets through to the cloud. */
function breakAgent(folder: string, version: string): void {
  const [file = ""] = readdirSync(folder).filter((name) => name.startsWith("wisptools-agent_99.1"));
  execFileSync("cp", [join(folder, file), join(folder, "wisptools-agent.deb")]);
  repack(folder, "wisptools-agent", version, (root) => {
    writeFileSync(join(root, "usr/lib/wisptools/wisptools-agent"), "#!/bin/sh\nwhile :; do sleep 60; done\n", {
      mode: 0o755,
    });
  });
  rmSync(join(folder, "wisptools-agent.deb"));
}

function exact(box: Box, name: string, version: string) {
  const folder = join(box.root, "srv/tenant");
  const file = readdirSync(folder).find((one) => one.startsWith(name) && one.includes(`_${version}`)) ?? `${name}.deb`;
  return {
    name,
    version,
    sha256: createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex"),
  };
}

const request = (rollout: string, packages: object[], more = {}) => ({
  type: "update",
  rollout_id: rollout,
  attempt: 1,
  packages,
  restore: false,
  health_seconds: 3,
  report_seconds: 30,
  ...more,
});

describe("an update", () => {
  let box: Box;
  const cloud = new Cloud();

  const version = (name: string): string => {
    const { output } = box.run(["dpkg", "-s", name]);
    const field = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(output)?.[1];
    return `${field("Status")?.split(" ").at(-1)} ${field("Version")}`;
  };
  const active = (unit: string) => box.run(["systemctl", "is-active", unit]).status === 0;

  beforeAll(async () => {
    await cloud.start();
    box = await Box.make();
    rmSync(join(box.root, "usr/lib/wisptools"), { recursive: true, force: true });
    await makeRepository(box);
    await box.relay(cloud.port);
    const url = `http://127.0.0.1:${cloud.port}`;
    box.write("etc/wisptools/wisptools.conf", `WISPTOOLS_URL=${url}\nTENANT_ID=tenant_wisp123\nALLOW_SHELL=0\n`);
    const secrets = `AUTH_CODE=${"a".repeat(32)}\nAPI_KEY=${"b".repeat(64)}\nSECRET_KEY=${"c".repeat(64)}\n`;
    box.write("etc/wisptools/credentials", `EPC_ID=${EPC}\n${secrets}`, 0o600);
    const wanted = [`wisptools-agent=${agentVersion()}`, ...["sgwc", "sgwu"].map((one) => `open5gs-${one}=${OLD}`)];
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    expect(box.run(["apt-get", "-q", "update"]).status).toBe(0);
    const installed = box.run(["apt-get", "-qy", "install", "--no-install-recommends", ...wanted], env);
    expect(installed.status, installed.output.slice(-3000)).toBe(0);
    for (const one of ["sgwc", "sgwu"]) {
      box.write(`etc/open5gs/${one}.yaml`, `${one}:\n`);
      expect(box.run(["systemctl", "enable", "--now", `open5gs-${one}d`]).status).toBe(0);
    }
    const setup = box.run(["/usr/lib/wisptools/wisptools-setup"]);
    expect(setup.status, setup.output).toBe(0);
  });
  afterAll(async () => {
    await box?.end();
    cloud.end();
  });

  it("arrives with the agent's report, is installed and commits", async () => {
    const rollout = "ro_0000000000000001";
    cloud.command(request(rollout, [exact(box, "open5gs-sgwc", "2.7.7")]));
    const told = await cloud.ended(rollout);
    expect(told.map((one) => `${one.state} ${one.message}`.trim())).toEqual([
      "downloading",
      "downloaded",
      "installing",
      "health_check",
      "committed",
    ]);
    expect(told.at(-1)?.previous).toEqual({ "open5gs-sgwc": OLD });
    expect(told.at(-1)?.installed).toEqual({ "open5gs-sgwc": "2.7.7" });
    expect(version("open5gs-sgwc")).toBe("installed 2.7.7");
    expect(active("open5gs-sgwcd")).toBe(true);
    // What an administrator wrote stays.
    expect(box.read("etc/open5gs/sgwc.yaml")).toBe("sgwc:\n");
    expect(cloud.improper()).toEqual([]);
  });

  it("goes back when the service of the new version does not stay up, and says so", async () => {
    const rollout = "ro_0000000000000002";
    cloud.command(request(rollout, [exact(box, "open5gs-sgwc", "2.7.8")]));
    const told = await cloud.ended(rollout);
    expect(told.map((one) => one.state)).toContain("health_check");
    expect(told.at(-1)?.state).toBe("rolled_back");
    expect(told.at(-1)?.message).toBe("not running: open5gs-sgwcd");
    expect(told.at(-1)?.installed).toEqual({ "open5gs-sgwc": "2.7.7" });
    expect(version("open5gs-sgwc")).toBe("installed 2.7.7");
    expect(active("open5gs-sgwcd")).toBe(true);
  });

  it("goes back when a maintainer script fails", async () => {
    const rollout = "ro_0000000000000003";
    cloud.command(request(rollout, [exact(box, "open5gs-sgwc", "2.7.9")]));
    const told = await cloud.ended(rollout);
    expect(told.at(-1)?.state).toBe("rolled_back");
    expect(told.at(-1)?.message).toMatch(/^installing failed: /);
    expect(version("open5gs-sgwc")).toBe("installed 2.7.7");
    expect(box.run(["dpkg", "--audit"]).output).toBe("");
  });

  it("replaces the agent, and with it every program that is at work", async () => {
    const rollout = "ro_0000000000000004";
    cloud.command(request(rollout, [exact(box, "wisptools-agent", "99.0")]));
    const told = await cloud.ended(rollout);
    expect(told.at(-1)?.message).toBe("");
    expect(told.at(-1)?.state).toBe("committed");
    expect(version("wisptools-agent")).toBe("installed 99.0");
    expect(box.read("usr/lib/wisptools/lib.sh")).toContain("WT_VERSION=99.0\n");
  });

  it("goes back to the agent that can talk to the cloud", async () => {
    const rollout = "ro_0000000000000005";
    cloud.command(request(rollout, [exact(box, "wisptools-agent", "99.2")]));
    const told = await cloud.ended(rollout);
    expect(told.at(-1)?.message).toBe("no report of the agent reached the cloud within 30 s");
    expect(told.at(-1)?.state).toBe("rolled_back");
    expect(version("wisptools-agent")).toBe("installed 99.0");
    expect(active("wisptools-agent.service")).toBe(true);
  });

  it("killed again and again, gets there", async () => {
    const rollout = "ro_0000000000000006";
    const wanted = request(rollout, [exact(box, "open5gs-sgwc", OLD), exact(box, "wisptools-agent", "99.1")], {
      restore: true,
    });
    cloud.command(undefined);
    box.run(["systemctl", "stop", "wisptools-update.path"]);
    box.write("var/lib/wisptools/update/request.json", JSON.stringify(wanted), 0o600);
    for (const seconds of [0.7, 2, 3, 4]) {
      box.spawn(["/usr/lib/wisptools/wisptools-update"]);
      await pause(seconds * 1000);
      box.kill("wisptools-update$");
      box.kill("(apt-get|dpkg)");
    }
    const ran = box.run(["/usr/lib/wisptools/wisptools-update"]);
    expect(ran.status, ran.output.slice(-3000)).toBe(0);
    const told = await cloud.ended(rollout);
    expect(told.at(-1)?.message).toBe("");
    expect(told.at(-1)?.state).toBe("committed");
    expect(version("open5gs-sgwc")).toBe(`installed ${OLD}`);
    expect(version("wisptools-agent")).toBe("installed 99.1");
    expect(box.run(["dpkg", "--audit"]).output).toBe("");
    expect(active("open5gs-sgwcd")).toBe(true);
    expect(cloud.improper()).toEqual([]);
    expect(box.exists("var/lib/wisptools/update/work.json")).toBe(false);
    expect(box.exists("etc/systemd/system/wt-update-guard.timer")).toBe(false);
  });

  it("installs nothing that the repository's key did not sign", async () => {
    const rollout = "ro_0000000000000007";
    const folder = join(box.root, "srv/tenant");
    repack(folder, "open5gs-sgwc", "2.7.10", () => {});
    index(folder); // and no signature of it
    box.write(
      "var/lib/wisptools/update/request.json",
      JSON.stringify(request(rollout, [exact(box, "open5gs-sgwc", "2.7.10")])),
      0o600,
    );
    box.run(["/usr/lib/wisptools/wisptools-update"]);
    const told = await cloud.ended(rollout);
    expect(told.map((one) => one.state)).toEqual(["downloading", "failed"]);
    expect(told.at(-1)?.message).toMatch(/^the tenant's repository cannot be read: /);
    expect(version("open5gs-sgwc")).toBe(`installed ${OLD}`);
  });
});
