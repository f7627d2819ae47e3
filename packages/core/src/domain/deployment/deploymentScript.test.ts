import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import {
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
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { plain, SECRETS, scriptBox } from "../../../../../scripts/dev/simulated-box/scriptBox.fixture.ts";
import { EpcId } from "../ids.ts";
import { deploymentScript } from "./deploymentScript.ts";
import { diameterIdentity } from "./freeDiameter.ts";
import { hostile } from "./hostile.fixture.ts";
import type { DeploymentInput } from "./input.ts";
import { gatewayOf } from "./ipv4.ts";
import { delimiterFor, freeDiameterQuote, restOfLine, shellQuote, yamlQuote } from "./quote.ts";

vi.setConfig({ testTimeout: 120_000 });

const box = scriptBox();

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const aptPassword = (secret: string) => createHmac("sha256", secret).update("wisptools apt").digest("hex");

describe("the script", () => {
  it("is the same for the same input, and passes shellcheck", () => {
    expect(deploymentScript(plain)).toBe(deploymentScript(structuredClone(plain)));
    box.shellcheck(deploymentScript(plain));
  });

  it("deploys, says so, and the second time changes nothing and says that", () => {
    const first = box.run(deploymentScript(plain));
    expect(first.output).toContain("EPC ONLINE  Hill top");
    expect(first.output).toContain("MME   192.168.88.20:36412");
    expect(first.status).toBe(0);
    expect(box.read("etc/open5gs/mme.yaml")).toContain('mcc: "001"');
    expect(box.read("etc/open5gs/mme.yaml")).toContain("- address: 192.168.88.20");
    expect(box.read("etc/open5gs/upf.yaml")).toContain('gateway: "10.46.0.1"');
    expect(box.read("etc/freeDiameter/mme.conf")).toContain('ListenOn = "192.168.88.20";');
    expect(box.read("etc/freeDiameter/mme.conf")).toContain(
      '"/usr/lib/x86_64-linux-gnu/freeDiameter/dict_dcca_3gpp.fdx"',
    );
    expect(box.read("etc/apt/sources.list.d/wisptools-open5gs.sources")).toContain(
      "Signed-By: /etc/apt/keyrings/wisptools-open5gs.asc",
    );
    expect(box.read("etc/apt/sources.list.d/wisptools.sources")).toBe(
      `Types: deb\nURIs: http://127.0.0.1:9/apt/tenant_test/\nSuites: canary\nComponents: main\nSigned-By: ${box.root}/etc/apt/keyrings/wisptools.asc\n`,
    );
    expect(box.read("etc/apt/keyrings/wisptools.asc")).toBe("KEYRING\n");
    expect(box.read("etc/apt/auth.conf.d/wisptools.conf")).toBe(
      `machine http://127.0.0.1:9/apt/tenant_test/ login ${sha256(SECRETS.apiKey)} password ${aptPassword(SECRETS.secretKey)}\n`,
    );
    expect(statSync(join(box.root, "etc/apt/auth.conf.d/wisptools.conf")).mode & 0o777).toBe(0o600);
    expect(box.read("var/lib/simulated-box/packages")).toMatch(/^wisptools-agent\nwisptools-keyring$/m);
    expect(box.read("etc/wisptools/network.conf")).toBe(
      "UE_POOLS=10.45.0.0/16 10.46.0.0/24\nUE_GATEWAYS=10.45.0.1/16 10.46.0.1/24\nNAT=1\n",
    );
    expect(box.log).toContain("restart open5gs-mmed.service");
    const before = box.snapshot;
    box.forgetLog();
    const second = box.run(deploymentScript(plain));
    expect(second.status).toBe(0);
    expect(second.output).toContain("nothing had to be changed");
    expect(second.output).not.toContain("succeeded");
    expect(box.snapshot).toEqual(before);
    expect(box.log).not.toContain("restart");
  });

  it("restarts only what a change belongs to", () => {
    box.deployed(deploymentScript(plain));
    box.forgetLog();
    expect(box.run(deploymentScript({ ...plain, tac: 8 })).status).toBe(0);
    expect(box.log.match(/restart open5gs-\w+/g)).toEqual(["restart open5gs-mmed"]);
    expect(box.read("etc/open5gs/mme.yaml")).toContain("tac: 8");
  });

  it("does nothing when its end is missing, wherever it was cut", () => {
    const whole = deploymentScript(plain);
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      box.run(whole.slice(0, Math.floor(whole.length * part)));
      expect(existsSync(join(box.root, "usr"))).toBe(false);
    }
    box.run(whole.slice(0, whole.lastIndexOf("main")));
    expect(existsSync(join(box.root, "usr"))).toBe(false);
  });

  it("puts the previous configuration back, to the byte, when a service does not stay up", () => {
    box.deployed(deploymentScript(plain));
    const before = ["mme", "smf", "upf", "sgwc", "sgwu"].map((name) => box.read(`etc/open5gs/${name}.yaml`));
    box.refuse("open5gs-smfd");
    const failed = box.run(deploymentScript({ ...plain, dns: ["8.8.8.8"], tac: 99 }));
    expect(failed.status).toBe(1);
    expect(failed.output).toContain("did not stay up: open5gs-smfd");
    expect(["mme", "smf", "upf", "sgwc", "sgwu"].map((name) => box.read(`etc/open5gs/${name}.yaml`))).toEqual(before);
    const reports = readdirSync(join(box.root, "var/lib/wisptools/spool/progress")).sort();
    const last = JSON.parse(box.read(`var/lib/wisptools/spool/progress/${reports.at(-1)}`));
    expect(last).toMatchObject({ step: "services", step_state: "failed", state: "failed", script_version: 3 });
    rmSync(join(box.root, "var/lib/simulated-box/refuses"));
    expect(box.run(deploymentScript({ ...plain, tac: 99 })).status).toBe(0);
    expect(box.read("etc/open5gs/mme.yaml")).toContain("tac: 99");
  });
});

