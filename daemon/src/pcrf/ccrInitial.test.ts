import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import * as base from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import * as gx from "../diameter/dictionary/gx.ts";
import { FeatureList, FeatureListId, SupportedFeatures } from "../diameter/dictionary/s6a.ts";
import { IMSI, type LabSmf, PcrfLab, profile, SMF_A, SMF_B, who } from "./testing/pcrfLab.ts";

const INITIAL = 1;
const SESSION = `${SMF_A};1;1`;
let lab: PcrfLab;
let smf: LabSmf;

beforeEach(async () => {
  lab = await new PcrfLab().start();
  smf = await lab.smf();
});

afterEach(async () => {
  expect(lab.failures).toEqual([]);
  await lab.stop();
});

function experimental(answer: Message): number | undefined {
  return answer.get(base.ExperimentalResult)?.get(base.ExperimentalResultCode);
}

function rates(answer: Message) {
  const qos = answer.get(gx.QosInformation);
  return [qos?.get(gx.ApnAggregateMaxBitrateUl), qos?.get(gx.ApnAggregateMaxBitrateDl)];
}

describe("a CCR-I", () => {
  test("gets the default bearer's QoS with the whole ARP, and the APN-AMBR", async () => {
    const answer = await smf.ccr(INITIAL, 0, who());
    expect(answer.get(base.ResultCode)).toBe(2001);
    expect([answer.get(base.CcRequestType), answer.get(base.CcRequestNumber)]).toEqual([1, 0]);
    expect(answer.get(base.AuthApplicationId)).toBe(APPLICATION.GX);
    expect(answer.get(base.OriginRealm)).toBe("a.example");
    expect(rates(answer)).toEqual([5_000_000, 20_000_000]);
    const qos = answer.get(gx.DefaultEpsBearerQos);
    const arp = qos?.get(gx.AllocationRetentionPriority);
    expect(qos?.get(gx.QosClassIdentifier)).toBe(9);
    expect(arp?.get(gx.PriorityLevel)).toBe(8);
    expect(arp?.get(gx.PreEmptionCapability)).toBe(1);
    expect(arp?.get(gx.PreEmptionVulnerability)).toBe(0);
    expect(answer.get(gx.BearerControlMode)).toBe(2);
    expect(answer.has(gx.UsageMonitoringInformation)).toBe(false);
  });

  test("is answered when its session is durable", async () => {
    const answer = await smf.ccr(INITIAL, 0, who());
    expect(answer.get(base.ResultCode)).toBe(2001);
    expect(lab.records.writing).toBe(0);
    expect(lab.records.stored.get(SESSION)).toMatchObject({
      imsi: IMSI,
      tenantId: "a",
      apn: "internet",
      address: "10.45.0.2",
      peer: SMF_A,
      peerRealm: "a.example",
      epcId: "epc-1",
      startedAt: lab.clock.date().getTime(),
      throttled: false,
    });
    expect(lab.records.kinds()).toEqual(["session-start"]);
    expect(lab.records.changes.map(({ state }) => state)).toEqual(["open"]);
  });

  test("installs each rule of the plan", async () => {
    const arp = { priorityLevel: 2, preemptionCapability: true, preemptionVulnerability: false };
    const flows = [{ direction: "downlink" as const, description: "permit out udp from 203.0.113.0/24 to assigned" }];
    const gbr = { uplink: 128_000, downlink: 256_000 };
    const rules = [{ name: "voice", precedence: 10, qci: 1, arp, gbr, flows }];
    const apns = profile().apns.map((each) => ({ ...each, rules }));
    lab.records.subscriber(IMSI, "a", profile({ apns }));
    const answer = await smf.ccr(INITIAL, 0, who());
    const rule = answer.get(gx.ChargingRuleInstall)?.get(gx.ChargingRuleDefinition);
    expect(rule?.get(gx.ChargingRuleName)?.toString()).toBe("voice");
    expect(rule?.get(gx.Precedence)).toBe(10);
    expect(rule?.get(gx.FlowStatus)).toBe(2);
    expect(rule?.get(gx.FlowInformation)?.get(gx.FlowDescription)).toBe(flows[0]?.description);
    expect(rule?.get(gx.FlowInformation)?.get(gx.FlowDirection)).toBe(1);
    const qos = rule?.get(gx.QosInformation);
    expect(qos?.get(gx.QosClassIdentifier)).toBe(1);
    expect(qos?.get(gx.MaxRequestedBandwidthDl)).toBe(256_000);
    expect(qos?.get(gx.GuaranteedBitrateUl)).toBe(128_000);
    expect(qos?.get(gx.AllocationRetentionPriority)?.get(gx.PreEmptionCapability)).toBe(0);
  });

  test.each([
    ["INTERNET", "whatever the case"],
    ["internet.mnc001.mcc001.gprs", "with its operator identifier"],
  ])("takes the APN %s, %s", async (apn) => {
    const answer = await smf.ccr(INITIAL, 0, who(IMSI, apn));
    expect(answer.get(base.ResultCode)).toBe(2001);
    expect(lab.records.stored.get(SESSION)?.apn).toBe("internet");
  });

  test("is answered the same when it comes again, without another session", async () => {
    const first = await smf.ccr(INITIAL, 0, who());
    lab.clock.advance(5_000);
    const second = await smf.ccr(INITIAL, 0, who());
    // Hop-by-Hop and End-to-End Identifiers are the request's.
    expect(second.octets.subarray(20)).toEqual(first.octets.subarray(20));
    expect(lab.records.stored.size).toBe(1);
    expect(lab.records.kinds()).toEqual(["session-start"]);
    expect(lab.records.stored.get(SESSION)?.startedAt).toBe(lab.clock.date().getTime() - 5_000);
  });

  test("for the same subscriber and APN replaces the stale session", async () => {
    await smf.ccr(INITIAL, 0, who());
    await smf.ccr(INITIAL, 0, who(IMSI, "internet", [10, 45, 0, 3]), `${SMF_A};1;2`);
    expect([...lab.records.stored.keys()]).toEqual([`${SMF_A};1;2`]);
    expect(lab.records.changes.map(({ state }) => state)).toEqual(["open", "ended", "open"]);
  });

  test("keeps IPv4 address and IPv6 prefix", async () => {
    const prefix = Buffer.from("0040" + "20010db800450000", "hex");
    await smf.ccr(INITIAL, 0, [...who(), avp(base.FramedIpv6Prefix, prefix)]);
    expect(lab.records.stored.get(SESSION)?.address).toBe("10.45.0.2 2001:db8:45::/64");
  });

  test("gets the features that both have", async () => {
    const offered = avp(SupportedFeatures, [
      avp(base.VendorId, 10415),
      avp(FeatureListId, 1),
      avp(FeatureList, 0x8000_0013),
    ]);
    const answer = await smf.ccr(INITIAL, 0, [...who(), offered]);
    expect(answer.get(SupportedFeatures)?.get(FeatureList)).toBe(0x3);
  });

  test("learns that bearers are the UE's to ask for where the network's cannot be", async () => {
    const answer = await smf.ccr(INITIAL, 0, [...who(), avp(gx.NetworkRequestSupport, 0)]);
    expect(answer.get(gx.BearerControlMode)).toBe(0);
  });
});

