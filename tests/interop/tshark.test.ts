// Messages that our encoder makes, taken apart by tshark: another program's dictionary and decoder must see what we meant.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnyDefinition, type Avp, avp } from "../../daemon/src/diameter/codec/avpDefinition.ts";
import { encodeAvps } from "../../daemon/src/diameter/codec/avpWriter.ts";
import { encodeMessage } from "../../daemon/src/diameter/codec/message.ts";
import * as base from "../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../daemon/src/diameter/dictionary/commands.ts";
import * as gx from "../../daemon/src/diameter/dictionary/gx.ts";
import * as s6a from "../../daemon/src/diameter/dictionary/s6a.ts";
import { pcapOf } from "./tshark/pcap.ts";
import { avpsOf, type DissectedAvp, diameterOf, type Field } from "./tshark/pdml.ts";

const { S6A, S13, GX } = APPLICATION;
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const filled = (length: number, octet: number): Buffer => Buffer.alloc(length, octet);

const head = (applicationId: number): Avp[] => [
  avp(base.SessionId, "mme.epc-1.test;1;2;3"),
  ...(applicationId === GX
    ? [avp(base.AuthApplicationId, GX)]
    : [
        avp(base.VendorSpecificApplicationId, [avp(base.VendorId, 10415), avp(base.AuthApplicationId, applicationId)]),
        avp(base.AuthSessionState, 1),
      ]),
  avp(base.OriginHost, "mme.epc-1.test"),
  avp(base.OriginRealm, "test"),
];
const request = (applicationId: number): Avp[] => [
  ...head(applicationId),
  avp(base.DestinationHost, "hss.test"),
  avp(base.DestinationRealm, "test"),
];
const answer = (applicationId: number): Avp[] => [...head(applicationId), avp(base.ResultCode, 2001)];
const imsi = avp(base.UserName, "999700000000001");
const plmn = avp(s6a.VisitedPlmnId, hex("99f907"));
const features = avp(s6a.SupportedFeatures, [
  avp(base.VendorId, 10415),
  avp(s6a.FeatureListId, 2),
  avp(s6a.FeatureList, 0x8000_0001),
]);
const arp = avp(gx.AllocationRetentionPriority, [
  avp(gx.PriorityLevel, 8),
  avp(gx.PreEmptionCapability, 1),
  avp(gx.PreEmptionVulnerability, 0),
]);
const ambr = (down: number, up: number): Avp =>
  avp(s6a.Ambr, [avp(gx.MaxRequestedBandwidthUl, up), avp(gx.MaxRequestedBandwidthDl, down)]);
const terminal = avp(s6a.TerminalInformation, [avp(s6a.Imei, "35342107000000"), avp(s6a.SoftwareVersion, "01")]);

const apn = (id: number, name: string): Avp =>
  avp(s6a.ApnConfiguration, [
    avp(s6a.ContextIdentifier, id),
    avp(s6a.ServedPartyIpAddress, "10.45.0.2"),
    avp(s6a.ServedPartyIpAddress, "2001:db8:cafe::2"),
    avp(s6a.PdnType, 2),
    avp(base.ServiceSelection, name),
    avp(s6a.EpsSubscribedQosProfile, [avp(gx.QosClassIdentifier, 9), arp]),
    avp(s6a.VplmnDynamicAddressAllowed, 0),
    avp(gx.TgppChargingCharacteristics, "0800"),
    ambr(100_000_000, 50_000_000),
    avp(base.Mip6AgentInfo, [avp(base.MipHomeAgentAddress, "192.0.2.7")]),
  ]);

