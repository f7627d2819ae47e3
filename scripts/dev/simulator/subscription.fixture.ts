// Subscription-Data as an HSS gives it, with whatever a test leaves out.
import { type Avp, avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import { ServiceSelection } from "../../../daemon/src/diameter/dictionary/base.ts";
import * as gx from "../../../daemon/src/diameter/dictionary/gx.ts";
import * as s6a from "../../../daemon/src/diameter/dictionary/s6a.ts";

export function ambr(uplink: number, downlink: number): Avp {
  return avp(s6a.Ambr, [avp(gx.MaxRequestedBandwidthUl, uplink), avp(gx.MaxRequestedBandwidthDl, downlink)]);
}

export const ARP = [
  avp(gx.PriorityLevel, 8),
  avp(gx.PreEmptionCapability, 1),
  avp(gx.PreEmptionVulnerability, 0),
] as const;

export function apn(contextId: number, name: string, arp: readonly Avp[] = ARP): Avp {
  return avp(s6a.ApnConfiguration, [
    avp(s6a.ContextIdentifier, contextId),
    avp(s6a.PdnType, 0),
    avp(ServiceSelection, name),
    avp(s6a.EpsSubscribedQosProfile, [avp(gx.QosClassIdentifier, 9), avp(gx.AllocationRetentionPriority, arp)]),
  ]);
}

/** `included`: 0 all APNs, 1 those that changed. */
export function apnProfile(apns: readonly Avp[], included = 0): Avp {
  return avp(s6a.ApnConfigurationProfile, [
    avp(s6a.ContextIdentifier, 1),
    avp(s6a.AllApnConfigurationsIncludedIndicator, included),
    ...apns,
  ]);
}

export function subscription(...avps: readonly Avp[]): Avp {
  return avp(s6a.SubscriptionData, avps);
}

/** Whole. */
export const WHOLE = subscription(
  avp(s6a.Msisdn, Buffer.from("94711032f4", "hex")),
  avp(s6a.NetworkAccessMode, 2),
  ambr(50_000_000, 100_000_000),
  apnProfile([apn(1, "internet"), apn(2, "ims")]),
);
