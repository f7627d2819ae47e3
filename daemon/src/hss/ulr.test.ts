import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Avp, type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { FailedAvp, ServiceSelection, UserName, VendorId } from "../diameter/dictionary/base.ts";
import { COMMAND } from "../diameter/dictionary/commands.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import {
  AllocationRetentionPriority,
  MaxRequestedBandwidthDl,
  MaxRequestedBandwidthUl,
  PreEmptionCapability,
  PreEmptionVulnerability,
  PriorityLevel,
  QosClassIdentifier,
  RatType,
  TgppChargingCharacteristics,
} from "../diameter/dictionary/gx.ts";
import {
  AccessRestrictionData,
  AllApnConfigurationsIncludedIndicator,
  Ambr,
  ApnConfiguration,
  ApnConfigurationProfile,
  CancellationType,
  ClrFlags,
  ContextIdentifier,
  EpsSubscribedQosProfile,
  ErrorDiagnostic,
  FeatureList,
  FeatureListId,
  Imei,
  Msisdn,
  NetworkAccessMode,
  OperatorDeterminedBarring,
  PdnType,
  ServedPartyIpAddress,
  SubscribedPeriodicRauTauTimer,
  SubscriberStatus,
  SubscriptionData,
  SupportedFeatures,
  TerminalInformation,
  UlaFlags,
  UlrFlags,
  VisitedPlmnId,
  VplmnDynamicAddressAllowed,
} from "../diameter/dictionary/s6a.ts";
import {
  FOREIGN_PLMN,
  HssLab,
  IMEI,
  IMSI,
  IMSI_B,
  type LabMme,
  MME_A,
  MME_A2,
  PLMN,
  profile,
  resultOf,
} from "../testing/hssLab.ts";

let lab: HssLab;
let mme: LabMme;

beforeEach(async () => {
  lab = await new HssLab().start();
  mme = await lab.connect(MME_A);
});
afterEach(() => lab.stop());

function rates(group: AvpReader | undefined) {
  const ambr = group?.get(Ambr);
  return { uplink: ambr?.get(MaxRequestedBandwidthUl), downlink: ambr?.get(MaxRequestedBandwidthDl) };
}

/** What Open5GS demands before it looks at anything else. */
function isComplete(data: AvpReader | undefined): boolean {
  const apn = data?.get(ApnConfigurationProfile)?.get(ApnConfiguration);
  const qos = apn?.get(EpsSubscribedQosProfile);
  const arp = qos?.get(AllocationRetentionPriority);
  const needed = [
    ...[rates(data).uplink, rates(data).downlink, apn?.get(ContextIdentifier), apn?.get(PdnType)],
    ...[apn?.get(ServiceSelection), qos?.get(QosClassIdentifier), arp?.get(PriorityLevel)],
    ...[arp?.get(PreEmptionCapability), arp?.get(PreEmptionVulnerability)],
  ];
  return needed.every((value) => value !== undefined);
}