const subscription = avp(s6a.SubscriptionData, [
  avp(s6a.Msisdn, hex("9471320000f0")),
  avp(s6a.AMsisdn, hex("9471320000f1")),
  avp(s6a.StnSr, hex("9100")),
  avp(s6a.AccessRestrictionData, 32),
  avp(s6a.SubscriberStatus, 0),
  avp(s6a.OperatorDeterminedBarring, 1),
  avp(s6a.HplmnOdb, 1),
  avp(s6a.NetworkAccessMode, 2),
  avp(s6a.IcsIndicator, 0),
  avp(s6a.SubscribedPeriodicRauTauTimer, 720),
  avp(s6a.RatFrequencySelectionPriorityId, 1),
  avp(s6a.ApnOiReplacement, "mnc070.mcc999.gprs"),
  ambr(1_000_000_000, 4_294_967_295),
  avp(s6a.ApnConfigurationProfile, [
    avp(s6a.ContextIdentifier, 1),
    avp(s6a.AllApnConfigurationsIncludedIndicator, 0),
    apn(1, "internet"),
    apn(2, "ims"),
  ]),
  avp(s6a.CsgSubscriptionData, [avp(s6a.CsgId, 5), avp(s6a.ExpirationDate, new Date("2031-05-06T07:08:09Z"))]),
]);

const rule = avp(gx.ChargingRuleDefinition, [
  avp(gx.ChargingRuleName, Buffer.from("gold")),
  avp(base.RatingGroup, 1),
  avp(gx.FlowInformation, [
    avp(gx.FlowDescription, "permit out ip from any to assigned"),
    avp(gx.FlowDirection, 3),
    avp(gx.TosTrafficClass, hex("b8fc")),
  ]),
  avp(gx.FlowStatus, 2),
  avp(gx.QosInformation, [
    avp(gx.QosClassIdentifier, 1),
    avp(gx.MaxRequestedBandwidthUl, 1_000_000),
    avp(gx.MaxRequestedBandwidthDl, 2_000_000),
    avp(gx.GuaranteedBitrateUl, 500_000),
    avp(gx.GuaranteedBitrateDl, 600_000),
    arp,
  ]),
  avp(gx.Precedence, 100),
  avp(gx.MonitoringKey, Buffer.from("day")),
]);
const units = [
  avp(base.CcTotalOctets, 5_000_000_000n),
  avp(base.CcInputOctets, 0n),
  avp(base.CcOutputOctets, 0xffff_ffff_ffff_ffffn),
];
const defaultQos = avp(gx.DefaultEpsBearerQos, [avp(gx.QosClassIdentifier, 9), arp]);
const apnAmbr = avp(gx.QosInformation, [
  avp(gx.ApnAggregateMaxBitrateUl, 50_000_000),
  avp(gx.ApnAggregateMaxBitrateDl, 100_000_000),
]);

interface Case {
  readonly name: string;
  readonly commandCode: number;
  readonly applicationId: number;
  readonly isRequest: boolean;
  readonly avps: readonly Avp[];
}
const asked = (name: string, commandCode: number, applicationId: number, ...avps: Avp[]): Case => ({
  name,
  commandCode,
  applicationId,
  isRequest: true,
  avps: [...request(applicationId), ...avps],
});
const answered = (name: string, commandCode: number, applicationId: number, ...avps: Avp[]): Case => ({
  name,
  commandCode,
  applicationId,
  isRequest: false,
  avps: [...answer(applicationId), ...avps],
});

