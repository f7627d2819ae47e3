import { describe, expect, it } from "vitest";
import type { ApnProfile, Plan } from "../../documents/subscription.ts";
import { TenantId } from "../ids.ts";
import { openFiveGsRow } from "./openFiveGsImport.ts";
import { DEFAULT_ARP } from "./qos.ts";

const common = {
  schemaVersion: 1 as const,
  tenantId: TenantId.parse("tenant_x"),
  revision: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  deleted: false,
};
const plan = (id: string, extra: Partial<Plan> = {}): Plan => ({
  ...common,
  id,
  name: id,
  description: "",
  rates: { downlink: 1e9, uplink: 1e9 },
  qci: 9,
  arp: DEFAULT_ARP,
  rules: [],
  ...extra,
});
const apn = (id: string, name: string, pdnType: ApnProfile["pdnType"] = "ipv4v6"): ApnProfile => ({
  ...common,
  id,
  apn: name,
  pdnType,
});
const offer = {
  plans: [plan("slow", { rates: { downlink: 1e6, uplink: 1e6 } }), plan("fast")],
  apns: [apn("net", "internet")],
};

const arp = { priority_level: 8, pre_emption_capability: 1, pre_emption_vulnerability: 2 };
const giga = { downlink: { value: 1, unit: 3 }, uplink: { value: 1, unit: 3 } };
const session = { name: "internet", type: 3, qos: { index: 9, arp }, ambr: giga };
const document = {
  imsi: "001010000000001",
  msisdn: ["491701"],
  security: {
    k: "465B5CE8 B199B49F AA5F0A2E E238A6BC",
    opc: "E8ED289D EBA952E4 283B54E8 8E6183CA",
    amf: "8000",
    sqn: 64,
  },
  ambr: giga,
  slice: [{ sst: 1, default_indicator: true, session: [session] }],
  access_restriction_data: 32,
  network_access_mode: 0,
};
const faultsOf = (changes: object, given = offer) => {
  const row = openFiveGsRow({ ...document, ...changes }, given);
  return "faults" in row ? row.faults.map(({ field, message }) => `${field}: ${message}`).join("\n") : "";
};

describe("openFiveGsRow", () => {
  it("finds the plan of equal rates and the APN profile of equal name", () => {
    expect(openFiveGsRow(document, offer)).toEqual({
      imsi: "001010000000001",
      subscriber: {
        imsi: "001010000000001",
        msisdn: "491701",
        keys: { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" },
        amf: "8000",
        algorithm: "milenage",
        status: "active",
        planId: "fast",
        apnIds: ["net"],
        staticAddresses: {},
        sqn: 64n,
        deniedRats: ["non-3gpp"],
      },
    });
  });

  it("prefers a plan without quota and an APN profile of the same PDN type", () => {
    const quota = plan("capped", { quota: { period: "day", octets: 1e9 } });
    const choice = { plans: [quota, plan("open")], apns: [apn("v4", "Internet", "ipv4"), apn("dual", "INTERNET")] };
    expect(openFiveGsRow(document, choice)).toMatchObject({ subscriber: { planId: "open", apnIds: ["dual"] } });
    expect(openFiveGsRow(document, { ...choice, plans: [quota] })).toMatchObject({ subscriber: { planId: "capped" } });
  });

  it("takes the named plan where none is equal, and says what is missing otherwise", () => {
    expect(openFiveGsRow(document, { ...offer, plans: [], planId: "gold" })).toMatchObject({
      subscriber: { planId: "gold" },
    });
    expect(faultsOf({}, { ...offer, plans: [] })).toContain("ambr: no plan has 1000/1000 Mbit/s, QCI 9, ARP 8");
    expect(faultsOf({}, { ...offer, apns: [] })).toContain("slice: no APN profile is named internet");
    const rule = {
      flow: [{ direction: 1, description: "permit out ip from any to assigned" }],
      qos: { index: 9, arp },
    };
    const withRule = { slice: [{ sst: 1, default_indicator: true, session: [{ ...session, pcc_rule: [rule] }] }] };
    expect(faultsOf(withRule)).toContain("and its 1 rules");
  });

  it("carries fixed addresses and suspension over", () => {
    const fixed = {
      slice: [{ sst: 1, default_indicator: true, session: [{ ...session, ue: { ipv4: "10.45.0.9" } }] }],
    };
    const row = openFiveGsRow({ ...document, ...fixed, subscriber_status: 1 }, offer);
    expect(row).toMatchObject({ subscriber: { staticAddresses: { net: "10.45.0.9" }, status: "suspended" } });
  });

  it("refuses what it would lose", () => {
    expect(faultsOf({ operator_determined_barring: 1, subscriber_status: 1 })).toContain(
      "operator_determined_barring: ",
    );
    expect(faultsOf({ access_restriction_data: 160 })).toContain("access_restriction_data: 160 has bits");
    const fixed = {
      slice: [{ sst: 1, default_indicator: true, session: [{ ...session, ue: { ipv6: "2001:db8::1" } }] }],
    };
    expect(faultsOf(fixed)).toContain("fixed IPv6 address");
    expect(faultsOf({ security: {} })).toContain("security");
    expect(openFiveGsRow("x", offer)).toMatchObject({ imsi: "" });
    expect(openFiveGsRow(null, offer)).toHaveProperty("faults");
  });
});