describe("subscription data", () => {
  test("of a plain subscriber", async () => {
    const answer = await mme.ulr(IMSI);
    expect(resultOf(answer)).toBe("2001");
    expect(answer.get(UlaFlags)).toBe(1);
    const data = answer.get(SubscriptionData);
    expect(isComplete(data)).toBe(true);
    expect(data?.get(SubscriberStatus)).toBe(0);
    expect(data?.get(Msisdn)?.toString("hex")).toBe("945111325476f8");
    expect(data?.get(NetworkAccessMode)).toBe(2);
    expect(data?.get(AccessRestrictionData)).toBe(0);
    expect(data?.has(OperatorDeterminedBarring)).toBe(false);
    expect(data?.has(SubscribedPeriodicRauTauTimer)).toBe(false);
    expect(rates(data)).toEqual({ uplink: 5_000_000, downlink: 20_000_000 });
  });

  test("of one with everything", async () => {
    const arp = { priorityLevel: 2, preemptionCapability: true, preemptionVulnerability: false };
    const of = { uplink: 1_000_000, downlink: 4_294_967_295 };
    lab.directory.changeProfile(IMSI, {
      rates: of,
      msisdn: "49151123456789",
      networkAccessMode: 0,
      accessRestriction: 0b11,
      operatorDeterminedBarring: 0b10,
      rauTauTimerSeconds: 720,
      roaming: { allowed: "all" },
      apns: [
        {
          ...{ contextId: 1, apn: "internet", pdnType: "ipv4v6", qci: 9, arp, rates: of, rules: [] },
          staticAddress: "10.45.0.9",
        },
        {
          ...{ contextId: 2, apn: "ims", pdnType: "ipv6", qci: 5, arp, rates: of, rules: [] },
          chargingCharacteristics: "0800",
        },
      ],
    });
    const data = (await mme.ulr(IMSI)).get(SubscriptionData);
    expect(data?.get(Msisdn)?.toString("hex")).toBe("94511132547698");
    expect(data?.get(SubscriberStatus)).toBe(1);
    expect(data?.get(OperatorDeterminedBarring)).toBe(2);
    expect(data?.get(AccessRestrictionData)).toBe(3);
    expect(data?.get(NetworkAccessMode)).toBe(0);
    expect(data?.get(SubscribedPeriodicRauTauTimer)).toBe(720);
    const list = data?.get(ApnConfigurationProfile);
    expect([list?.get(ContextIdentifier), list?.get(AllApnConfigurationsIncludedIndicator)]).toEqual([1, 0]);
    const [internet, ims] = list?.all(ApnConfiguration) ?? [];
    expect(internet?.get(ServedPartyIpAddress)).toBe("10.45.0.9");
    expect([internet?.get(PdnType), ims?.get(PdnType)]).toEqual([2, 1]);
    expect([internet, ims].map((apn) => apn?.get(ServiceSelection))).toEqual(["internet", "ims"]);
    expect(ims?.get(TgppChargingCharacteristics)).toBe("0800");
    expect(ims?.get(VplmnDynamicAddressAllowed)).toBe(1);
    expect(rates(ims)).toEqual(of);
    const qos = ims?.get(EpsSubscribedQosProfile);
    expect(qos?.get(QosClassIdentifier)).toBe(5);
    const priority = qos?.get(AllocationRetentionPriority);
    expect([
      priority?.get(PriorityLevel),
      priority?.get(PreEmptionCapability),
      priority?.get(PreEmptionVulnerability),
    ]).toEqual([2, 0, 1]);
  });

  test("comes even to an MME that would do without", async () => {
    expect(isComplete((await mme.ulr(IMSI, { flags: 0x26 })).get(SubscriptionData))).toBe(true);
  });

  test("features of both lists are those that both sides have", async () => {
    const list = (id: number, bits: number) =>
      avp(SupportedFeatures, [avp(VendorId, THREEGPP), avp(FeatureListId, id), avp(FeatureList, bits)]);
    const answer = await mme.ulr(IMSI, { more: [list(1, 0xffffffff), list(2, 0x08000001), list(3, 1)] });
    const common = answer.all(SupportedFeatures).map((each) => [each.get(FeatureListId), each.get(FeatureList)]);
    expect(common).toEqual([
      [1, 7],
      [2, 0x08000000],
    ]);
  });
});

describe("registration", () => {
  test("is durable when the answer comes, and reported", async () => {
    await mme.ulr(IMSI, { imei: "35693803564380" });
    expect(lab.registrations.writing).toBe(0);
    expect(lab.registrations.get(IMSI)).toEqual({
      ...{ imsi: IMSI, tenantId: "a", mme: MME_A, mmeRealm: "a.example", epcId: "epc_1", visitedPlmn: "00f110" },
      ...{ ratType: 1004, at: expect.any(Number), purged: false, imei: IMEI, softwareVersion: "01" },
      sent: lab.directory.subscriber(IMSI)?.profileHash,
    });
    expect(lab.reporter.of("registered")).toEqual([[lab.registrations.get(IMSI)]]);
    expect(lab.reporter.of("equipmentSeen")).toEqual([["a", IMSI, IMEI, "01"]]);
    expect(lab.reporter.activitiesOf("attach")).toMatchObject([{ tenantId: "a", imsi: IMSI, epcId: "epc_1" }]);
  });

  test("that cannot be kept is refused with 5012, and nothing is reported", async () => {
    lab.registrations.broken = true;
    const answer = await mme.ulr(IMSI);
    expect(resultOf(answer)).toBe("5012");
    expect(isComplete(answer.get(SubscriptionData))).toBe(true);
    expect(lab.reporter.of("registered")).toEqual([]);
  });

  test("a tracking area update at the same MME is no attach, and cancels nothing", async () => {
    await mme.ulr(IMSI);
    await mme.ulr(IMSI, { flags: 0x02 });
    expect(lab.reporter.activitiesOf("attach")).toHaveLength(1);
    expect(lab.reporter.of("registered")).toHaveLength(2);
    expect(mme.received).toEqual([]);
  });

  test("at another MME cancels the old one", async () => {
    const other = await lab.connect(MME_A2);
    await mme.ulr(IMSI);
    await other.ulr(IMSI, { flags: 0x02 });
    await vi.waitFor(() => expect(mme.received).toHaveLength(1));
    const [clr] = mme.of(COMMAND.CANCEL_LOCATION);
    expect([clr?.get(UserName), clr?.get(CancellationType), clr?.get(ClrFlags)]).toEqual([IMSI, 0, 1]);
    expect(other.received).toEqual([]);
    expect(lab.registrations.get(IMSI)?.mme).toBe(MME_A2);
    expect(lab.reporter.of("askOthers")).toEqual([]);
  });

  test("at another MME asks the other daemons when the old one is not connected here", async () => {
    await mme.ulr(IMSI);
    mme.peer.cut("away");
    await vi.waitFor(() => expect(lab.server.peers()).toEqual([]));
    await (await lab.connect(MME_A2)).ulr(IMSI);
    const asked = { tenantId: "a", imsi: IMSI, action: "cancel-location", peer: MME_A, cancellationType: 0 };
    expect(lab.reporter.of("askOthers")).toEqual([[asked]]);
  });

  test("two MMEs at once: the last one has it, the first one is told", async () => {
    const other = await lab.connect(MME_A2);
    await Promise.all([mme.ulr(IMSI), other.ulr(IMSI)]);
    const [loser, winner] = lab.registrations.get(IMSI)?.mme === MME_A ? [other, mme] : [mme, other];
    await vi.waitFor(() => expect(loser.of(COMMAND.CANCEL_LOCATION)).toHaveLength(1));
    expect(winner.received).toEqual([]);
  });
});

