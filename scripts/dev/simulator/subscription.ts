// Subscription-Data (TS 29.272 7.3.2) as an MME takes it.
import type { AnyDefinition, AvpDefinition, AvpReader } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import { ServiceSelection } from "../../../daemon/src/diameter/dictionary/base.ts";
import * as gx from "../../../daemon/src/diameter/dictionary/gx.ts";
import * as s6a from "../../../daemon/src/diameter/dictionary/s6a.ts";
import { tbcdDigits } from "./tbcdDigits.ts";

/** bit/s. */
export interface Rates {
  uplink: number;
  downlink: number;
}

export interface ProvidedArp {
  priorityLevel: number;
  /** As on the wire: 0 enabled, 1 disabled. */
  preemptionCapability: number;
  preemptionVulnerability: number;
}

export interface ProvidedApn {
  contextId: number;
  apn: string;
  /** 0 IPv4, 1 IPv6, 2 both, 3 either (TS 29.272 7.3.62). */
  pdnType: number;
  qci: number;
  arp: ProvidedArp;
  ambr: Rates | undefined;
  staticAddresses: string[];
}

export interface ProvidedProfile {
  msisdn?: string;
  networkAccessMode?: number;
  subscriberStatus?: number;
  operatorDeterminedBarring?: number;
  accessRestriction?: number;
  rauTauTimer?: number;
  chargingCharacteristics?: string;
  ambr?: Rates;
  defaultContextId?: number;
  apns?: ProvidedApn[];
}

/** What an MME can work with. */
export type WholeProfile = ProvidedProfile & Required<Pick<ProvidedProfile, "ambr" | "apns" | "defaultContextId">>;

/** `missing` names AVPs without which a real MME drops the message; `partial`: not all of the subscriber's APNs. */
export interface ReadSubscription {
  profile: ProvidedProfile;
  missing: string[];
  partial: boolean;
}

const ALL_INCLUDED = 0;

/** Reads what is there. */
export function readSubscription(data: AvpReader): ReadSubscription {
  const missing: string[] = [];
  const msisdn = data.get(s6a.Msisdn);
  const characteristics = data.get(gx.TgppChargingCharacteristics);
  const ambr = data.get(s6a.Ambr);
  const configuration = data.get(s6a.ApnConfigurationProfile);
  const indicator = configuration?.get(s6a.AllApnConfigurationsIncludedIndicator);
  const profile: ProvidedProfile = {
    ...(msisdn === undefined ? {} : { msisdn: tbcdDigits(msisdn) }),
    ...field("networkAccessMode", data, s6a.NetworkAccessMode),
    ...field("subscriberStatus", data, s6a.SubscriberStatus),
    ...field("operatorDeterminedBarring", data, s6a.OperatorDeterminedBarring),
    ...field("accessRestriction", data, s6a.AccessRestrictionData),
    ...field("rauTauTimer", data, s6a.SubscribedPeriodicRauTauTimer),
    ...(characteristics === undefined ? {} : { chargingCharacteristics: characteristics }),
    ...(ambr === undefined ? {} : { ambr: ratesOf(ambr, "AMBR", missing) }),
    ...(configuration === undefined
      ? {}
      : {
          defaultContextId: configuration.get(s6a.ContextIdentifier) ?? -1,
          apns: configuration.all(s6a.ApnConfiguration).map((each) => apnOf(each, missing)),
        }),
  };
  return { profile, missing, partial: configuration !== undefined && indicator !== ALL_INCLUDED };
}

/** What an update location's answer lacks besides: then a real MME leaves the UE without a word. */
export function missingOf(profile: ProvidedProfile): string[] {
  return [
    ...(profile.ambr === undefined ? [s6a.Ambr.name] : []),
    ...(profile.apns === undefined ? [s6a.ApnConfigurationProfile.name] : []),
    ...(profile.apns?.length === 0 ? [s6a.ApnConfiguration.name] : []),
  ];
}

function field<Name extends keyof ProvidedProfile>(
  name: Name,
  data: AvpReader,
  definition: AvpDefinition<number, never>,
): Partial<Record<Name, number>> {
  const value = data.get(definition);
  return value === undefined ? {} : ({ [name]: value } as Record<Name, number>);
}

function ratesOf(group: AvpReader, where: string, missing: string[]): Rates {
  return {
    uplink: needed(group, gx.MaxRequestedBandwidthUl, where, missing) ?? 0,
    downlink: needed(group, gx.MaxRequestedBandwidthDl, where, missing) ?? 0,
  };
}

function apnOf(group: AvpReader, missing: string[]): ProvidedApn {
  const apn = needed(group, ServiceSelection, s6a.ApnConfiguration.name, missing) ?? "";
  const where = `${s6a.ApnConfiguration.name} ${apn}`;
  const qos = needed(group, s6a.EpsSubscribedQosProfile, where, missing);
  const arp = qos && needed(qos, gx.AllocationRetentionPriority, where, missing);
  const ambr = group.get(s6a.Ambr);
  return {
    apn,
    contextId: needed(group, s6a.ContextIdentifier, where, missing) ?? 0,
    pdnType: needed(group, s6a.PdnType, where, missing) ?? 0,
    qci: (qos && needed(qos, gx.QosClassIdentifier, where, missing)) ?? 0,
    arp: arpOf(arp, where, missing),
    ambr: ambr && ratesOf(ambr, where, missing),
    staticAddresses: group.all(s6a.ServedPartyIpAddress),
  };
}

/** All three fields, or `missing` says which is not there. */
export function arpOf(arp: AvpReader | undefined, where: string, missing: string[]): ProvidedArp {
  return {
    priorityLevel: (arp && needed(arp, gx.PriorityLevel, where, missing)) ?? 0,
    preemptionCapability: (arp && needed(arp, gx.PreEmptionCapability, where, missing)) ?? 1,
    preemptionVulnerability: (arp && needed(arp, gx.PreEmptionVulnerability, where, missing)) ?? 0,
  };
}

/** The value, or a line in `missing`. */
export function needed<Read>(
  group: AvpReader,
  definition: AvpDefinition<Read, never>,
  where: string,
  missing: string[],
): Read | undefined {
  const value = group.get(definition);
  if (value === undefined) missing.push(`${where}: ${(definition as AnyDefinition).name}`);
  return value;
}
