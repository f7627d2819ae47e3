// The deployment script on a real Debian 12: real apt, dpkg, kernel tunnel, nftables and freeDiameter; stand-ins for Open5GS,
// which Debian does not have, and for systemctl, as no systemd runs in a chroot.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type DeploymentInput, deploymentScript, EpcId, TenantId } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADDRESS, Box, type Ran } from "./chroot/box.ts";
import { buildRepository, signRepository } from "./stand-in-packages/build.ts";

const DEVICE = join(import.meta.dirname, "../../scripts/device");
const deviceFiles = Object.fromEntries(
  readdirSync(DEVICE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(DEVICE, path), readFileSync(path, "utf8")]),
);
const DAEMONS = ["mme", "sgwc", "sgwu", "smf", "upf"];

const input: DeploymentInput = {
  epcId: EpcId.parse("epc_00000000000000c1"),
  tenantId: TenantId.parse("tenant_wisp123"),
  siteName: "Ünder the 'Hill' $(reboot)",
  scriptVersion: 1,
  configVersion: 1,
  plmn: { mcc: "001", mnc: "01" },
  tac: 7,
  apns: [
    { name: "internet", uePool: "10.45.0.0/16" },
    { name: "ims", uePool: "10.46.0.0/24" },
  ],
  dns: ["9.9.9.9"],
  nat: true,
  diameter: {
    realm: "wisp123.wisptools.local",
    hssIdentity: "hss.wisp123.wisptools.local",
    hssHost: "127.0.0.1",
    hssPort: 3868,
    pcrfIdentity: "pcrf.wisp123.wisptools.local",
    pcrfHost: "127.0.0.1",
    pcrfPort: 3869,
    tls: false,
  },
  coreSource: { uri: "file:/srv/open5gs", suite: "./", components: [] },
  allowShell: false,
  deviceFiles,
};

/** As wisptools-register leaves a box, for a cloud that is away. */
function enrol(box: Box): void {
  box.write(
    "etc/wisptools/wisptools.conf",
    "WISPTOOLS_URL=http://127.0.0.1:9\nTENANT_ID=tenant_wisp123\nALLOW_SHELL=0\n",
  );
  const credentials = `EPC_ID=${input.epcId}\nAUTH_CODE=${"a".repeat(32)}\nAPI_KEY=${"b".repeat(64)}\nSECRET_KEY=${"c".repeat(64)}\n`;
  box.write("etc/wisptools/credentials", credentials, 0o600);
}

function deploy(box: Box, changes: Partial<DeploymentInput> = {}): Ran {
  box.write("root/script", deploymentScript({ ...input, ...changes }));
  return box.run(["sh", "/root/script"]);
}

function allActive(box: Box): boolean {
  return DAEMONS.every((name) => box.run(["systemctl", "is-active", `open5gs-${name}d`]).status === 0);
}

const starts = (box: Box) => box.read("run/stand-in/log").trim().split("\n");
const fails = (ran: Ran) => ran.output.slice(-3000);

