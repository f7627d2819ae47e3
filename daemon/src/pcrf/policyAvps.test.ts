import { describe, expect, test } from "vitest";
import { avp } from "../diameter/codec/avpDefinition.ts";
import { AvpView } from "../diameter/codec/avpView.ts";
import { encodeAvps } from "../diameter/codec/avpWriter.ts";
import {
  CcInputOctets,
  CcTotalOctets,
  FramedIpAddress,
  FramedIpv6Prefix,
  UsedServiceUnit,
} from "../diameter/dictionary/base.ts";
import {
  ChargingRuleDefinition,
  ChargingRuleInstall,
  FlowDescription,
  FlowDirection,
  FlowInformation,
  MonitoringKey,
  UsageMonitoringInformation,
} from "../diameter/dictionary/gx.ts";
import { framedAddress } from "./framedAddress.ts";
import { grantedOf, type Policy } from "./policy.ts";
import { policyAvps, type Told } from "./policyAvps.ts";
import { usageAvps } from "./testing/usageAvps.ts";
import { usageReport } from "./usageReport.ts";

const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
const policy: Policy = {
  rates: { uplink: 1_000_000, downlink: 2_000_000 },
  qci: 9,
  arp,
  rules: [],
  throttled: false,
  bursting: false,
};
const rule = (name: string, gbr?: Policy["rates"]) => ({
  name,
  precedence: 10,
  qci: 1,
  arp: { priorityLevel: 2, preemptionCapability: true, preemptionVulnerability: false },
  ...(gbr ? { gbr } : {}),
  flows: [{ direction: "uplink" as const, description: "permit out ip from any to assigned" }],
});

// QoS-Information with APN-AMBR UL and DL, then Default-EPS-Bearer-QoS with QCI and ARP (level, capability, vulnerability).
const QOS =
  "000003f8c000002c000028af" +
  ("00000411c0000010000028af000f4240" + "00000410c0000010000028af001e8480") +
  "00000419c0000058000028af" +
  "00000404c0000010000028af00000009" +
  ("0000040ac000003c000028af" +
    "00000416c0000010000028af00000008" +
    "00000417c0000010000028af00000001" +
    "00000418c0000010000028af00000000");
const USAGE_REPORT = "000003eec0000010000028af00000021";
const NO_TRIGGERS = "000003eec0000010000028af0000000e";
const KEY = "0000042a80000011000028af71756f7461000000";
const LEVEL = "0000042c80000010000028af00000000";
const GRANTED_5 = `0000042b80000048000028af${KEY}000001af40000018000001a5400000100000000000000005${LEVEL}`;
const DISABLED = `0000042b80000040000028af${KEY}${LEVEL}0000042e80000010000028af00000000`;
const remove = (name: string) =>
  `000003eac000001c000028af000003edc000000d000028af${Buffer.from(name).toString("hex")}000000`;

const hex = (target: Policy, told: Told): string => encodeAvps(policyAvps(target, told)).toString("hex");
const monitored = { ...policy, grantedOctets: 5 };

describe("policyAvps", () => {
  test.each([
    ["the QoS at first", policy, { before: undefined }, QOS],
    ["the QoS again", policy, { before: grantedOf(policy) }, QOS],
    ["a quota at first", monitored, { before: undefined }, USAGE_REPORT + QOS + GRANTED_5],
    ["a quota that came", monitored, { before: grantedOf(policy) }, USAGE_REPORT + QOS + GRANTED_5],
    ["no second grant unasked", monitored, { before: grantedOf(monitored) }, QOS],
    ["another grant after a report", monitored, { before: grantedOf(monitored), grant: true }, QOS + GRANTED_5],
    ["a quota that went", policy, { before: grantedOf(monitored) }, NO_TRIGGERS + QOS + DISABLED],
    ["a rule that went", policy, { before: grantedOf({ ...policy, rules: [rule("r")] }) }, remove("r") + QOS],
    ["no rule twice", { ...policy, rules: [rule("r")] }, { before: grantedOf({ ...policy, rules: [rule("r")] }) }, QOS],
  ])("writes %s", (_what, target, told, expected) => {
    expect(hex(target, told)).toBe(expected);
  });

  test("defines a rule by TS 29.212 5.3.4", () => {
    const qos =
      "000003f8c0000098000028af" +
      "00000404c0000010000028af00000001" +
      ("00000204c0000010000028af0000fa00" + "00000203c0000010000028af0001f400") +
      ("00000402c0000010000028af0000fa00" + "00000401c0000010000028af0001f400") +
      ("0000040ac000003c000028af" +
        "00000416c0000010000028af00000002" +
        "00000417c0000010000028af00000000" +
        "00000418c0000010000028af00000001");
    const description = Buffer.from("permit out ip from any to assigned").toString("hex");
    const flow = `00000422c000004c000028af000001fbc000002e000028af${description}00000000043880000010000028af00000002`;
    const precedence = "000003f2c0000010000028af0000000a";
    const status = "000001ffc0000010000028af00000002";
    const name = "000003edc000000d000028af72000000";
    const definition = `000003ebc0000120000028af${name}${flow}${status}${qos}${precedence}`;
    const target = { ...policy, rules: [rule("r", { uplink: 64_000, downlink: 128_000 })] };
    expect(hex(target, { before: undefined })).toBe(`000003e9c000012c000028af${definition}${QOS}`);
  });

  test("writes a flow of both directions as one of each", () => {
    const description = "permit out ip from any to assigned";
    const flows = [{ direction: "bidirectional" as const, description }];
    const avps = policyAvps({ ...policy, rules: [{ ...rule("r"), flows }] }, { before: undefined });
    const definition = view(...avps)
      .get(ChargingRuleInstall)
      ?.get(ChargingRuleDefinition);
    const written = definition
      ?.all(FlowInformation)
      .map((flow) => [flow.get(FlowDirection), flow.get(FlowDescription)]);
    expect(written).toEqual([
      [1, description],
      [2, description],
    ]);
  });

  test("tells only what differs of the rules", () => {
    const before = grantedOf({ ...policy, rules: [rule("a"), rule("b"), rule("c")] });
    const changed = rule("b", { uplink: 1_000, downlink: 1_000 });
    const bytes = hex({ ...policy, rules: [rule("a"), changed] }, { before });
    const install = hex({ ...policy, rules: [changed] }, { before: undefined });
    expect(bytes).toBe(remove("c") + install);
  });

  test("tells everything again to an SMF that may not have taken it", () => {
    const before = grantedOf({ ...monitored, rules: [rule("a"), rule("b")] });
    const target = { ...monitored, rules: [rule("a")] };
    const fresh = hex(target, { before: undefined }).slice(USAGE_REPORT.length);
    expect(hex(target, { before, uncertain: true })).toBe(USAGE_REPORT + remove("b") + fresh);
  });
});