const CASES: readonly Case[] = [
  asked(
    "AIR",
    COMMAND.AUTHENTICATION_INFORMATION,
    S6A,
    imsi,
    features,
    plmn,
    avp(s6a.RequestedEutranAuthenticationInfo, [
      avp(s6a.NumberOfRequestedVectors, 3),
      avp(s6a.ImmediateResponsePreferred, 0),
      avp(s6a.ReSynchronizationInfo, filled(30, 0x5a)),
    ]),
  ),
  answered(
    "AIA",
    COMMAND.AUTHENTICATION_INFORMATION,
    S6A,
    features,
    avp(
      s6a.AuthenticationInfo,
      [1, 2].map((n) =>
        avp(s6a.EUtranVector, [
          avp(s6a.ItemNumber, n),
          avp(s6a.Rand, filled(16, n)),
          avp(s6a.Xres, filled(8, n)),
          avp(s6a.Autn, filled(16, n)),
          avp(s6a.Kasme, filled(32, n)),
        ]),
      ),
    ),
  ),
  asked(
    "ULR",
    COMMAND.UPDATE_LOCATION,
    S6A,
    imsi,
    features,
    terminal,
    avp(gx.RatType, 1004),
    avp(s6a.UlrFlags, 34),
    avp(s6a.UeSrvccCapability, 0),
    plmn,
    avp(s6a.HomogeneousSupportOfImsVoiceOverPsSessions, 1),
  ),
  answered("ULA", COMMAND.UPDATE_LOCATION, S6A, features, avp(s6a.UlaFlags, 1), subscription),
  asked("CLR", COMMAND.CANCEL_LOCATION, S6A, imsi, avp(s6a.CancellationType, 0), avp(s6a.ClrFlags, 2)),
  asked("IDR", COMMAND.INSERT_SUBSCRIBER_DATA, S6A, imsi, subscription, avp(s6a.IdrFlags, 8)),
  asked("DSR", COMMAND.DELETE_SUBSCRIBER_DATA, S6A, imsi, avp(s6a.DsrFlags, 32)),
  asked("PUR", COMMAND.PURGE_UE, S6A, imsi, avp(s6a.PurFlags, 1)),
  asked("NOR", COMMAND.NOTIFY, S6A, imsi, terminal, avp(s6a.NorFlags, 1)),
  asked("ECR", COMMAND.ME_IDENTITY_CHECK, S13, terminal, imsi),
  answered("ECA", COMMAND.ME_IDENTITY_CHECK, S13, avp(s6a.EquipmentStatus, 1)),
  {
    ...answered("AIA of an error", COMMAND.AUTHENTICATION_INFORMATION, S6A),
    avps: [
      ...head(S6A),
      avp(base.ExperimentalResult, [avp(base.VendorId, 10415), avp(base.ExperimentalResultCode, 5001)]),
      avp(s6a.ErrorDiagnostic, 1),
      avp(base.FailedAvp, [imsi]),
    ],
  },
  asked(
    "CCR",
    COMMAND.CREDIT_CONTROL,
    GX,
    avp(base.CcRequestType, 1),
    avp(base.CcRequestNumber, 0),
    avp(base.SubscriptionId, [avp(base.SubscriptionIdType, 1), avp(base.SubscriptionIdData, "999700000000001")]),
    features,
    avp(gx.NetworkRequestSupport, 1),
    avp(base.FramedIpAddress, hex("0a2d0002")),
    avp(base.FramedIpv6Prefix, hex("004020010db8cafe0002")),
    avp(gx.IpCanType, 5),
    avp(gx.RatType, 1004),
    apnAmbr,
    defaultQos,
    avp(gx.TgppUserLocationInfo, hex("8299f907000199f9070019b001")),
    avp(gx.TgppMsTimeZone, hex("4000")),
    avp(gx.TgppSgsnMccMnc, "99970"),
    avp(base.CalledStationId, "internet"),
    avp(gx.BearerControlMode, 2),
    avp(gx.EventTrigger, 33),
    avp(gx.UsageMonitoringInformation, [
      avp(gx.MonitoringKey, Buffer.from("day")),
      avp(base.UsedServiceUnit, units),
      avp(gx.UsageMonitoringLevel, 0),
    ]),
    avp(base.UserEquipmentInfo, [
      avp(base.UserEquipmentInfoType, 0),
      avp(base.UserEquipmentInfoValue, Buffer.from("3534210700000000")),
    ]),
  ),
  answered(
    "CCA",
    COMMAND.CREDIT_CONTROL,
    GX,
    avp(base.CcRequestType, 1),
    avp(base.CcRequestNumber, 0),
    defaultQos,
    apnAmbr,
    avp(gx.ChargingRuleInstall, [rule]),
    avp(gx.ChargingRuleRemove, [avp(gx.ChargingRuleName, Buffer.from("old"))]),
    avp(gx.EventTrigger, 2),
    avp(gx.RevalidationTime, new Date("2030-01-02T03:04:05Z")),
    avp(gx.UsageMonitoringInformation, [
      avp(gx.MonitoringKey, Buffer.from("day")),
      avp(base.GrantedServiceUnit, units),
    ]),
  ),
  asked(
    "RAR",
    COMMAND.RE_AUTH,
    GX,
    avp(base.ReAuthRequestType, 0),
    avp(gx.SessionReleaseCause, 0),
    avp(gx.ChargingRuleInstall, [rule]),
    defaultQos,
  ),
];

