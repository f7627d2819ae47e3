// The deployment script on a real Debian 12: real apt, which installs from a tenant's repository in the running stack; real dpkg, kernel tunnel, nftables and freeDiameter; stand-ins for Open5GS,
// which Debian does not have, and for systemctl, as no systemd runs in a chroot.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { ChannelName, type DeploymentInput, deploymentScript, diameterIdentity, EpcId } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCertificate, newKeyPair } from "../../packages/store/src/certificate.ts";
import { ADDRESS, Box, type Ran } from "./chroot/box.ts";
import { Administrator, makeTenantRepository, type TenantRepository } from "./chroot/tenantRepository.ts";
import { buildRepository, signRepository } from "./stand-in-packages/build.ts";

const DEVICE = join(import.meta.dirname, "../../scripts/device");
const deviceFiles = Object.fromEntries(
  readdirSync(DEVICE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(DEVICE, path), readFileSync(path, "utf8")]),
);
const DAEMONS = ["mme", "sgwc", "sgwu", "smf", "upf"];

const input: Omit<DeploymentInput, "tenantId" | "repository"> = {
  epcId: EpcId.parse("epc_00000000000000c1"),
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
  coreSource: { uri: "repository", suite: "stable", components: [] },
  allowShell: false,
  deviceFiles,
};

let administrator: Administrator;
let tenant: TenantRepository;
const fronts: ChildProcess[] = [];

beforeAll(async () => {
  administrator = await Administrator.signIn(process.env as Record<string, string>);
  tenant = await makeTenantRepository(administrator);
});
afterAll(() => {
  for (const front of fronts) front.kill();
});

/** A box as wisptools-register leaves it, but without our programs; of its cloud nothing but the repository is there, unless `other` is. */
async function makeBox(other?: string): Promise<Box> {
  const box = await Box.make();
  box.run(["rm", "-r", "/usr/lib/wisptools"]);
  const { port, process } = await administrator.startFront(box, other);
  fronts.push(process);
  box.write(
    "etc/wisptools/wisptools.conf",
    `WISPTOOLS_URL=http://127.0.0.1:${port}\nTENANT_ID=${tenant.tenantId}\nALLOW_SHELL=0\n`,
  );
  const { auth_code, api_key, secret_key } = tenant.credentials;
  const credentials = `EPC_ID=${input.epcId}\nAUTH_CODE=${auth_code}\nAPI_KEY=${api_key}\nSECRET_KEY=${secret_key}\n`;
  box.write("etc/wisptools/credentials", credentials, 0o600);
  return box;
}

function scriptOf(changes: Partial<DeploymentInput> = {}): string {
  const { tenantId, keyring } = tenant;
  const repository = { keyring, channel: ChannelName.parse("stable") };
  return deploymentScript({ ...input, tenantId, repository, ...changes });
}

function run(box: Box, script: string): Ran {
  box.write("root/script", script);
  return box.run(["sh", "/root/script"]);
}

const deploy = (box: Box, changes: Partial<DeploymentInput> = {}): Ran => run(box, scriptOf(changes));

function allActive(box: Box): boolean {
  return DAEMONS.every((name) => box.run(["systemctl", "is-active", `open5gs-${name}d`]).status === 0);
}

const starts = (box: Box) => box.read("run/stand-in/log").trim().split("\n");
const fails = (ran: Ran) => ran.output.slice(-3000);

async function logged(box: Box, path: string, words: RegExp): Promise<void> {
  for (let n = 0; n < 120; n++) {
    if (box.exists(path) && words.test(box.read(path))) return;
    await pause(500);
  }
  throw new Error(`${path} never said ${words}: ${box.exists(path) ? box.read(path).slice(-2000) : "nothing"}`);
}