describe("the Diameter peer", () => {
  const peerOf = (file: string) => box.read(`etc/freeDiameter/${file}.conf`).match(/^ConnectPeer.*/gm);
  const withDiameter = (diameter: Partial<DeploymentInput["diameter"]>) =>
    box.run(deploymentScript({ ...plain, diameter: { ...plain.diameter, ...diameter } }));

  it("over TLS is left out until the certificate is there, never called without protection, and then connected", () => {
    const without = box.run(deploymentScript(plain));
    expect(without.status).toBe(0);
    expect(without.output).toContain("Diameter waits for its certificate");
    expect(peerOf("mme")).toBeNull();
    expect(box.read("etc/freeDiameter/mme.conf")).not.toMatch(/^TLS_Cred/m);
    certify(["mme.epc-00000000000000a1.other.test", "smf.epc-00000000000000a1.other.test"]);
    expect(box.run(deploymentScript(plain)).output).toContain("Diameter waits for its certificate");
    certify(["mme.epc-00000000000000a1.wisp.test", "smf.epc-00000000000000a1.wisp.test"]);
    box.forgetLog();
    const withIt = box.run(deploymentScript(plain));
    expect(withIt.output).not.toContain("Diameter waits");
    expect(peerOf("mme")).toEqual(['ConnectPeer = "hss.wisp.test" { ConnectTo = "192.0.2.7"; Port = 5868; };']);
    expect(peerOf("smf")).toEqual(['ConnectPeer = "pcrf.wisp.test" { Port = 5869; };']);
    expect(box.read("etc/freeDiameter/mme.conf")).toMatch(/^TLS_Cred = /m);
    expect(box.read("etc/freeDiameter/smf.conf").match(/^TLS_CA = .*/gm)).toEqual([
      'TLS_CA = "/etc/wisptools/diameter/ca.crt";',
      'TLS_CA = "/etc/wisptools/diameter/peer-ca.crt";',
    ]);
    expect(box.log.match(/restart open5gs-\w+/g)).toEqual(["restart open5gs-smfd", "restart open5gs-mmed"]);
  });

  /** Gives the box a certificate for these identities, as the cloud does. */
  function certify(identities: string[]): void {
    const folder = join(box.root, "etc/wisptools/diameter");
    mkdirSync(folder, { recursive: true });
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
    openssl(
      "req",
      "-x509",
      ...key,
      "-keyout",
      join(box.root, "ca.key"),
      "-out",
      "ca.crt",
      "-subj",
      "/CN=test authority",
    );
    writeFileSync(join(folder, "peer-ca.crt"), readFileSync(join(folder, "ca.crt")));
    const names = `subjectAltName=${identities.map((name) => `DNS:${name}`).join(",")}`;
    const signed = [
      "-x509",
      "-CA",
      "ca.crt",
      "-CAkey",
      join(box.root, "ca.key"),
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
    writeFileSync(join(box.root, "var/lib/simulated-box/no-names"), "");
    const offline = withDiameter({ tls: false, hssHost: "hss.example.test" });
    expect(offline.output).toContain("nothing had to be changed");
    const other = withDiameter({ tls: false, hssHost: "other.example.test" });
    expect(other.status).toBe(1);
    expect(other.output).toContain("the Diameter peer other.example.test has no address");
    expect(peerOf("mme")).toEqual([`ConnectPeer = "hss.wisp.test" ${there}`]);
  });
});