function view(...avps: Parameters<typeof encodeAvps>[0][number][]): AvpView {
  const bytes = encodeAvps(avps);
  return new AvpView(bytes, 0, bytes.length);
}

describe("usageReport", () => {
  test.each([
    ["both directions", usageAvps({ uplink: 10, downlink: 20 }), { uplink: 10, downlink: 20 }],
    ["a total as downlink", usageAvps({ total: 30 }), { uplink: 0, downlink: 30 }],
    ["nothing under another key", usageAvps({ total: 30 }, "other"), undefined],
    ["several", [...usageAvps({ uplink: 1, downlink: 2 }), ...usageAvps({ total: 3 })], { uplink: 1, downlink: 5 }],
    ["no report", [], undefined],
  ])("reads %s", (_what, avps, expected) => {
    expect(usageReport(view(...avps))).toEqual(expected);
  });

  test("gives the rest of a total to the downlink", () => {
    const used = avp(UsedServiceUnit, [avp(CcTotalOctets, 30n), avp(CcInputOctets, 10n)]);
    const information = avp(UsageMonitoringInformation, [avp(MonitoringKey, Buffer.from("quota")), used]);
    expect(usageReport(view(information))).toEqual({ uplink: 10, downlink: 20 });
  });

  test("stays within what can be counted", () => {
    const used = avp(UsedServiceUnit, [avp(CcTotalOctets, 0xffff_ffff_ffff_ffffn)]);
    const information = avp(UsageMonitoringInformation, [avp(MonitoringKey, Buffer.from("quota")), used, used]);
    expect(usageReport(view(information))).toEqual({ uplink: 0, downlink: Number.MAX_SAFE_INTEGER });
  });
});

describe("framedAddress", () => {
  test.each([
    ["0a2d0002", undefined, "10.45.0.2"],
    [undefined, "004020010db800450000", "2001:db8:45::/64"],
    [undefined, "008020010db8000000000000000000000001", "2001:db8::1/128"],
    [undefined, "0000", "::/0"],
    ["0a2d0002", "003820010db8004500", "10.45.0.2 2001:db8:45::/56"],
    [undefined, undefined, ""],
  ])("reads %s and %s", (ipv4, prefix, text) => {
    const avps = [
      ...(ipv4 === undefined ? [] : [avp(FramedIpAddress, Buffer.from(ipv4, "hex"))]),
      ...(prefix === undefined ? [] : [avp(FramedIpv6Prefix, Buffer.from(prefix, "hex"))]),
    ];
    expect(framedAddress(view(...avps))).toBe(text);
  });

  test.each(["", "00", "0081", "004020010db8", `0080${"00".repeat(17)}`])("refuses the prefix %s", (prefix) => {
    expect(() => framedAddress(view(avp(FramedIpv6Prefix, Buffer.from(prefix, "hex"))))).toThrow("Framed-IPv6-Prefix");
  });

  test.each(["", "0a2d00", "0a2d000200"])("refuses the IPv4 address %s", (ipv4) => {
    expect(() => framedAddress(view(avp(FramedIpAddress, Buffer.from(ipv4, "hex"))))).toThrow("Framed-IP-Address");
  });
});
