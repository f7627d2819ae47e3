import { execFileSync, spawnSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { layAgent } from "../../../../../scripts/release/agentPackage.ts";
import { ChannelName } from "../apt/ids.ts";
import { EpcId, TenantId } from "../ids.ts";
import { deploymentScript } from "./deploymentScript.ts";
import { diameterIdentity } from "./freeDiameter.ts";
import type { DeploymentInput } from "./input.ts";
import { gatewayOf } from "./ipv4.ts";
import { delimiterFor, freeDiameterQuote, restOfLine, shellQuote, yamlQuote } from "./quote.ts";

vi.setConfig({ testTimeout: 120_000 });

const repository = join(import.meta.dirname, "../../../../..");
const deviceFolder = join(repository, "scripts/device");
const deviceFiles = Object.fromEntries(
  readdirSync(deviceFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(deviceFolder, path), readFileSync(path, "utf8")]),
);

const plain: DeploymentInput = {
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

/** What the stand-in of apt has to install: NAME's files below NAME. */
const packages = mkdtempSync(join(tmpdir(), "packages-"));
layAgent(join(packages, "wisptools-agent"));
afterAll(() => rmSync(packages, { recursive: true }));

const hostile = [
  "'; touch $CANARY; '",
  '"; touch $CANARY; "',
  "$(touch $CANARY)",
  "`touch $CANARY`",
  "a\ntouch $CANARY\nb",
  "WISPTOOLS_END\ntouch $CANARY",
  "-rf / --no-preserve-root %s %n \\n \\",
  "Ünï¢ødé ☃ \u2028 ' \" \\ # : { } [ ] & * ! | > %",
  "$IFS|&;<>()~!*?[]",
  "@S1_ADDRESS@ & \\1 \\&",
];

let root: string;
let canary: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "box-"));
  canary = join(root, "canary");
  mkdirSync(join(root, "etc/wisptools"), { recursive: true });
  mkdirSync(join(root, "var/lib/simulated-box"), { recursive: true });
  writeFileSync(
    join(root, "etc/wisptools/wisptools.conf"),
    "WISPTOOLS_URL=http://127.0.0.1:9\nTENANT_ID=tenant_test\nALLOW_HTTP=1\nALLOW_SHELL=0\n",
  );
  const credentials = `EPC_ID=epc_00000000000000a1\nAUTH_CODE=${"a".repeat(32)}\nAPI_KEY=${"b".repeat(64)}\nSECRET_KEY=${"c".repeat(64)}\n`;
  writeFileSync(join(root, "etc/wisptools/credentials"), credentials, { mode: 0o600 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Ran {
  status: number | null;
  output: string;
}

/** Runs a script on the simulated box; WISPTOOLS_ROOT relocates it, stand-ins for system tools come first in PATH. */
function run(script: string, env: Record<string, string> = {}, extraPath = ""): Ran {
  const file = join(root, "script.sh");
  writeFileSync(file, script);
  const bin = join(repository, "scripts/dev/simulated-box/bin");
  const result = spawnSync("sh", [file], {
    encoding: "utf8",
    env: {
      PATH: `${extraPath}${bin}:${process.env.PATH}`,
      WISPTOOLS_ROOT: root,
      SIMULATED_PACKAGES: packages,
      WISPTOOLS_SETTLE_SECONDS: "0",
      CANARY: canary,
      ...env,
    },
  });
  return { status: result.status, output: result.stdout + result.stderr };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const aptPassword = (secret: string) => createHmac("sha256", secret).update("wisptools apt").digest("hex");
const box = (path: string) => readFileSync(join(root, path), "utf8");
const boxLog = () => (existsSync(join(root, "var/lib/simulated-box/log")) ? box("var/lib/simulated-box/log") : "");

/** Every file the script is answerable for, with its modification time. */
function snapshot(): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/spool|simulated-box\/log|script\.sh|\.log$/.test(path))
    .map((path) => `${relative(root, path)} ${statSync(path).mtimeMs}`)
    .sort();
}

/** Not one remark, of whatever severity. */
function shellcheck(script: string): void {
  const file = join(root, "checked.sh");
  writeFileSync(file, script);
  const { stdout, stderr } = spawnSync("shellcheck", ["-x", "--source-path", deviceFolder, file], { encoding: "utf8" });
  expect(stdout + stderr).toBe("");
  rmSync(file);
}

describe("the script", () => {
  it("is the same for the same input, and passes shellcheck", () => {
    expect(deploymentScript(plain)).toBe(deploymentScript(structuredClone(plain)));
    const file = join(root, "script.sh");
    writeFileSync(file, deploymentScript(plain));
    shellcheck(deploymentScript(plain));
  });

  it("deploys, says so, and the second time changes nothing and says that", () => {
    const first = run(deploymentScript(plain));
    expect(first.output).toContain("EPC ONLINE  Hill top");
    expect(first.output).toContain("MME   192.168.88.20:36412");
    expect(first.status).toBe(0);
    expect(box("etc/open5gs/mme.yaml")).toContain('mcc: "001"');
    expect(box("etc/open5gs/mme.yaml")).toContain("- address: 192.168.88.20");
    expect(box("etc/open5gs/upf.yaml")).toContain('gateway: "10.46.0.1"');
    expect(box("etc/freeDiameter/mme.conf")).toContain('ListenOn = "192.168.88.20";');
    expect(box("etc/freeDiameter/mme.conf")).toContain('"/usr/lib/x86_64-linux-gnu/freeDiameter/dict_dcca_3gpp.fdx"');
    expect(box("etc/apt/sources.list.d/wisptools-open5gs.sources")).toContain(
      "Signed-By: /etc/apt/keyrings/wisptools-open5gs.asc",
    );
    expect(box("etc/apt/sources.list.d/wisptools.sources")).toBe(
      `Types: deb\nURIs: http://127.0.0.1:9/apt/tenant_test/\nSuites: canary\nComponents: main\nSigned-By: ${root}/etc/apt/keyrings/wisptools.asc\n`,
    );
    expect(box("etc/apt/keyrings/wisptools.asc")).toBe("KEYRING\n");
    expect(box("etc/apt/auth.conf.d/wisptools.conf")).toBe(
      `machine http://127.0.0.1:9/apt/tenant_test/ login ${sha256("b".repeat(64))} password ${aptPassword("c".repeat(64))}\n`,
    );
    expect(statSync(join(root, "etc/apt/auth.conf.d/wisptools.conf")).mode & 0o777).toBe(0o600);
    expect(box("var/lib/simulated-box/packages")).toMatch(/^wisptools-agent\nwisptools-keyring$/m);
    expect(box("etc/wisptools/network.conf")).toBe(
      "UE_POOLS=10.45.0.0/16 10.46.0.0/24\nUE_GATEWAYS=10.45.0.1/16 10.46.0.1/24\nNAT=1\n",
    );
    expect(boxLog()).toContain("restart open5gs-mmed.service");
    const before = snapshot();
    writeFileSync(join(root, "var/lib/simulated-box/log"), "");
    const second = run(deploymentScript(plain));
    expect(second.status).toBe(0);
    expect(second.output).toContain("nothing had to be changed");
    expect(second.output).not.toContain("succeeded");
    expect(snapshot()).toEqual(before);
    expect(boxLog()).not.toContain("restart");
  });

  it("restarts only what a change belongs to", () => {
    run(deploymentScript(plain));
    writeFileSync(join(root, "var/lib/simulated-box/log"), "");
    expect(run(deploymentScript({ ...plain, tac: 8 })).status).toBe(0);
    expect(boxLog().match(/restart open5gs-\w+/g)).toEqual(["restart open5gs-mmed"]);
    expect(box("etc/open5gs/mme.yaml")).toContain("tac: 8");
  });

  it("does nothing when its end is missing, wherever it was cut", () => {
    const whole = deploymentScript(plain);
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      run(whole.slice(0, Math.floor(whole.length * part)));
      expect(existsSync(join(root, "usr"))).toBe(false);
    }
    run(whole.slice(0, whole.lastIndexOf("main")));
    expect(existsSync(join(root, "usr"))).toBe(false);
  });

  it("puts the previous configuration back, to the byte, when a service does not stay up", () => {
    run(deploymentScript(plain));
    const before = ["mme", "smf", "upf", "sgwc", "sgwu"].map((name) => box(`etc/open5gs/${name}.yaml`));
    writeFileSync(join(root, "var/lib/simulated-box/refuses"), "open5gs-smfd.service\n");
    const failed = run(deploymentScript({ ...plain, dns: ["8.8.8.8"], tac: 99 }));
    expect(failed.status).toBe(1);
    expect(failed.output).toContain("did not stay up: open5gs-smfd");
    expect(["mme", "smf", "upf", "sgwc", "sgwu"].map((name) => box(`etc/open5gs/${name}.yaml`))).toEqual(before);
    const reports = readdirSync(join(root, "var/lib/wisptools/spool/progress")).sort();
    const last = JSON.parse(box(`var/lib/wisptools/spool/progress/${reports.at(-1)}`));
    expect(last).toMatchObject({ step: "services", step_state: "failed", state: "failed", script_version: 3 });
    rmSync(join(root, "var/lib/simulated-box/refuses"));
    expect(run(deploymentScript({ ...plain, tac: 99 })).status).toBe(0);
    expect(box("etc/open5gs/mme.yaml")).toContain("tac: 99");
  });

  it("killed at any system call it makes, is completed by the next run", () => {
    run(deploymentScript(plain));
    const wanted = ["mme", "smf"].map((name) => box(`etc/open5gs/${name}.yaml`));
    for (const [tool, uses] of Object.entries({ "apt-get": [1, 3], sysctl: [1], systemctl: [1, 6, 12] })) {
      for (const nth of uses) {
        rmSync(join(root, "etc/open5gs"), { recursive: true, force: true });
        rmSync(join(root, "var/lib/simulated-box"), { recursive: true, force: true });
        mkdirSync(join(root, "var/lib/simulated-box"), { recursive: true });
        run(deploymentScript(plain), { KILL_AT: String(nth) }, `${killer(tool)}:`);
        const again = run(deploymentScript(plain));
        expect(again.status, `${tool} ${nth}: ${again.output.slice(-300)}`).toBe(0);
        expect(["mme", "smf"].map((name) => box(`etc/open5gs/${name}.yaml`))).toEqual(wanted);
        for (const name of ["mme", "sgwc", "sgwu", "smf", "upf"]) {
          expect(
            existsSync(join(root, `var/lib/simulated-box/active/open5gs-${name}d.service`)),
            `${tool} ${nth} ${name}`,
          ).toBe(true);
        }
      }
    }
  });
});

