import { describe, expect, it } from "vitest";
import { parseOpenFiveGsSubscriber } from "./openFiveGs.ts";
import { openFiveGsDocument } from "./openFiveGsDocument.ts";

/** As `mongoexport` writes what the WebUI of Open5GS 2.7 made. */
const exported = {
  _id: { $oid: "6521a7c0a1b2c3d4e5f60718" },
  schema_version: { $numberInt: "1" },
  imsi: "001010000000001",
  msisdn: ["+99 70000001"],
  imeisv: [],
  mme_host: [],
  purge_flag: [],
  security: {
    k: "465B5CE8 B199B49F AA5F0A2E E238A6BC",
    op: null,
    opc: "E8ED289D EBA952E4 283B54E8 8E6183CA",
    amf: "8000",
    sqn: { $numberLong: "97" },
  },
  ambr: { downlink: { value: 1, unit: 3 }, uplink: { value: { $numberInt: "500" }, unit: 2 } },
  slice: [
    { sst: 2, session: [{ name: "lab", type: 1, ue: { ipv4: null } }] },
    {
      _id: { $oid: "6521a7c0a1b2c3d4e5f60719" },
      sst: 1,
      default_indicator: true,
      session: [
        {
          name: "internet",
          type: 3,
          qos: {
            index: 9,
            arp: { priority_level: 8, pre_emption_capability: 1, pre_emption_vulnerability: 2 },
          },
          ambr: { downlink: { value: 100, unit: 2 }, uplink: { value: 50, unit: 2 } },
          ue: { ipv4: "10.45.0.7" },
          pcc_rule: [],
        },
        {
          name: "ims",
          type: 2,
          qos: { index: 5, arp: { priority_level: 1, pre_emption_capability: 2, pre_emption_vulnerability: 1 } },
          ambr: { downlink: { value: 3850, unit: 1 }, uplink: { value: 1530, unit: 1 } },
          pcc_rule: [
            {
              flow: [
                { direction: 2, description: "permit out icmp from any to assigned" },
                { direction: 1, description: "permit out udp from 10.200.136.98/32 23454 to assigned 1-65535" },
              ],
              qos: {
                index: 1,
                arp: { priority_level: 2, pre_emption_capability: 2, pre_emption_vulnerability: 2 },
                mbr: { downlink: { value: 128, unit: 1 }, uplink: { value: 128, unit: 1 } },
                gbr: { downlink: { value: 128, unit: 1 }, uplink: { value: 0, unit: 1 } },
              },
            },
          ],
        },
      ],
    },
  ],
  access_restriction_data: 32,
  subscriber_status: 0,
  operator_determined_barring: 0,
  network_access_mode: 0,
  subscribed_rau_tau_timer: 12,
  __v: 0,
};

/** As version 1 kept it. */
const older = {
  imsi: "901700000000042",
  security: { k: "00112233445566778899AABBCCDDEEFF", op: "cdc202d5123e20f62b6d676ac72cb318", opc: null, amf: "b9b9" },
  ambr: { downlink: 1024000, uplink: { $numberLong: "512000" } },
  pdn: [
    {
      apn: "internet",
      type: 0,
      qos: { qci: 7, arp: { priority_level: 15, pre_emption_capability: 1, pre_emption_vulnerability: 0 } },
      ue: { addr: "192.0.2.4" },
    },
    { apn: "Internet", type: 2 },
  ],
  access_restriction_data: 32,
  network_access_mode: 2,
};

function parsed(document: unknown) {
  const result = parseOpenFiveGsSubscriber(document);
  if ("faults" in result) throw new Error(JSON.stringify(result.faults));
  return result.ok;
}

/** The exported document with `change` put at a dotted path. */
function changed(path: string, change: unknown): unknown {
  const copy = structuredClone(exported) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
  holder[last] = change;
  return copy;
}

