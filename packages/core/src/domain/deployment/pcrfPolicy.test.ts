import { describe, expect, test } from "vitest";
import type { PccRule } from "../subscription/qos.ts";
import { type PolicyApn, pcrfPolicy } from "./pcrfPolicy.ts";

const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
const internet: PolicyApn = {
  apn: "internet",
  pdnType: "ipv4",
  qci: 9,
  arp,
  rates: { uplink: 5_000_000, downlink: 4_294_967_295 },
  rules: [],
};
const flow = {
  direction: "bidirectional" as const,
  description: "permit out udp from 203.0.113.0/24 5060 to assigned",
};
const voice: PccRule = {
  name: "voice",
  precedence: 20,
  qci: 1,
  arp: { priorityLevel: 2, preemptionCapability: true, preemptionVulnerability: false },
  gbr: { uplink: 128_000, downlink: 256_000 },
  flows: [flow],
};
const signalling: PccRule = {
  ...voice,
  name: "signalling",
  precedence: 10,
  qci: 5,
  flows: [{ direction: "uplink", description: "permit out tcp from any to assigned 443" }],
};
delete signalling.gbr;

const plain = (indent: string) =>
  `- name: "internet"
  type: 1
  ambr:
    downlink:
      value: 4294967
      unit: 1
    uplink:
      value: 5000000
      unit: 0
  qos:
    index: 9
    arp:
      priority_level: 8
      pre_emption_capability: 1
      pre_emption_vulnerability: 2`.replace(/^/gm, indent);

describe("pcrfPolicy", () => {
  test("writes the policy as both forms of 2.7 take it", () => {
    expect(pcrfPolicy([internet])).toBe(`# Written by wisptools; changes are overwritten.
logger:
  file:
    path: /var/log/open5gs/pcrf.log
global:
  max:
    ue: 1024
pcrf:
  freeDiameter: /etc/freeDiameter/pcrf.conf
  metrics:
    server:
      - address: 127.0.0.9
        port: 9090
  session:
${plain("    ")}
  policy:
    - supi_range:
        - "000000000000000-999999999999999"
      session:
${plain("      ")}
`);
  });

  test("writes rules in the order of their precedence, with a flow for each direction", () => {
    const text = pcrfPolicy([{ ...internet, rules: [voice, signalling] }]);
    expect(text).toContain(`      pcc_rule:
        - qos:
            index: 5
            arp:
              priority_level: 2
              pre_emption_capability: 2
              pre_emption_vulnerability: 1
          flow:
            - direction: 2
              description: "permit out tcp from any to assigned 443"
        - qos:
            index: 1
            arp:
              priority_level: 2
              pre_emption_capability: 2
              pre_emption_vulnerability: 1
            mbr:
              downlink:
                value: 256000
                unit: 0
              uplink:
                value: 128000
                unit: 0
            gbr:
              downlink:
                value: 256000
                unit: 0
              uplink:
                value: 128000
                unit: 0
          flow:
            - direction: 1
              description: "permit out udp from 203.0.113.0/24 5060 to assigned"
            - direction: 2
              description: "permit out udp from 203.0.113.0/24 5060 to assigned"
`);
  });

  test("has a session for each APN", () => {
    const text = pcrfPolicy([internet, { ...internet, apn: "ims", pdnType: "ipv4v6", qci: 5 }]);
    expect(text.match(/name: "ims"\n {6}type: 3/g)).toHaveLength(1);
    expect(text.match(/- name: "(internet|ims)"/g)).toHaveLength(4);
  });

  test.each([
    ["no APN", [], "apns: at least one"],
    ["a QCI of the operator's", [{ ...internet, qci: 200 }], "apns.internet.qci: Open5GS does not start with 200"],
    ["such a QCI in a rule", [{ ...internet, rules: [{ ...voice, qci: 128 }] }], "apns.internet.rules.voice.qci"],
    [
      "too many rules",
      [{ ...internet, rules: Array<PccRule>(8).fill(voice) }],
      "apns.internet.rules: 8 are more than 7",
    ],
    [
      "too many flows",
      [{ ...internet, rules: [{ ...voice, flows: Array<typeof flow>(8).fill(flow) }] }],
      "apns.internet.rules.voice.flows: 16",
    ],
  ])("refuses %s, naming it", (_what, apns, message) => {
    expect(() => pcrfPolicy(apns)).toThrow(message);
  });

  test("takes as much as Open5GS does", () => {
    const rules = Array<PccRule>(7).fill({ ...voice, flows: Array<typeof flow>(7).fill(flow) });
    expect(pcrfPolicy([{ ...internet, rules }]).match(/direction: 1/g)).toHaveLength(98);
  });
});