it("takes Open5GS from the tenant's own repository, and then no longer from elsewhere", () => {
  box.deployed(deploymentScript(plain));
  expect(existsSync(join(box.root, "etc/apt/sources.list.d/wisptools-open5gs.sources"))).toBe(true);
  const own = deploymentScript({ ...plain, coreSource: { uri: "repository", suite: "x", components: [] } });
  expect(box.run(own).status).toBe(0);
  expect(existsSync(join(box.root, "etc/apt/sources.list.d/wisptools-open5gs.sources"))).toBe(false);
  expect(box.run(own).output).toContain("nothing had to be changed");
});

it("uncovers the package's units where an earlier deployment had put its own, once", () => {
  const units = join(box.root, "etc/systemd/system");
  mkdirSync(join(units, "multi-user.target.wants"), { recursive: true });
  for (const name of ["wisptools-agent.service", "wisptools-agent.service.d", "mine.service"]) {
    if (name.endsWith(".d")) mkdirSync(join(units, name));
    else writeFileSync(join(units, name), "[Service]\n");
  }
  const link = join(units, "multi-user.target.wants/wisptools-agent.service");
  symlinkSync(join(units, "wisptools-agent.service"), link);
  expect(box.run(deploymentScript(plain)).status).toBe(0);
  expect(readdirSync(units).sort()).toEqual(["mine.service", "multi-user.target.wants", "wisptools-agent.service.d"]);
  expect(readlinkSync(link)).toBe("/usr/lib/systemd/system/wisptools-agent.service");
  // What somebody puts there on purpose, later, stays.
  writeFileSync(join(units, "wisptools-agent.service"), "[Service]\n");
  expect(box.run(deploymentScript(plain)).output).toContain("nothing had to be changed");
  expect(existsSync(join(units, "wisptools-agent.service"))).toBe(true);
});

it("needs at least one DNS server for the SMF to start, so it has a default", () => {
  box.run(deploymentScript({ ...plain, dns: [] }));
  expect(parseYaml(box.read("etc/open5gs/smf.yaml")).smf.dns).toHaveLength(2);
});

it("puts back whatever it replaced when a later step fails", () => {
  box.deployed(deploymentScript(plain));
  const files = ["etc/open5gs/mme.yaml", "etc/wisptools/network.conf"];
  const before = files.map(box.read);
  const bin = mkdtempSync(join(box.root, "failing-"));
  writeFileSync(join(bin, "nft"), "#!/bin/sh\necho 'nft: no' >&2\nexit 1\n", { mode: 0o755 });
  writeFileSync(join(bin, "sysctl"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const failed = box.run(deploymentScript({ ...plain, tac: 9, nat: false }), {}, `${bin}:`);
  expect(failed.status).not.toBe(0);
  expect(files.map(box.read)).toEqual(before);
  expect(existsSync(join(box.root, "var/lib/wisptools/state/rollback"))).toBe(false);
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