describe("parseOpenFiveGsSubscriber", () => {
  it("reads a document of version 2.7 with its keys", () => {
    const { profile: _profile, ...rest } = parsed(exported);
    expect(rest).toEqual({
      imsi: "001010000000001",
      msisdn: "9970000001",
      keys: { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" },
      amf: "8000",
      sqn: 97n,
    });
  });

  it("puts the default slice's sessions first and fills in what an APN lacks", () => {
    const { apns, ...profile } = parsed(exported).profile;
    expect(profile).toEqual({
      status: "active",
      msisdn: "9970000001",
      rates: { downlink: 1_000_000_000, uplink: 500_000_000 },
      accessRestriction: 32,
      roaming: { allowed: "all" },
      networkAccessMode: 0,
      rauTauTimerSeconds: 720,
    });
    expect(apns.map(({ contextId, apn, pdnType, qci }) => [contextId, apn, pdnType, qci])).toEqual([
      [1, "internet", "ipv4v6", 9],
      [2, "ims", "ipv6", 5],
      [3, "lab", "ipv4", 9],
    ]);
    expect(apns[0]).toMatchObject({
      staticAddress: "10.45.0.7",
      rates: { downlink: 100_000_000, uplink: 50_000_000 },
      arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
      rules: [],
    });
    expect(apns[2]?.rates).toEqual(profile.rates);
  });

  it("reads rules with flows, QoS and rates", () => {
    expect(parsed(exported).profile.apns[1]?.rules).toEqual([
      {
        name: "rule-1",
        precedence: 1,
        qci: 1,
        arp: { priorityLevel: 2, preemptionCapability: true, preemptionVulnerability: true },
        mbr: { downlink: 128_000, uplink: 128_000 },
        gbr: { downlink: 128_000, uplink: 1000 },
        flows: [
          { direction: "uplink", description: "permit out icmp from any to assigned" },
          { direction: "downlink", description: "permit out udp from 10.200.136.98/32 23454 to assigned 1-65535" },
        ],
      },
    ]);
  });

  it("reads the older form: rates in kbit/s, AVP values, each APN once", () => {
    const { keys, amf, profile, sqn } = parsed(older);
    expect([keys, amf, sqn]).toEqual([
      { k: "00112233445566778899aabbccddeeff", op: "cdc202d5123e20f62b6d676ac72cb318" },
      "b9b9",
      undefined,
    ]);
    expect(profile.rates).toEqual({ downlink: 1_024_000_000, uplink: 512_000_000 });
    expect(profile.apns).toEqual([
      {
        contextId: 1,
        apn: "internet",
        pdnType: "ipv4",
        qci: 7,
        arp: { priorityLevel: 15, preemptionCapability: false, preemptionVulnerability: true },
        rates: profile.rates,
        staticAddress: "192.0.2.4",
        rules: [],
      },
    ]);
  });

  it.each([
    ["more than an Unsigned32", { value: 10, unit: 3 }, 4_294_967_295],
    ["less than 1 kbit/s", { value: 1, unit: 0 }, 1000],
    ["nothing", { value: 0, unit: 0 }, 4_294_967_295],
    ["a 64-bit number", { value: { $numberLong: "1000000000" }, unit: 0 }, 1_000_000_000],
  ])("takes a rate of %s", (_what, rate, bits) => {
    expect(parsed(changed("ambr.downlink", rate)).profile.rates.downlink).toBe(bits);
  });

  it("takes OPc where both are given, and keys of mixed spelling", () => {
    const both = changed("security.op", "00000000000000000000000000000000");
    expect(parsed(both).keys).toEqual(parsed(exported).keys);
  });

  it("suspends a barred subscriber unless bits say what is barred", () => {
    expect(parsed(changed("subscriber_status", 1)).profile.status).toBe("suspended");
    const some = { ...exported, subscriber_status: 1, operator_determined_barring: 4 };
    expect(parsed(some).profile).toMatchObject({ status: "active", operatorDeterminedBarring: 4 });
  });

  it.each([
    ["imsi", "00101", "imsi", "must be 6 to 15 digits"],
    ["imsi", null, "imsi", "is needed"],
    ["security", null, "security", "is needed"],
    ["security.k", "465B5CE8", "security.k", "must be 32 or 64 hex digits"],
    ["security.k", "465B5CE8 B199B49F AA5F0A2E E238A6BZ", "security.k", "must be 32 or 64 hex digits"],
    ["security.k", "ab".repeat(32), "security.k", "must be 32 hex digits for milenage"],
    ["security.opc", null, "security.opc", "give exactly one of opc and op"],
    ["security.opc", "12", "security.opc", "must be 32 hex digits"],
    ["security.amf", "80", "security.amf", "must be 4 hex digits"],
    ["security.sqn", { $numberLong: "281474976710656" }, "security.sqn", "must be below 2^48"],
    ["msisdn.0", "abc", "msisdn.0", "must be 5 to 15 digits"],
    ["ambr.downlink", { value: 1, unit: 5 }, "ambr.downlink", "must be {value, unit 0 to 4}"],
    ["ambr.downlink", "fast", "ambr.downlink", "must be {value, unit 0 to 4}"],
    ["slice", [], "slice", "needs at least one session"],
    ["slice.1.session.0.name", "in ternet", "slice.1.session.0.name", "must be labels"],
    ["slice.1.session.0.name", null, "slice.1.session.0.name", "is needed"],
    ["slice.1.session.0.type", 4, "slice.1.session.0.type", "3"],
    ["slice.1.session.0.qos.index", 0, "slice.1.session.0.qos.index", "1"],
    ["slice.1.session.0.ue.ipv4", "10.45.0", "slice.1.session.0.ue.ipv4", "must be an IPv4 address"],
    ["slice.1.session.1.pcc_rule.0.flow", [], "slice.1.session.1.pcc_rule.0.flow", "needs at least one flow"],
    [
      "slice.1.session.1.pcc_rule.0.flow.0.description",
      "allow all",
      "slice.1.session.1.pcc_rule.0.flow.0.description",
      "must be like",
    ],
    ["network_access_mode", "both", "network_access_mode", "expected"],
  ])("names the field when %s is %j", (path, value, field, message) => {
    const result = parseOpenFiveGsSubscriber(changed(path, value));
    expect(result).toEqual({ faults: [{ field, message: expect.stringContaining(message) }] });
  });

  it.each([[null], [7], ["text"], [[]]])("refuses %j", (document) => {
    expect(parseOpenFiveGsSubscriber(document)).toHaveProperty("faults");
  });

  it("refuses a document that is nested without end", () => {
    let deep: unknown = {};
    for (let i = 0; i < 10_000; i++) deep = { slice: [deep] };
    expect(parseOpenFiveGsSubscriber(deep)).toHaveProperty("faults");
  });
});

describe("openFiveGsDocument", () => {
  it.each([
    ["2.7", exported],
    ["1", older],
    ["barred", { ...exported, subscriber_status: 1 }],
    ["partly barred", { ...exported, subscriber_status: 1, operator_determined_barring: 4 }],
  ])("writes what was read from version %s, without keys", (_version, document) => {
    const read = parsed(document);
    const written = openFiveGsDocument(read.imsi, { rauTauTimerSeconds: 720, ...read.profile });
    expect(JSON.stringify(written)).not.toMatch(/security|opc|"k"/);
    const again = parsed({ ...written, security: exported.security });
    expect(again.profile).toEqual({ rauTauTimerSeconds: 720, ...read.profile });
  });

  it("writes rates that MongoDB keeps in 32 bits", () => {
    const { imsi, profile } = parsed(changed("ambr.downlink", { value: 10, unit: 3 }));
    expect(openFiveGsDocument(imsi, profile).ambr).toMatchObject({ downlink: { value: 4_294_967, unit: 1 } });
  });
});