/** A folder with a tool that kills the script at its KILL_ATth use, as a power cut would. */
function killer(tool: string): string {
  const folder = mkdtempSync(join(root, "killer-"));
  const count = join(folder, "count");
  writeFileSync(
    join(folder, tool),
    `#!/bin/sh\necho x >>${count}\nif [ "$(wc -l <${count})" -eq "$KILL_AT" ]; then kill -9 "$PPID"; exit 1; fi\nexec ${join(repository, "scripts/dev/simulated-box/bin", tool)} "$@"\n`,
  );
  chmodSync(join(folder, tool), 0o755);
  return folder;
}

describe("the Diameter peer", () => {
  const peerOf = (file: string) => box(`etc/freeDiameter/${file}.conf`).match(/^ConnectPeer.*/gm);
  const withDiameter = (diameter: Partial<DeploymentInput["diameter"]>) =>
    run(deploymentScript({ ...plain, diameter: { ...plain.diameter, ...diameter } }));

  it("over TLS is left out until the certificate is there, never called without protection, and then connected", () => {
    const without = run(deploymentScript(plain));
    expect(without.status).toBe(0);
    expect(without.output).toContain("Diameter waits for its certificate");
    expect(peerOf("mme")).toBeNull();
    expect(box("etc/freeDiameter/mme.conf")).not.toMatch(/^TLS_Cred/m);
    certify(["mme.epc-00000000000000a1.other.test", "smf.epc-00000000000000a1.other.test"]);
    expect(run(deploymentScript(plain)).output).toContain("Diameter waits for its certificate");
    certify(["mme.epc-00000000000000a1.wisp.test", "smf.epc-00000000000000a1.wisp.test"]);
    writeFileSync(join(root, "var/lib/simulated-box/log"), "");
    const withIt = run(deploymentScript(plain));
    expect(withIt.output).not.toContain("Diameter waits");
    expect(peerOf("mme")).toEqual(['ConnectPeer = "hss.wisp.test" { ConnectTo = "192.0.2.7"; Port = 5868; };']);
    expect(peerOf("smf")).toEqual(['ConnectPeer = "pcrf.wisp.test" { Port = 5869; };']);
    expect(box("etc/freeDiameter/mme.conf")).toMatch(/^TLS_Cred = /m);
    expect(box("etc/freeDiameter/smf.conf").match(/^TLS_CA = .*/gm)).toEqual([
      'TLS_CA = "/etc/wisptools/diameter/ca.crt";',
      'TLS_CA = "/etc/wisptools/diameter/peer-ca.crt";',
    ]);
    expect(boxLog().match(/restart open5gs-\w+/g)).toEqual(["restart open5gs-smfd", "restart open5gs-mmed"]);
  });

  /** Gives the box a certificate for these identities, as the cloud does. */
  function certify(identities: string[]): void {
    const folder = join(root, "etc/wisptools/diameter");
    mkdirSync(folder, { recursive: true });
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
    openssl("req", "-x509", ...key, "-keyout", join(root, "ca.key"), "-out", "ca.crt", "-subj", "/CN=test authority");
    writeFileSync(join(folder, "peer-ca.crt"), readFileSync(join(folder, "ca.crt")));
    const names = `subjectAltName=${identities.map((name) => `DNS:${name}`).join(",")}`;
    const signed = [
      "-x509",
      "-CA",
      "ca.crt",
      "-CAkey",
      join(root, "ca.key"),
      "-addext",
      names,
      "-addext",
      "basicConstraints=CA:FALSE",
    ];
    openssl("req", ...signed, ...key, "-keyout", "epc.key", "-out", "epc.crt", "-subj", "/CN=epc");
  }

  it("of a tenant without TLS needs no certificate", () => {
    expect(withDiameter({ tls: false }).status).toBe(0);
    expect(peerOf("mme")).toEqual(['ConnectPeer = "hss.wisp.test" { ConnectTo = "192.0.2.7"; Port = 5868; No_TLS; };']);
  });

  it("by another name gets the address of that name, and keeps it when names do not resolve", () => {
    const there = '{ ConnectTo = "203.0.113.7"; Port = 5868; No_TLS; };';
    expect(withDiameter({ tls: false, hssHost: "hss.example.test" }).status).toBe(0);
    expect(peerOf("mme")).toEqual([`ConnectPeer = "hss.wisp.test" ${there}`]);
    writeFileSync(join(root, "var/lib/simulated-box/no-names"), "");
    const offline = withDiameter({ tls: false, hssHost: "hss.example.test" });
    expect(offline.output).toContain("nothing had to be changed");
    const other = withDiameter({ tls: false, hssHost: "other.example.test" });
    expect(other.status).toBe(1);
    expect(other.output).toContain("the Diameter peer other.example.test has no address");
    expect(peerOf("mme")).toEqual([`ConnectPeer = "hss.wisp.test" ${there}`]);
  });
});