describe("a deployment", () => {
  let box: Box;

  beforeAll(async () => {
    box = await makeBox();
  });
  afterAll(() => box?.end());

  it("makes a bare Debian an EPC", () => {
    const ran = deploy(box);
    expect(ran.status, fails(ran)).toBe(0);
    expect(ran.output).toContain("EPC ONLINE");
    expect(ran.output).toContain(`${ADDRESS}:36412`);
    expect(allActive(box)).toBe(true);
    const installed = box.run(["sh", "-c", "dpkg -l 'wisptools-*' | awk '/^ii/ { print $2 }'"]).output;
    expect(installed).toBe("wisptools-agent\nwisptools-keyring\n");
    expect(box.run(["dpkg", "--verify", "wisptools-agent", "wisptools-keyring"])).toEqual({ status: 0, output: "" });
    expect(box.run(["stat", "-c", "%a %U", "/etc/apt/auth.conf.d/wisptools.conf"]).output).toBe("600 root\n");
  });

  it("keeps unattended upgrades off what rollouts move", () => {
    const { output } = box.run(["apt-config", "dump", "--format", "%v%n", "Unattended-Upgrade::Package-Blacklist"]);
    expect(output.split("\n").filter(Boolean)).toEqual(["^wisptools-", "^open5gs-"]);
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
    expect(box.run(["sh", "-c", "systemd-analyze verify /usr/lib/systemd/system/wisptools-*"])).toEqual({
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

describe("a box of earlier times", () => {
  let box: Box;
  const EARLIER = join(import.meta.dirname, "chroot/script-before-packages.sh.gz");
  const unit = (name: string) => box.run(["readlink", `/etc/systemd/system/multi-user.target.wants/${name}`]).output;

  beforeAll(async () => {
    box = await makeBox();
    buildRepository(join(box.root, "srv/open5gs"));
    box.run(["apt-get", "-qq", "update"]);
    box.run(["apt-get", "-qq", "install", "iputils-ping"]);
  });
  afterAll(() => box?.end());

  it("whose script brought our programs gets them as packages, and its units are theirs", () => {
    const before = run(box, gunzipSync(readFileSync(EARLIER)).toString());
    expect(before.status, fails(before)).toBe(0);
    expect(box.exists("etc/systemd/system/wisptools-agent.service")).toBe(true);
    const started = starts(box).length;
    const ran = deploy(box);
    expect(ran.status, fails(ran)).toBe(0);
    expect(box.run(["dpkg", "--verify", "wisptools-agent", "wisptools-keyring"])).toEqual({ status: 0, output: "" });
    expect(box.run(["sh", "-c", "ls /etc/systemd/system/wisptools-*"]).status).not.toBe(0);
    expect(unit("wisptools-agent.service")).toBe("/usr/lib/systemd/system/wisptools-agent.service\n");
    expect(box.exists("etc/apt/sources.list.d/wisptools-open5gs.sources")).toBe(false);
    // Open5GS was there and stays up; our own are others now.
    expect(starts(box).slice(started).join()).not.toContain("open5gs");
    expect(starts(box).slice(started)).toContain("start wisptools-agent.service");
    expect(allActive(box)).toBe(true);
    expect(deploy(box).output).toContain("nothing had to be changed");
  });
});

describe("a deployment from a signed source", () => {
  let box: Box;

  beforeAll(async () => {
    box = await makeBox();
  });
  afterAll(() => box?.end());

  it("installs nothing that another key signed, of the tenant's repository or another", async () => {
    const keyring = await signRepository(join(box.root, "srv/debian"));
    const ran = deploy(box, { repository: { keyring, channel: ChannelName.parse("stable") } });
    expect(ran.output).toContain("the package source wisptools does not answer, or is not signed by its key");
    expect([ran.status, box.exists("usr/lib/wisptools")]).toEqual([1, false]);
    buildRepository(join(box.root, "srv/open5gs"));
    await signRepository(join(box.root, "srv/open5gs"));
    const coreSource = { uri: "file:/srv/open5gs", suite: "./", components: [], signingKey: keyring };
    const other = deploy(box, { coreSource });
    expect(other.output).toContain("the package source wisptools-open5gs does not answer, or is not signed by its key");
    expect([other.status, box.exists("usr/bin/open5gs-mmed")]).toEqual([1, false]);
    box.run(["dpkg", "--purge", "wisptools-agent", "wisptools-keyring"]);
  });

  it("killed again and again, gets there", async () => {
    box.write("root/script", scriptOf());
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

describe("Diameter over TLS", () => {
  let box: Box;
  let cloud: ChildProcess;
  const folder = mkdtempSync(join(tmpdir(), "cloud-"));
  const { realm } = input.diameter;
  const diameter = { ...input.diameter, hssPort: 5868, pcrfPort: 5869, tls: true };

  beforeAll(async () => {
    box = await makeBox(await startCloud());
    const [, platform] = JSON.parse(readFileSync(join(folder, "authorities.json"), "utf8"));
    const { keyPem, request } = await newKeyPair();
    const identities = [diameter.hssIdentity, diameter.pcrfIdentity];
    const { certificatePem } = await issueCertificate(platform, request, identities, new Date());
    box.write("root/peer.crt", certificatePem);
    box.write("root/peer.key", keyPem);
  });
  afterAll(async () => {
    cloud?.kill();
    await box?.end();
    rmSync(folder, { recursive: true });
  });

  /** A cloud that certifies. */
  async function startCloud(): Promise<string> {
    mkdirSync(join(folder, "replies"));
    writeFileSync(join(folder, "secret"), tenant.credentials.secret_key);
    const identities = (["mme", "smf"] as const).map((role) => diameterIdentity(role, input.epcId, realm));
    const reply = [{ status: 200, body: {}, certify: { days: 90, identities } }];
    writeFileSync(join(folder, `replies/POST_api_epc_${input.epcId}_certificate`), JSON.stringify(reply));
    const program = join(import.meta.dirname, "../shell/far-side.mjs");
    cloud = spawn(process.execPath, [program, folder], { stdio: ["ignore", "ignore", "inherit"] });
    for (let n = 0; n < 200 && !existsSync(join(folder, "port")); n++) await pause(100);
    return `http://127.0.0.1:${readFileSync(join(folder, "port"), "utf8")}`;
  }

  /** A real freeDiameter for the MME or the SMF to connect to, which knows nobody else. */
  function startPeer(role: "mme" | "smf", identity: string, port: number): void {
    const name = `peer-of-${role}`;
    box.write(
      `root/${name}.conf`,
      `Identity = "${identity}";
Realm = "wisptools.local";
Port = 0;
SecPort = ${port};
ListenOn = "127.0.0.1";
No_SCTP;
TLS_Cred = "/root/peer.crt", "/root/peer.key";
TLS_CA = "/etc/wisptools/diameter/ca.crt";
TLS_CA = "/etc/wisptools/diameter/peer-ca.crt";
ConnectPeer = "${diameterIdentity(role, input.epcId, realm)}" { };
`,
    );
    box.spawn(["sh", "-c", `exec freeDiameterd -c /root/${name}.conf >/root/${name}.log 2>&1`]);
  }

  it("has its certificate by the end of the deployment, and freeDiameter takes it for MME and SMF", () => {
    const ran = deploy(box, { diameter });
    expect(ran.status, fails(ran)).toBe(0);
    expect(ran.output).not.toContain("Diameter waits for its certificate");
    expect(allActive(box)).toBe(true);
    expect(box.run(["stat", "-c", "%a %U %G", "/etc/wisptools/diameter/epc.key"]).output).toBe("640 root open5gs\n");
    for (const role of ["mme", "smf"]) {
      expect(box.read(`etc/freeDiameter/${role}.conf`)).toContain("TLS_Cred = ");
      expect(box.read(`var/log/open5gs-${role}d.service.log`)).toContain("/etc/wisptools/diameter/epc.crt");
    }
  });

  it("connects both to the peers of the platform's authority, over mutual TLS", async () => {
    startPeer("mme", diameter.hssIdentity, diameter.hssPort);
    startPeer("smf", diameter.pcrfIdentity, diameter.pcrfPort);
    for (const [role, peer] of [
      ["mme", diameter.hssIdentity],
      ["smf", diameter.pcrfIdentity],
    ] as const) {
      const own = diameterIdentity(role, input.epcId, realm);
      await logged(box, `var/log/open5gs-${role}d.service.log`, new RegExp(`Connected to '${peer}' \\(TCP,TLS,`));
      await logged(box, `root/peer-of-${role}.log`, new RegExp(`Connected to '${own}' \\(TCP,TLS,`));
    }
  });

  it("changes nothing the second time", () => {
    const started = starts(box).length;
    const before = box.modified("etc/wisptools/diameter/epc.crt");
    const ran = deploy(box, { diameter });
    expect(ran.output, fails(ran)).toContain("nothing had to be changed");
    expect(box.modified("etc/wisptools/diameter/epc.crt")).toBe(before);
    expect(starts(box).length).toBe(started);
  });

  it("waits for a new one once the old is gone, rather than have freeDiameter refuse to start", () => {
    rmSync(join(folder, `replies/POST_api_epc_${input.epcId}_certificate`));
    box.run(["sh", "-c", "rm /etc/wisptools/diameter/epc.crt"]);
    const ran = deploy(box, { diameter });
    expect(ran.status, fails(ran)).toBe(0);
    expect(ran.output).toContain("Diameter waits for its certificate");
    expect(allActive(box)).toBe(true);
  });
});

describe("a PCRF on the box", () => {
  let box: Box;
  const realm = input.diameter.realm;
  const [pcrf, smf] = (["pcrf", "smf"] as const).map((role) => diameterIdentity(role, input.epcId, realm));
  const policy: DeploymentInput["policy"] = input.apns.map(({ name }) => ({
    apn: name,
    pdnType: "ipv4",
    qci: 9,
    arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
    rates: { uplink: 10_000_000, downlink: 50_000_000 },
    rules: [],
  }));
  /** Each log as it stands belongs to what was deployed before. */
  const forget = () => box.run(["sh", "-c", "for log in /var/log/open5gs-*.log; do : >$log; done"]);
  const pcrfIs = (verb: "is-active" | "is-enabled") => box.run(["systemctl", verb, "open5gs-pcrfd"]).status === 0;

  beforeAll(async () => {
    box = await makeBox();
    const ran = deploy(box, { policy });
    expect(ran.status, fails(ran)).toBe(0);
  });
  afterAll(() => box?.end());

  it("is what the SMF's freeDiameter connects to, in plain TCP on the loopback", async () => {
    expect([pcrfIs("is-active"), allActive(box)]).toEqual([true, true]);
    await logged(box, "var/log/open5gs-smfd.service.log", new RegExp(`Connected to '${pcrf}' \\(TCP,`));
    await logged(box, "var/log/open5gs-pcrfd.service.log", new RegExp(`Connected to '${smf}' \\(TCP,`));
    expect(deploy(box, { policy }).output).toContain("nothing had to be changed");
  });

  it("is called again by itself after either was restarted", async () => {
    for (const unit of ["open5gs-pcrfd", "open5gs-smfd"]) {
      forget();
      box.run(["systemctl", "restart", unit]);
      await logged(box, "var/log/open5gs-smfd.service.log", new RegExp(`Connected to '${pcrf}' \\(TCP,`));
    }
  });

  it("that freeDiameter refuses is taken back, and the SMF goes on with the one before", async () => {
    const before = ["etc/freeDiameter/smf.conf", "etc/open5gs/pcrf.yaml"].map((path) => box.read(path));
    const ran = deploy(box, { policy, diameter: { ...input.diameter, realm: "under_score.test" } });
    expect(ran.status).not.toBe(0);
    expect(ran.output).toMatch(/did not stay up: .*open5gs-pcrfd/);
    expect(["etc/freeDiameter/smf.conf", "etc/open5gs/pcrf.yaml"].map((path) => box.read(path))).toEqual(before);
    expect([pcrfIs("is-active"), allActive(box)]).toEqual([true, true]);
  });

  it("ends when it is no longer wanted, and the SMF calls the cloud's", async () => {
    forget();
    const ran = deploy(box);
    expect(ran.status, fails(ran)).toBe(0);
    expect([pcrfIs("is-active"), pcrfIs("is-enabled"), allActive(box)]).toEqual([false, false, true]);
    const { pcrfIdentity, pcrfPort } = input.diameter;
    const cloud = `Identity = "${pcrfIdentity}";
Realm = "${realm}";
Port = ${pcrfPort};
SecPort = 0;
ListenOn = "127.0.0.1";
No_SCTP;
ConnectPeer = "${smf}" { ConnectTo = "127.0.0.4"; No_TLS; };
`;
    box.write("root/cloud.conf", cloud);
    box.spawn(["freeDiameterd", "-c", "/root/cloud.conf"]);
    await logged(box, "var/log/open5gs-smfd.service.log", new RegExp(`Connected to '${pcrfIdentity}' \\(TCP,`));
    expect(deploy(box).output).toContain("nothing had to be changed");
  });
});
