import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { plain, scriptBox } from "../../../../../scripts/dev/simulated-box/scriptBox.fixture.ts";
import { deploymentScript } from "./deploymentScript.ts";
import { hostile } from "./hostile.fixture.ts";
import type { DeploymentInput } from "./input.ts";

vi.setConfig({ testTimeout: 120_000 });

const box = scriptBox();

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
    const result = box.run(deploymentScript(everywhere(value)));
    expect(existsSync(box.canary)).toBe(false);
    expect(result.status, result.output.slice(-500)).toBe(0);
    expect(box.read("etc/apt/keyrings/wisptools.asc")).toBe(`${value}\n`);
    expect(box.read("etc/apt/keyrings/wisptools-open5gs.asc")).toBe(`${value}\n`);
    const mme = parseYaml(box.read("etc/open5gs/mme.yaml")).mme;
    expect(mme.tai[0].plmn_id).toEqual({ mcc: value, mnc: value });
    expect(mme.s1ap.server).toEqual([{ address: "192.168.88.20" }]);
    const smf = parseYaml(box.read("etc/open5gs/smf.yaml")).smf;
    expect(smf.dns).toEqual([value]);
    expect(smf.session).toEqual([{ subnet: "10.45.0.0/16", gateway: "10.45.0.1", dnn: value }]);
    expect(parseYaml(box.read("etc/open5gs/pcrf.yaml")).pcrf.session).toMatchObject([{ name: value }]);
    box.shellcheck(deploymentScript(everywhere(value)));
    expect(box.read("etc/apt/sources.list.d/wisptools-open5gs.sources").match(/^[A-Z][A-Za-z-]+:/gm)).toHaveLength(5);
    for (const file of ["mme", "smf", "pcrf"].map((name) => `etc/freeDiameter/${name}.conf`)) {
      expect(
        box
          .read(file)
          .split("\n")
          .filter((line) => line.startsWith("ConnectPeer")),
      ).toHaveLength(1);
    }
    expect(box.read("etc/snmp/snmpd.conf.d/wisptools.conf").match(/^(sys|view|rocommunity)/gm)).toHaveLength(2);
    expect(existsSync(dirname(box.canary))).toBe(true);
  });
});