describe("a PCRF of its own", () => {
  const policy: DeploymentInput["policy"] = [
    {
      apn: "internet",
      pdnType: "ipv4",
      qci: 9,
      arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
      rates: { uplink: 10_000_000, downlink: 50_000_000 },
      rules: [],
    },
  ];
  const away: DeploymentInput = { ...plain, diameter: { ...plain.diameter, tls: false } };
  const own: DeploymentInput = { ...away, policy };
  const isOn = (what: "active" | "enabled") =>
    existsSync(join(root, `var/lib/simulated-box/${what}/open5gs-pcrfd.service`));
  const refuse = (unit: string) => writeFileSync(join(root, "var/lib/simulated-box/refuses"), `${unit}.service\n`);
  const peerOfSmf = () => box("etc/freeDiameter/smf.conf").match(/^ConnectPeer.*/gm);
  const CLOUD = ['ConnectPeer = "pcrf.wisp.test" { Port = 5869; No_TLS; };'];
  const LOCAL = [
    'ConnectPeer = "pcrf.epc-00000000000000a1.wisp.test" { ConnectTo = "127.0.0.9"; Port = 3868; No_TLS; };',
  ];

  it("is installed and runs with its policy, and the SMF calls it", () => {
    const ran = run(deploymentScript(own));
    expect(ran.status, ran.output).toBe(0);
    expect(box("var/lib/simulated-box/packages")).toMatch(/^open5gs-pcrf$/m);
    expect([isOn("active"), isOn("enabled")]).toEqual([true, true]);
    expect(peerOfSmf()).toEqual(LOCAL);
    expect(box("etc/freeDiameter/mme.conf")).toMatch(/^ConnectPeer = "hss\.wisp\.test"/m);
    const diameter = box("etc/freeDiameter/pcrf.conf");
    expect(diameter).toContain(
      'Identity = "pcrf.epc-00000000000000a1.wisp.test";\nRealm = "wisp.test";\nPort = 3868;\nSecPort = 0;\nListenOn = "127.0.0.9";\n',
    );
    expect(diameter).toMatch(
      /^ConnectPeer = "smf\.epc-00000000000000a1\.wisp\.test" \{ ConnectTo = "127\.0\.0\.4"; Port = 9; No_TLS; \};$/m,
    );
    const { pcrf, ...rest } = parseYaml(box("etc/open5gs/pcrf.yaml"));
    expect(rest).not.toHaveProperty("db_uri");
    expect(pcrf.freeDiameter).toBe("/etc/freeDiameter/pcrf.conf");
    expect(pcrf.policy[0].session).toEqual(pcrf.session);
    expect(pcrf.session).toMatchObject([{ name: "internet", ambr: { uplink: { value: 10_000_000, unit: 0 } } }]);
    expect(run(deploymentScript(own)).output).toContain("nothing had to be changed");
    shellcheck(deploymentScript(own));
  });

  it("is restarted for a new policy, and nothing else is", () => {
    run(deploymentScript(own));
    writeFileSync(join(root, "var/lib/simulated-box/log"), "");
    const slower = policy.map((apn) => ({ ...apn, qci: 8 }));
    expect(run(deploymentScript({ ...own, policy: slower })).status).toBe(0);
    expect(boxLog().match(/restart open5gs-\w+/g)).toEqual(["restart open5gs-pcrfd"]);
  });

  it("needs no certificate, where the cloud's peers do", () => {
    const ran = run(deploymentScript({ ...plain, policy }));
    expect(ran.status, ran.output).toBe(0);
    expect(ran.output).toContain("Diameter waits for its certificate");
    expect(box("etc/freeDiameter/mme.conf")).not.toContain("ConnectPeer");
    expect(peerOfSmf()).toEqual(LOCAL);
    expect(box("etc/freeDiameter/smf.conf")).not.toContain("TLS_");
  });

  it("ends when it is switched off, and the SMF calls the cloud's again", () => {
    run(deploymentScript(own));
    const off = run(deploymentScript(away));
    expect(off.status, off.output).toBe(0);
    expect(off.output).toContain("stopped open5gs-pcrfd");
    expect(peerOfSmf()).toEqual(CLOUD);
    expect([isOn("active"), isOn("enabled")]).toEqual([false, false]);
    expect(run(deploymentScript(away)).output).toContain("nothing had to be changed");
    expect(run(deploymentScript(own)).status).toBe(0);
    expect([isOn("active"), isOn("enabled"), peerOfSmf()]).toEqual([true, true, LOCAL]);
  });

  it("that does not stay up is taken back, and the SMF calls the cloud's again", () => {
    run(deploymentScript(away));
    refuse("open5gs-pcrfd");
    const failed = run(deploymentScript(own));
    expect(failed.status).toBe(1);
    expect(failed.output).toContain("did not stay up: open5gs-pcrfd");
    expect(peerOfSmf()).toEqual(CLOUD);
    expect([isOn("active"), isOn("enabled")]).toEqual([false, false]);
  });

  it("goes on running when switching it off fails", () => {
    run(deploymentScript(own));
    refuse("open5gs-smfd");
    expect(run(deploymentScript(away)).status).toBe(1);
    expect(peerOfSmf()).toEqual(LOCAL);
    expect([isOn("active"), isOn("enabled")]).toEqual([true, true]);
  });

  it("with a policy that Open5GS could not start with is refused before anything is deployed", () => {
    expect(() => deploymentScript({ ...own, policy: policy.map((apn) => ({ ...apn, qci: 200 })) })).toThrow(
      "apns.internet.qci: Open5GS does not start with 200",
    );
  });
});