describe("a CCR-I is refused", () => {
  test("with 5030 for an unknown subscriber", async () => {
    const answer = await smf.ccr(INITIAL, 0, who("001010000000404"));
    expect(answer.get(base.ResultCode)).toBe(5030);
    expect([answer.get(base.CcRequestType), answer.get(base.CcRequestNumber)]).toEqual([1, 0]);
    expect(lab.records.activities).toMatchObject([{ tenantId: "a", kind: "rejected", imsi: "001010000000404" }]);
  });

  test.each(["suspended", "terminated"] as const)("with 5003 for a %s subscriber", async (status) => {
    lab.records.subscriber(IMSI, "a", profile({ status }));
    const answer = await smf.ccr(INITIAL, 0, who());
    expect(answer.get(base.ResultCode)).toBe(5003);
    expect(lab.records.stored.size).toBe(0);
    expect(lab.records.kinds()).toEqual(["rejected"]);
  });

  test("with 5003 for an APN that is not the subscriber's", async () => {
    const answer = await smf.ccr(INITIAL, 0, who(IMSI, "corporate"));
    expect(answer.get(base.ResultCode)).toBe(5003);
    expect(lab.records.activities[0]?.message).toContain("APN corporate");
  });

  test("again and again, and the operator reads of it once a minute", async () => {
    lab.records.subscriber(IMSI, "a", profile({ status: "suspended" }));
    for (const number of [0, 1, 2]) await smf.ccr(INITIAL, 0, who(), `${SMF_A};2;${number}`);
    expect(lab.records.activities).toHaveLength(1);
    lab.clock.advance(60_000);
    await smf.ccr(INITIAL, 0, who());
    expect(lab.records.activities[1]?.message).toContain("2 more such requests");
  });

  test("with 5140 when the subscriber's plan cannot be found", async () => {
    lab.records.subscriber(IMSI, "a", undefined);
    const answer = await smf.ccr(INITIAL, 0, who());
    expect(answer.has(base.ResultCode)).toBe(false);
    expect(experimental(answer)).toBe(5140);
  });

  test("with 5003 while the tenant is not active", async () => {
    lab.records.tenant("a", { active: false });
    expect((await smf.ccr(INITIAL, 0, who())).get(base.ResultCode)).toBe(5003);
  });

  const [, imsi, apn] = who() as [Avp, Avp, Avp, Avp];
  test.each([
    ["the IMSI", [apn], base.SubscriptionId],
    ["the APN", [imsi], base.CalledStationId],
  ])("with 5140 and Failed-AVP without %s", async (_what, avps, missing) => {
    const answer = await smf.ccr(INITIAL, 0, avps);
    expect(experimental(answer)).toBe(5140);
    expect(answer.get(base.FailedAvp)?.has(missing)).toBe(true);
    expect(answer.get(base.CcRequestType)).toBe(1);
  });

  test.each([
    ["Framed-IP-Address", avp(base.FramedIpAddress, Buffer.from([10, 45, 0])), base.FramedIpAddress],
    ["Framed-IPv6-Prefix", avp(base.FramedIpv6Prefix, Buffer.from([0, 129])), base.FramedIpv6Prefix],
  ])("with 5004 and Failed-AVP for a %s that is none", async (_name, wrong, definition) => {
    const answer = await smf.ccr(INITIAL, 0, [imsi, apn, wrong]);
    expect(answer.get(base.ResultCode)).toBe(5004);
    expect(answer.get(base.FailedAvp)?.has(definition)).toBe(true);
    expect(answer.get(base.CcRequestNumber)).toBe(0);
  });

  test("with 5005 without its type", async () => {
    const avps = [avp(base.SessionId, SESSION), avp(base.CcRequestNumber, 0), ...who()];
    const answer = await smf.peer.request(COMMAND.CREDIT_CONTROL, APPLICATION.GX, avps);
    expect(answer.get(base.ResultCode)).toBe(5005);
  });

  test("with 5004 as an EVENT_REQUEST, which Gx has not", async () => {
    const answer = await smf.ccr(4, 7, who());
    expect(answer.get(base.ResultCode)).toBe(5004);
    expect(answer.get(base.FailedAvp)?.get(base.CcRequestType)).toBe(4);
    expect(answer.get(base.CcRequestNumber)).toBe(7);
  });
});

