// The main job on a real Debian 12, through the running stack: the box enrols itself, runs the script the cloud made for it,
// reports, runs it again without effect, takes a settings change, and survives being killed in the middle of it.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { api } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADDRESS, Box, type Ran } from "./chroot/box.ts";
import { Administrator } from "./chroot/tenantRepository.ts";

const env = process.env as Record<string, string>;
const url = env.WISPTOOLS_URL ?? "";
let box: Box;
let administrator: Administrator;
let tenant: string;
let epcId: string;

const request = <T = { epc: api.EpcView }>(method: string, path: string, body?: unknown) =>
  administrator.request<T>(method, path, body);
const epc = async () => (await request("GET", `/api/epc/${epcId}?tenant_id=${tenant}`)).epc;
const shell = (command: string): Ran => box.run(["sh", "-c", command]);
const deploy = (): Ran => shell("/usr/lib/wisptools/wisptools-deploy");
const deployLog = (version: number) => box.read(`var/log/wisptools/deploy-${version}.log`);
const starts = () => box.read("run/stand-in/log").trim().split("\n");
const changedSinceMark = () =>
  shell("find /etc /usr/lib/wisptools -type f -newer /var/lib/wisptools/mark | sort").output.trim();

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let n = 0; n < 240; n++) {
    if (await holds()) return;
    await new Promise((wake) => setTimeout(wake, 500));
  }
  throw new Error(`${what}: waited in vain`);
}

beforeAll(async () => {
  box = await Box.make();
  box.run(["rm", "-r", "/usr/lib/wisptools"]);
  administrator = await Administrator.signIn(env);
  await administrator.letIn(box);
  tenant = await administrator.makeTenant();
  const core_source = { uri: "repository", suite: "stable", components: [] };
  await request("PATCH", `/api/tenants/${tenant}`, { core_source, report_interval_seconds: 10 });
  const tokens = `/api/tenants/${tenant}/enrolment-tokens`;
  const { token } = await request<{ token: string }>("POST", tokens, { label: "chroot" });
  box.write("root/token", token);
  const devices = join(import.meta.dirname, "../../scripts/device");
  box.write("root/enrol.sh", execFileSync("sh", ["bundle.sh"], { cwd: devices, encoding: "utf8", maxBuffer: 1e7 }));
});

afterAll(() => box?.end());

describe("a bare Debian 12", () => {
  it("enrols, installs from its tenant's repository with real apt, and is online", async () => {
    const ran = shell(`sh /root/enrol.sh --url ${url} --tenant ${tenant} --token-file /root/token --allow-http`);
    expect(ran.status, ran.output.slice(-2000)).toBe(0);
    epcId = /^EPC_ID=(.*)$/m.exec(box.read("etc/wisptools/credentials"))?.[1] ?? "";
    expect(shell("dpkg -s open5gs-mme").output).toContain("Status: install ok installed");
    expect(shell("dpkg --verify wisptools-agent")).toEqual({ status: 0, output: "" });
    expect(deployLog(1)).toContain("EPC ONLINE");
    expect(deployLog(1)).toContain(`MME   ${ADDRESS}:36412`);
    expect(box.read("etc/open5gs/mme.yaml")).toContain(`- address: ${ADDRESS}`);
    expect(shell("ip -o -4 address show dev ogstun").output).toContain("10.45.0.1/16");
    expect(shell("nft list table inet wisptools").output).toContain("ip saddr 10.45.0.0/16");
    expect(shell("cat /proc/sys/net/ipv4/ip_forward").output.trim()).toBe("1");
    expect(deployLog(1)).not.toContain("waits for its certificate");
    expect(box.read("etc/freeDiameter/mme.conf")).toContain("TLS_Cred = ");
    // The agent reports from early on, so that its first report may be from before the end.
    await until("the agent's report", async () => {
      const { state, deployed_script_version: version } = await epc();
      return state === "online" && version === 1;
    });
    expect(await epc()).toMatchObject({
      components: { mme: "running", sgwc: "running", sgwu: "running", smf: "running", upf: "running" },
      versions: { open5gs: "2.7.6~standin1" },
    });
  });

  it("run again, changes nothing and says so", () => {
    shell("touch /var/lib/wisptools/mark");
    const before = starts().length;
    const ran = deploy();
    expect(ran.status, ran.output).toBe(0);
    expect(deployLog(1)).toContain("nothing had to be changed");
    expect(starts().length).toBe(before);
    expect(changedSinceMark()).toBe("");
  });

  it("takes a change of settings: the agent fetches the new version and only what it touches restarts", async () => {
    const before = starts().length;
    await request("PATCH", `/api/epc/${epcId}?tenant_id=${tenant}`, { tac: 321 });
    await until("the new version", async () => (await epc()).deployed_script_version === 2);
    expect(box.read("etc/open5gs/mme.yaml")).toContain("tac: 321");
    expect(
      starts()
        .slice(before)
        .filter((line) => line.includes("open5gs")),
    ).toEqual(["start open5gs-mmed.service"]);
  });

  it("killed in the middle, completes at the next run", async () => {
    shell("systemctl stop wisptools-agent; dpkg --purge open5gs-smf open5gs-upf; rm -f /etc/open5gs/mme.yaml");
    await request("PATCH", `/api/epc/${epcId}?tenant_id=${tenant}`, { tac: 322 });
    box.spawn(["/usr/lib/wisptools/wisptools-deploy"]);
    const log = "/var/log/wisptools/deploy-3.log";
    await until("the packages step", () => shell(`grep -q 'step open5gs' ${log}`).status === 0);
    for (const pattern of ["wisptools-deploy", "^sh /tmp/wisptools", "(apt-get|dpkg)"]) box.kill(pattern);
    expect(shell("cat /var/lib/wisptools/state/script-version").output.trim()).toBe("2");
    const ran = deploy();
    expect(ran.status, `${ran.output}\n${deployLog(3).slice(-2000)}`).toBe(0);
    expect(box.read("etc/open5gs/mme.yaml")).toContain("tac: 322");
    for (const name of ["mme", "sgwc", "sgwu", "smf", "upf"]) {
      expect(shell(`systemctl is-active open5gs-${name}d`).status, name).toBe(0);
    }
  });

  it("keeps its secrets to itself: none in logs, scripts, or readable by others", () => {
    const credentials = box.read("etc/wisptools/credentials");
    const secrets = [...credentials.matchAll(/^(?:AUTH_CODE|API_KEY|SECRET_KEY)=(.*)$/gm)].map((match) => match[1]);
    expect(secrets).toHaveLength(3);
    for (const secret of [...secrets, box.read("root/token").trim()]) {
      const found = shell(`grep -rlF ${secret} /var /usr /run /tmp /etc | grep -v '^/etc/wisptools/credentials$'`);
      expect(found.output.trim()).toBe("");
    }
    expect(shell("stat -c %a /etc/wisptools/credentials").output.trim()).toBe("600");
  });
});