it("takes Open5GS from the tenant's own repository, and then no longer from elsewhere", () => {
  run(deploymentScript(plain));
  expect(existsSync(join(root, "etc/apt/sources.list.d/wisptools-open5gs.sources"))).toBe(true);
  const own = deploymentScript({ ...plain, coreSource: { uri: "repository", suite: "x", components: [] } });
  expect(run(own).status).toBe(0);
  expect(existsSync(join(root, "etc/apt/sources.list.d/wisptools-open5gs.sources"))).toBe(false);
  expect(run(own).output).toContain("nothing had to be changed");
});

it("uncovers the package's units where an earlier deployment had put its own, once", () => {
  const units = join(root, "etc/systemd/system");
  mkdirSync(join(units, "multi-user.target.wants"), { recursive: true });
  for (const name of ["wisptools-agent.service", "wisptools-agent.service.d", "mine.service"]) {
    if (name.endsWith(".d")) mkdirSync(join(units, name));
    else writeFileSync(join(units, name), "[Service]\n");
  }
  const link = join(units, "multi-user.target.wants/wisptools-agent.service");
  symlinkSync(join(units, "wisptools-agent.service"), link);
  expect(run(deploymentScript(plain)).status).toBe(0);
  expect(readdirSync(units).sort()).toEqual(["mine.service", "multi-user.target.wants", "wisptools-agent.service.d"]);
  expect(readlinkSync(link)).toBe("/usr/lib/systemd/system/wisptools-agent.service");
  // What somebody puts there on purpose, later, stays.
  writeFileSync(join(units, "wisptools-agent.service"), "[Service]\n");
  expect(run(deploymentScript(plain)).output).toContain("nothing had to be changed");
  expect(existsSync(join(units, "wisptools-agent.service"))).toBe(true);
});

