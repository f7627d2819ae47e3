// Subscription-Data (TS 29.272 7.3.2), as ULA and IDR carry it.
import type { ApnConfiguration as ApnSettings, Arp, BitRates, SubscriptionProfile } from "@wisptools/core";
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import { ServiceSelection } from "../diameter/dictionary/base.ts";
import {
  AllocationRetentionPriority,
  MaxRequestedBandwidthDl,
  MaxRequestedBandwidthUl,
  PreEmptionCapability,
  PreEmptionVulnerability,
  PriorityLevel,
  QosClassIdentifier,
  TgppChargingCharacteristics,
} from "../diameter/dictionary/gx.ts";
import {
  AccessRestrictionData,
  AllApnConfigurationsIncludedIndicator,
  Ambr,
  ApnConfiguration,
  ApnConfigurationProfile,
  ContextIdentifier,
  EpsSubscribedQosProfile,
  Msisdn,
  NetworkAccessMode,
  OperatorDeterminedBarring,
  PdnType,
  ServedPartyIpAddress,
  SubscribedPeriodicRauTauTimer,
  SubscriberStatus,
  SubscriptionData,
  VplmnDynamicAddressAllowed,
} from "../diameter/dictionary/s6a.ts";
import { tbcd } from "./tbcd.ts";

/** TS 29.272 7.3.29. */
const SERVICE_GRANTED = 0;
const OPERATOR_DETERMINED_BARRING = 1;
const ALL_APN_CONFIGURATIONS_INCLUDED = 0;
/** TS 29.272 7.3.62. */
const PDN_TYPE = { ipv4: 0, ipv6: 1, ipv4v6: 2 } as const;
/** TS 29.212 5.3.46, 5.3.47: for both, 0 says yes. */
const ENABLED = 0;
const DISABLED = 1;

/**
 * The whole of a subscriber's data, every time: MMEs refuse a part of the APN list, and what is left out of an IDR stays as
 * it was (TS 29.272 5.2.2.1.2), so that even what is granted, or not restricted, is said.
 */
export function subscriptionData(profile: SubscriptionProfile): Avp {
  const barring = profile.operatorDeterminedBarring ?? 0;
  return avp(SubscriptionData, [
    avp(SubscriberStatus, barring === 0 ? SERVICE_GRANTED : OPERATOR_DETERMINED_BARRING),
    ...(profile.msisdn === undefined ? [] : [avp(Msisdn, tbcd(profile.msisdn))]),
    avp(NetworkAccessMode, profile.networkAccessMode),
    ...(barring === 0 ? [] : [avp(OperatorDeterminedBarring, barring)]),
    avp(AccessRestrictionData, profile.accessRestriction),
    ambr(profile.rates),
    apnConfigurationProfile(profile),
    ...(profile.rauTauTimerSeconds === undefined
      ? []
      : [avp(SubscribedPeriodicRauTauTimer, profile.rauTauTimerSeconds)]),
  ]);
}

/** Says nothing of anybody, yet is complete: an MME ignores a ULA without such data even when it only refuses. */
export const NO_SUBSCRIPTION_DATA: Avp = subscriptionData({
  status: "suspended",
  rates: { uplink: 1000, downlink: 1000 },
  apns: [
    {
      contextId: 1,
      apn: "none",
      pdnType: "ipv4",
      qci: 9,
      arp: { priorityLevel: 15, preemptionCapability: false, preemptionVulnerability: true },
      rates: { uplink: 1000, downlink: 1000 },
      rules: [],
    },
  ],
  accessRestriction: 0,
  roaming: { allowed: "none" },
  networkAccessMode: 2,
  operatorDeterminedBarring: 1,
});

function apnConfigurationProfile({ apns, roaming }: SubscriptionProfile): Avp {
  const visitedAddress = roaming.allowed !== "none";
  return avp(ApnConfigurationProfile, [
    // The default APN; effectiveProfile never gives an empty list.
    avp(ContextIdentifier, apns[0]?.contextId ?? 1),
    avp(AllApnConfigurationsIncludedIndicator, ALL_APN_CONFIGURATIONS_INCLUDED),
    ...apns.map((apn) => apnConfiguration(apn, visitedAddress)),
  ]);
}

/** TS 29.272 7.3.35. Who may roam may also get an address there: tenants have no common PDN gateways. */
function apnConfiguration(apn: ApnSettings, visitedAddress: boolean): Avp {
  return avp(ApnConfiguration, [
    avp(ContextIdentifier, apn.contextId),
    ...(apn.staticAddress === undefined ? [] : [avp(ServedPartyIpAddress, apn.staticAddress)]),
    avp(PdnType, PDN_TYPE[apn.pdnType]),
    avp(ServiceSelection, apn.apn),
    avp(EpsSubscribedQosProfile, [avp(QosClassIdentifier, apn.qci), arp(apn.arp)]),
    avp(VplmnDynamicAddressAllowed, visitedAddress ? 1 : 0),
    ...(apn.chargingCharacteristics === undefined
      ? []
      : [avp(TgppChargingCharacteristics, apn.chargingCharacteristics)]),
    ambr(apn.rates),
  ]);
}

function arp({ priorityLevel, preemptionCapability, preemptionVulnerability }: Arp): Avp {
  return avp(AllocationRetentionPriority, [
    avp(PriorityLevel, priorityLevel),
    avp(PreEmptionCapability, preemptionCapability ? ENABLED : DISABLED),
    avp(PreEmptionVulnerability, preemptionVulnerability ? ENABLED : DISABLED),
  ]);
}

function ambr({ uplink, downlink }: BitRates): Avp {
  return avp(Ambr, [avp(MaxRequestedBandwidthUl, uplink), avp(MaxRequestedBandwidthDl, downlink)]);
}