/** What tshark should see of an AVP that we wrote. */
function expected({ definition, value }: Avp): DissectedAvp {
  const { name, code, vendorId, mandatory, type } = definition as AnyDefinition;
  const data = encodeAvps([{ definition: definition as AnyDefinition, value }]);
  const inner = data.subarray(vendorId === 0 ? 8 : 12, data.readUIntBE(5, 3)).toString("hex");
  return {
    name,
    code,
    vendorId,
    flags: `0x${((vendorId === 0 ? 0 : 0x80) | (mandatory ? 0x40 : 0)).toString(16).padStart(2, "0")}`,
    value: inner,
    show: type === "octets" || type === "grouped" ? inner : value instanceof Date ? value.toISOString() : String(value),
    avps: type === "grouped" ? (value as Avp[]).map(expected) : [],
  };
}

/** What tshark saw, its words for times and octets put as ours. */
function seen(dissected: DissectedAvp, { definition, value }: Avp): DissectedAvp {
  const { type } = definition as AnyDefinition;
  const shown = (): string => {
    if (type === "octets" || type === "grouped") return dissected.value;
    if (type === "time") return new Date(dissected.show.replace(/\.0+ UTC$/, " UTC")).toISOString();
    return dissected.show;
  };
  const inner = type === "grouped" ? (value as Avp[]) : [];
  return {
    ...dissected,
    show: shown(),
    avps: dissected.avps.map((each, n) => (inner[n] ? seen(each, inner[n]) : each)),
  };
}

let folder: string;
let messages: Field[];

beforeAll(() => {
  if (spawnSync("tshark", ["--version"]).error) throw new Error("tshark is missing: install the Debian package tshark");
  folder = mkdtempSync(join(tmpdir(), "tshark-"));
  const file = join(folder, "messages.pcap");
  const encoded = CASES.map(({ commandCode, applicationId, isRequest, avps }, n) =>
    encodeMessage(
      {
        commandCode,
        applicationId,
        flags: { request: isRequest, proxiable: true },
        hopByHop: n + 1,
        endToEnd: 0xf0000000 + n,
      },
      avps,
    ),
  );
  writeFileSync(file, pcapOf(encoded));
  const env = { ...process.env, TZ: "UTC", HOME: folder };
  const output = execFileSync("tshark", ["-r", file, "-T", "pdml"], {
    env,
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
  messages = diameterOf(output.toString());
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("tshark", () => {
  it("finds every message", () => {
    expect(messages).toHaveLength(CASES.length);
  });

  it.each(CASES.map((each, n) => ({ ...each, n })))(
    "sees in our $name what we meant",
    ({ commandCode, applicationId, isRequest, avps, n }) => {
      const fields = messages[n]?.children ?? [];
      const show = (name: string): string | undefined => fields.find((each) => each.name === `diameter.${name}`)?.show;
      expect(show("cmd.code")).toBe(String(commandCode));
      expect(show("applicationId")).toBe(String(applicationId));
      expect(show("flags")).toBe(isRequest ? "0xc0" : "0x40");
      expect(show("endtoendid")).toBe(`0xf${n.toString(16).padStart(7, "0")}`);
      expect(avpsOf(fields).map((each, at) => seen(each, avps[at] as Avp))).toEqual(avps.map(expected));
      expect(JSON.stringify(messages[n])).not.toMatch(/_ws\.malformed|_ws\.expert/);
    },
  );
});