describe("tenants", () => {
  test("do not get each other's subscribers", async () => {
    const other = await lab.smf(SMF_B);
    const answer = await other.ccr(INITIAL, 0, who());
    expect(answer.get(base.ResultCode)).toBe(5030);
    expect(answer.has(gx.QosInformation)).toBe(false);
    expect(lab.records.stored.size).toBe(0);
    expect(lab.records.activities).toMatchObject([{ tenantId: "a", kind: "cross-tenant", imsi: IMSI }]);
  });

  test("serve each other's subscribers as roaming partners", async () => {
    lab.records.tenant("a", { roamingPartners: ["b"] });
    const other = await lab.smf(SMF_B);
    expect((await other.ccr(INITIAL, 0, who())).get(base.ResultCode)).toBe(2001);
    expect(lab.records.stored.get(`${SMF_B};1;1`)?.tenantId).toBe("a");
  });

  test("are partners one way only", async () => {
    lab.records.tenant("b", { roamingPartners: ["a"] });
    const other = await lab.smf(SMF_B);
    expect((await other.ccr(INITIAL, 0, who())).get(base.ResultCode)).toBe(5030);
  });

  test("cannot take over each other's Session-Ids", async () => {
    await smf.ccr(INITIAL, 0, who());
    lab.records.subscriber("001010000000002", "b", profile());
    const other = await lab.smf(SMF_B);
    const answer = await other.ccr(INITIAL, 0, who("001010000000002"), SESSION);
    expect(answer.get(base.ResultCode)).toBe(5004);
    expect(answer.get(base.FailedAvp)?.get(base.SessionId)).toBe(SESSION);
    expect(lab.records.stored.get(SESSION)?.imsi).toBe(IMSI);
  });

  test("cannot take over a session as roaming partners either", async () => {
    await smf.ccr(INITIAL, 0, who());
    lab.records.tenant("a", { roamingPartners: ["b"] });
    const other = await lab.smf(SMF_B);
    expect((await other.ccr(INITIAL, 0, who(), SESSION)).get(base.ResultCode)).toBe(5004);
    expect(lab.records.stored.get(SESSION)?.peer).toBe(SMF_A);
  });
});
