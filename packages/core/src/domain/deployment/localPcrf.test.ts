import { describe, expect, it, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { plain, scriptBox } from "../../../../../scripts/dev/simulated-box/scriptBox.fixture.ts";
import { deploymentScript } from "./deploymentScript.ts";
import type { DeploymentInput } from "./input.ts";

vi.setConfig({ testTimeout: 120_000 });

const box = scriptBox();

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
  const isOn = (what: "active" | "enabled") => box.isUnit(what, "open5gs-pcrfd");
  const peerOfSmf = () => box.read("etc/freeDiameter/smf.conf").match(/^ConnectPeer.*/gm);
  const CLOUD = ['ConnectPeer = "pcrf.wisp.test" { Port = 5869; No_TLS; };'];
  const LOCAL = [
    'ConnectPeer = "pcrf.epc-00000000000000a1.wisp.test" { ConnectTo = "127.0.0.9"; Port = 3868; No_TLS; };',
  ];

  it("is installed and runs with its policy, and the SMF calls it", () => {
    const ran = box.run(deploymentScript(own));
    expect(ran.status, ran.output).toBe(0);
    expect(box.read("var/lib/simulated-box/packages")).toMatch(/^open5gs-pcrf$/m);
    expect([isOn("active"), isOn("enabled")]).toEqual([true, true]);
    expect(peerOfSmf()).toEqual(LOCAL);
    expect(box.read("etc/freeDiameter/mme.conf")).toMatch(/^ConnectPeer = "hss\.wisp\.test"/m);
    const diameter = box.read("etc/freeDiameter/pcrf.conf");
    expect(diameter).toContain(
      'Identity = "pcrf.epc-00000000000000a1.wisp.test";\nRealm = "wisp.test";\nPort = 3868;\nSecPort = 0;\nListenOn = "127.0.0.9";\n',
    );
    expect(diameter).toMatch(
      /^ConnectPeer = "smf\.epc-00000000000000a1\.wisp\.test" \{ ConnectTo = "127\.0\.0\.4"; Port = 9; No_TLS; \};$/m,
    );
    const { pcrf, ...rest } = parseYaml(box.read("etc/open5gs/pcrf.yaml"));
    expect(rest).not.toHaveProperty("db_uri");
    expect(pcrf.freeDiameter).toBe("/etc/freeDiameter/pcrf.conf");
    expect(pcrf.policy[0].session).toEqual(pcrf.session);
    expect(pcrf.session).toMatchObject([{ name: "internet", ambr: { uplink: { value: 10_000_000, unit: 0 } } }]);
    expect(box.run(deploymentScript(own)).output).toContain("nothing had to be changed");
    box.shellcheck(deploymentScript(own));
  });

  it("is restarted for a new policy, and nothing else is", () => {
    box.deployed(deploymentScript(own));
    box.forgetLog();
    const slower = policy.map((apn) => ({ ...apn, qci: 8 }));
    expect(box.run(deploymentScript({ ...own, policy: slower })).status).toBe(0);
    expect(box.log.match(/restart open5gs-\w+/g)).toEqual(["restart open5gs-pcrfd"]);
  });

  it("needs no certificate, where the cloud's peers do", () => {
    const ran = box.run(deploymentScript({ ...plain, policy }));
    expect(ran.status, ran.output).toBe(0);
    expect(ran.output).toContain("Diameter waits for its certificate");
    expect(box.read("etc/freeDiameter/mme.conf")).not.toContain("ConnectPeer");
    expect(peerOfSmf()).toEqual(LOCAL);
    expect(box.read("etc/freeDiameter/smf.conf")).not.toContain("TLS_");
  });

  it("ends when it is switched off, and the SMF calls the cloud's again", () => {
    box.deployed(deploymentScript(own));
    const off = box.run(deploymentScript(away));
    expect(off.status, off.output).toBe(0);
    expect(off.output).toContain("stopped open5gs-pcrfd");
    expect(peerOfSmf()).toEqual(CLOUD);
    expect([isOn("active"), isOn("enabled")]).toEqual([false, false]);
    expect(box.run(deploymentScript(away)).output).toContain("nothing had to be changed");
    expect(box.run(deploymentScript(own)).status).toBe(0);
    expect([isOn("active"), isOn("enabled"), peerOfSmf()]).toEqual([true, true, LOCAL]);
  });

  it("that does not stay up is taken back, and the SMF calls the cloud's again", () => {
    box.deployed(deploymentScript(away));
    box.refuse("open5gs-pcrfd");
    const failed = box.run(deploymentScript(own));
    expect(failed.status).toBe(1);
    expect(failed.output).toContain("did not stay up: open5gs-pcrfd");
    expect(peerOfSmf()).toEqual(CLOUD);
    expect([isOn("active"), isOn("enabled")]).toEqual([false, false]);
  });

  it("goes on running when switching it off fails", () => {
    box.deployed(deploymentScript(own));
    box.refuse("open5gs-smfd");
    expect(box.run(deploymentScript(away)).status).toBe(1);
    expect(peerOfSmf()).toEqual(LOCAL);
    expect([isOn("active"), isOn("enabled")]).toEqual([true, true]);
  });

  it("with a policy that Open5GS could not start with is refused before anything is deployed", () => {
    expect(() => deploymentScript({ ...own, policy: policy.map((apn) => ({ ...apn, qci: 200 })) })).toThrow(
      "apns.internet.qci: Open5GS does not start with 200",
    );
  });
});