describe("a deployment", () => {
  let box: Box;

  beforeAll(async () => {
    box = await Box.make();
    buildRepository(join(box.root, "srv/open5gs"));
    enrol(box);
  });
  afterAll(() => box?.end());

  it("makes a bare Debian an EPC", () => {
    const ran = deploy(box);
    expect(ran.status, fails(ran)).toBe(0);
    expect(ran.output).toContain("EPC ONLINE");
    expect(ran.output).toContain(`${ADDRESS}:36412`);
    expect(allActive(box)).toBe(true);
  });

  it("gives the daemons their configuration, tunnel and way out", () => {
    expect(box.read("etc/open5gs/mme.yaml")).toContain(ADDRESS);
    const device = box.run(["ip", "-4", "-br", "address", "show", "ogstun"]).output;
    expect(device).toContain("10.45.0.1/16");
    expect(device).toContain("10.46.0.1/24");
    const rules = box.run(["nft", "list", "ruleset"]).output;
    expect(rules).toMatch(/ip saddr 10\.45\.0\.0\/16 oifname != "ogstun" masquerade/);
    expect(box.run(["sysctl", "-n", "net.ipv4.ip_forward"]).output.trim()).toBe("1");
    expect(box.run(["dpkg", "--audit"]).output).toBe("");
    expect(box.run(["sh", "-c", "systemd-analyze verify /etc/systemd/system/wisptools-*"])).toEqual({
      status: 0,
      output: "",
    });
  });

  it("answers SNMP about itself on the box alone", () => {
    const location = box.run(["snmpget", "-v2c", "-cwisptools", "-Oqv", "127.0.0.1", ".1.3.6.1.2.1.1.6.0"]);
    const bytes = Buffer.from(location.output.replace(/[^0-9A-F]/g, ""), "hex");
    expect(bytes.toString()).toBe(input.siteName);
    expect(box.run(["snmpget", "-v2c", "-cwisptools", "-t1", "-r0", ADDRESS, ".1.3.6.1.2.1.1.6.0"]).status).not.toBe(0);
  });

  it("changes nothing the second time, and says so", () => {
    const paths = [
      "etc/open5gs/mme.yaml",
      "etc/freeDiameter/smf.conf",
      "usr/lib/wisptools/lib.sh",
      "etc/wisptools/wisptools.conf",
    ];
    const before = paths.map((path) => box.modified(path));
    const started = starts(box).length;
    const ran = deploy(box);
    expect(ran.status, fails(ran)).toBe(0);
    expect(ran.output).toContain("nothing had to be changed");
    expect(ran.output).not.toContain("succeeded");
    expect(paths.map((path) => box.modified(path))).toEqual(before);
    expect(starts(box).length).toBe(started);
  });

  it("restarts what a change belongs to, and nothing else", () => {
    const started = starts(box).length;
    const ran = deploy(box, { tac: 8 });
    expect(ran.status, fails(ran)).toBe(0);
    expect(starts(box).slice(started)).toEqual(["start open5gs-mmed.service"]);
  });

  it("goes back to the previous configuration when freeDiameter refuses the new one", () => {
    const before = box.read("etc/freeDiameter/mme.conf");
    const ran = deploy(box, { diameter: { ...input.diameter, realm: "under_score.test" } });
    expect(ran.status).not.toBe(0);
    expect(ran.output).toMatch(/did not stay up: .*open5gs-mmed/);
    expect(box.read("etc/freeDiameter/mme.conf")).toBe(before);
    expect(allActive(box)).toBe(true);
  });
});

describe("a deployment from a signed source", () => {
  let box: Box;
  let signingKey: string;

  beforeAll(async () => {
    box = await Box.make();
    buildRepository(join(box.root, "srv/open5gs"));
    signingKey = await signRepository(join(box.root, "srv/open5gs"));
    enrol(box);
  });
  afterAll(() => box?.end());

  it("installs nothing that another key signed", async () => {
    const other = await signRepository(join(box.root, "srv/debian"));
    const ran = deploy(box, { coreSource: { ...input.coreSource, signingKey: other } });
    expect(ran.status).not.toBe(0);
    expect(box.exists("usr/bin/open5gs-mmed")).toBe(false);
  });

  it("killed again and again, gets there", async () => {
    box.write("root/script", deploymentScript({ ...input, coreSource: { ...input.coreSource, signingKey } }));
    for (const seconds of [0.5, 1, 2, 3, 4.5]) {
      box.spawn(["sh", "/root/script"]);
      await pause(seconds * 1000);
      box.kill("^sh /root/script$");
      box.kill("(apt-get|dpkg)");
    }
    const ran = box.run(["sh", "/root/script"]);
    expect(ran.status, fails(ran)).toBe(0);
    expect(allActive(box)).toBe(true);
    expect(box.run(["dpkg", "--audit"]).output).toBe("");
    const again = box.run(["sh", "/root/script"]);
    expect(again.output).toContain("nothing had to be changed");
  });
});