describe("refusals have what an MME needs to heed them", () => {
  test.each([
    ["unknown", () => lab.directory.subscriberRecords.delete(IMSI), {}, "experimental 5001", undefined],
    ["suspended", () => lab.directory.changeProfile(IMSI, { status: "suspended" }), {}, "experimental 5420", 0],
    ["abroad", () => {}, { plmn: FOREIGN_PLMN }, "experimental 5004", undefined],
    ["barred", () => lab.directory.changeProfile(IMSI, { operatorDeterminedBarring: 7 }), {}, "experimental 5004", 2],
    [
      "in NB-IoT, denied",
      () => lab.directory.changeProfile(IMSI, { accessRestriction: 64 }),
      { ratType: 1005 },
      "experimental 5421",
      undefined,
    ],
    [
      "in other equipment",
      () => lab.directory.changeProfile(IMSI, { imei: "490154203237518" }),
      { imei: IMEI },
      "5003",
      undefined,
    ],
  ])("%s", async (_what, arrange, changes, result, diagnostic) => {
    arrange();
    const answer = await mme.ulr(IMSI, changes);
    expect(resultOf(answer)).toBe(result);
    expect(answer.get(ErrorDiagnostic)).toBe(diagnostic);
    expect(answer.get(UlaFlags)).toBe(1);
    expect(isComplete(answer.get(SubscriptionData))).toBe(true);
    expect(answer.get(SubscriptionData)?.has(Msisdn)).toBe(false);
    expect(lab.registrations.records.size).toBe(0);
  });

  test("another tenant's subscriber is unknown", async () => {
    const answer = await mme.ulr(IMSI_B);
    expect(resultOf(answer)).toBe("experimental 5001");
    expect(isComplete(answer.get(SubscriptionData))).toBe(true);
    expect(lab.registrations.records.size).toBe(0);
    expect(lab.reporter.activitiesOf("cross-tenant")).toHaveLength(1);
  });

  test("bound equipment is let in by its 14 digits", async () => {
    lab.directory.addSubscriber({
      ...lab.directory.subscriber(IMSI),
      imsi: IMSI,
      tenantId: "a",
      profile: profile({ imei: IMEI }),
      keys: { k: Buffer.alloc(16), operator: Buffer.alloc(16), kind: "opc" },
    });
    expect(resultOf(await mme.ulr(IMSI, { imei: "35693803564380" }))).toBe("2001");
    expect(resultOf(await mme.ulr(IMSI, { imei: "356938035643800" }))).toBe("2001");
    expect(resultOf(await mme.ulr(IMSI))).toBe("2001");
  });
});

describe("requests with faults", () => {
  const all = {
    user: avp(UserName, IMSI),
    rat: avp(RatType, 1004),
    flags: avp(UlrFlags, 0x22),
    plmn: avp(VisitedPlmnId, PLMN),
  };
  const without = (name: keyof typeof all): Avp[] =>
    Object.entries(all).flatMap(([key, value]): Avp[] => (key === name ? [] : [value]));

  test.each([
    ["without User-Name", without("user"), "5005", UserName],
    ["without RAT-Type", without("rat"), "5005", RatType],
    ["without ULR-Flags", without("flags"), "5005", UlrFlags],
    ["without Visited-PLMN-Id", without("plmn"), "5005", VisitedPlmnId],
    ["with a wrong IMSI", [avp(UserName, "x"), ...without("user")], "5004", UserName],
    ["with a wrong PLMN", [...without("plmn"), avp(VisitedPlmnId, Buffer.alloc(4))], "5004", VisitedPlmnId],
    [
      "with a wrong IMEI",
      [...without("user"), all.user, avp(TerminalInformation, [avp(Imei, "123")])],
      "5004",
      TerminalInformation,
    ],
  ])("%s", async (_what, avps, result, failed) => {
    const answer = await mme.s6a(COMMAND.UPDATE_LOCATION, avps);
    expect(resultOf(answer)).toBe(result);
    expect(answer.get(FailedAvp)?.has(failed)).toBe(true);
    expect(lab.registrations.records.size).toBe(0);
  });
});