it("needs at least one DNS server for the SMF to start, so it has a default", () => {
  run(deploymentScript({ ...plain, dns: [] }));
  expect(parseYaml(box("etc/open5gs/smf.yaml")).smf.dns).toHaveLength(2);
});

it("puts back whatever it replaced when a later step fails", () => {
  run(deploymentScript(plain));
  const files = ["etc/open5gs/mme.yaml", "etc/wisptools/network.conf"];
  const before = files.map(box);
  const bin = mkdtempSync(join(root, "failing-"));
  writeFileSync(join(bin, "nft"), "#!/bin/sh\necho 'nft: no' >&2\nexit 1\n", { mode: 0o755 });
  writeFileSync(join(bin, "sysctl"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const failed = run(deploymentScript({ ...plain, tac: 9, nat: false }), {}, `${bin}:`);
  expect(failed.status).not.toBe(0);
  expect(files.map(box)).toEqual(before);
  expect(existsSync(join(root, "var/lib/wisptools/state/rollback"))).toBe(false);
});

describe("hostile values", () => {
  const everywhere = (value: string): DeploymentInput => ({
    ...plain,
    siteName: value,
    tenantId: plain.tenantId,
    apns: [{ name: value, uePool: "10.45.0.0/16" }],
    dns: [value],
    plmn: { mcc: value, mnc: value },
    diameter: {
      ...plain.diameter,
      tls: false,
      realm: value,
      hssIdentity: value,
      hssHost: value,
      pcrfIdentity: value,
      pcrfHost: value,
    },
    policy: [
      {
        apn: value,
        pdnType: "ipv4",
        qci: 9,
        arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
        rates: { uplink: 1000, downlink: 1000 },
        rules: [],
      },
    ],
    coreSource: { uri: value, suite: value, components: [value], signingKey: value },
    repository: { ...plain.repository, keyring: value },
  });

  it.each(hostile)("%j in every field runs nothing and arrives whole", (value) => {
    const result = run(deploymentScript(everywhere(value)));
    expect(existsSync(canary)).toBe(false);
    expect(result.status, result.output.slice(-500)).toBe(0);
    expect(box("etc/apt/keyrings/wisptools.asc")).toBe(`${value}\n`);
    expect(box("etc/apt/keyrings/wisptools-open5gs.asc")).toBe(`${value}\n`);
    const mme = parseYaml(box("etc/open5gs/mme.yaml")).mme;
    expect(mme.tai[0].plmn_id).toEqual({ mcc: value, mnc: value });
    expect(mme.s1ap.server).toEqual([{ address: "192.168.88.20" }]);
    const smf = parseYaml(box("etc/open5gs/smf.yaml")).smf;
    expect(smf.dns).toEqual([value]);
    expect(smf.session).toEqual([{ subnet: "10.45.0.0/16", gateway: "10.45.0.1", dnn: value }]);
    expect(parseYaml(box("etc/open5gs/pcrf.yaml")).pcrf.session).toMatchObject([{ name: value }]);
    shellcheck(deploymentScript(everywhere(value)));
    expect(box("etc/apt/sources.list.d/wisptools-open5gs.sources").match(/^[A-Z][A-Za-z-]+:/gm)).toHaveLength(5);
    for (const file of ["mme", "smf", "pcrf"].map((name) => `etc/freeDiameter/${name}.conf`)) {
      expect(
        box(file)
          .split("\n")
          .filter((line) => line.startsWith("ConnectPeer")),
      ).toHaveLength(1);
    }
    expect(box("etc/snmp/snmpd.conf.d/wisptools.conf").match(/^(sys|view|rocommunity)/gm)).toHaveLength(2);
    expect(existsSync(dirname(canary))).toBe(true);
  });
});

describe("quoting", () => {
  it.each(hostile)("a shell word of %j is that word", (value) => {
    const printed = execFileSync("sh", ["-c", `printf %s ${shellQuote(value)}`], { encoding: "utf8" });
    expect(printed).toBe(value);
  });
  it.each([...hostile, "😀 \ud800 \u0085 \ufeff", "yes", "1e3", "null", ""])("YAML reads %j back", (value) => {
    expect(parseYaml(yamlQuote(value))).toBe(value.toWellFormed());
    expect(yamlQuote(value)).toMatch(/^[ -?A-~]*$/);
  });
  it("freeDiameter's strings can't be ended from inside", () => expect(freeDiameterQuote('a"; x\\\n')).toBe('"a; x"'));
  it("a line stays a line", () => expect(restOfLine(" a\r\nb\u2028c\0 ")).toBe("a b c"));
  it("a delimiter is no line of its text", () => {
    expect(delimiterFor("x\nWISPTOOLS_END\nWISPTOOLS_END_\n")).toBe("WISPTOOLS_END__");
  });
});

it("names Diameter identities as the certificates do", () => {
  expect(diameterIdentity("mme", EpcId.parse("epc_00000000000000a1"), "wisp123.wisptools.local")).toBe(
    "mme.epc-00000000000000a1.wisp123.wisptools.local",
  );
});

it.each([
  ["10.45.0.0/16", "10.45.0.1/16"],
  ["10.45.7.9/16", "10.45.0.1/16"],
  ["192.168.1.128/25", "192.168.1.129/25"],
])("the core's own address in %s is %s", (pool, gateway) => expect(gatewayOf(pool)).toBe(gateway));
