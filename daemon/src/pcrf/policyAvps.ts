// A policy as AVPs of CCA and RAR (3GPP TS 29.212 5.6.3, 5.6.4).
import type { Arp, PccRule } from "@wisptools/core";
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import { CcTotalOctets, GrantedServiceUnit } from "../diameter/dictionary/base.ts";
import * as gx from "../diameter/dictionary/gx.ts";
import type { GrantedPolicy } from "../records.ts";
import { type Policy, sameValue } from "./policy.ts";

/** TS 29.212 5.3.7. */
const USAGE_REPORT = 33;
const NO_EVENT_TRIGGERS = 14;
/** TS 29.214 5.3.11. */
const FLOW_ENABLED = 2;
/** TS 29.212 5.3.61. */
const SESSION_LEVEL = 0;
/** TS 29.212 5.3.63. */
const USAGE_MONITORING_DISABLED = 0;
/** TS 29.212 5.3.65. A flow of both directions goes as one of each, which means the same: the SMF of Open5GS 2.7.0 aborts on BIDIRECTIONAL (3). */
const FLOW_DIRECTIONS = { downlink: [1], uplink: [2], bidirectional: [1, 2] } as const;

/** Monitoring-Key of the subscriber's quota. */
export const QUOTA_KEY = Buffer.from("quota");

export interface Told {
  /** What the SMF has; undefined: nothing, or not known. */
  before: GrantedPolicy | undefined;
  /** The SMF may lack any of `before`: all rules are installed again. */
  uncertain?: boolean;
  /** It reported usage, and needs another threshold to go on (TS 29.212 4.5.17.1). */
  grant?: boolean;
}

/**
 * What takes an SMF to a policy: rules as differences, QoS always. Default-EPS-Bearer-QoS is never left out, as an SMF may then overwrite the
 * QCI with 0.
 */
export function policyAvps(policy: Policy, { before, uncertain = false, grant = false }: Told): Avp[] {
  const known = before?.rules ?? [];
  const removed = known.filter(({ name }) => !policy.rules.some((rule) => rule.name === name));
  const installed = policy.rules.filter((rule) => uncertain || !known.some((each) => sameValue(each, rule)));
  return [
    ...eventTriggers(policy, before, uncertain),
    ...(removed.length > 0 ? [avp(gx.ChargingRuleRemove, removed.map(ruleName))] : []),
    ...(installed.length > 0 ? [avp(gx.ChargingRuleInstall, installed.map(ruleDefinition))] : []),
    ...qosAvps(policy),
    ...usageMonitoring(policy, before, uncertain || grant),
  ];
}

/** APN-AMBR and the default bearer's QoS. */
export function qosAvps({ rates, qci, arp }: Pick<Policy, "rates" | "qci" | "arp">): Avp[] {
  return [
    avp(gx.QosInformation, [
      avp(gx.ApnAggregateMaxBitrateUl, rates.uplink),
      avp(gx.ApnAggregateMaxBitrateDl, rates.downlink),
    ]),
    avp(gx.DefaultEpsBearerQos, [avp(gx.QosClassIdentifier, qci), arpAvp(arp)]),
  ];
}

function eventTriggers(policy: Policy, before: GrantedPolicy | undefined, uncertain: boolean): Avp[] {
  const wanted = policy.grantedOctets !== undefined;
  if (!uncertain && wanted === (before?.monitored ?? false)) return [];
  return wanted ? [avp(gx.EventTrigger, USAGE_REPORT)] : before ? [avp(gx.EventTrigger, NO_EVENT_TRIGGERS)] : [];
}

function usageMonitoring(policy: Policy, before: GrantedPolicy | undefined, grant: boolean): Avp[] {
  const key = avp(gx.MonitoringKey, QUOTA_KEY);
  const level = avp(gx.UsageMonitoringLevel, SESSION_LEVEL);
  if (policy.grantedOctets === undefined) {
    if (!before?.monitored) return [];
    const disabled = avp(gx.UsageMonitoringSupport, USAGE_MONITORING_DISABLED);
    return [avp(gx.UsageMonitoringInformation, [key, level, disabled])];
  }
  if (before?.monitored && !grant) return [];
  const granted = avp(GrantedServiceUnit, [avp(CcTotalOctets, BigInt(policy.grantedOctets))]);
  return [avp(gx.UsageMonitoringInformation, [key, granted, level])];
}

function ruleName({ name }: PccRule): Avp {
  return avp(gx.ChargingRuleName, Buffer.from(name));
}

/** TS 29.212 5.3.4. */
function ruleDefinition(rule: PccRule): Avp {
  return avp(gx.ChargingRuleDefinition, [
    ruleName(rule),
    ...rule.flows.flatMap(({ direction, description }) =>
      FLOW_DIRECTIONS[direction].map((each) =>
        avp(gx.FlowInformation, [avp(gx.FlowDescription, description), avp(gx.FlowDirection, each)]),
      ),
    ),
    avp(gx.FlowStatus, FLOW_ENABLED),
    avp(gx.QosInformation, ruleQos(rule)),
    avp(gx.Precedence, rule.precedence),
  ]);
}

/** TS 29.212 5.3.16: a guaranteed rate needs a maximum, which is then the guaranteed one unless the plan has another. */
function ruleQos({ qci, arp, mbr, gbr }: PccRule): Avp[] {
  const most = mbr ?? gbr;
  return [
    avp(gx.QosClassIdentifier, qci),
    ...(most ? [avp(gx.MaxRequestedBandwidthUl, most.uplink), avp(gx.MaxRequestedBandwidthDl, most.downlink)] : []),
    ...(gbr ? [avp(gx.GuaranteedBitrateUl, gbr.uplink), avp(gx.GuaranteedBitrateDl, gbr.downlink)] : []),
    arpAvp(arp),
  ];
}

/** TS 29.212 5.3.46, 5.3.47: 0 enables, 1 disables. */
function arpAvp(arp: Arp): Avp {
  return avp(gx.AllocationRetentionPriority, [
    avp(gx.PriorityLevel, arp.priorityLevel),
    avp(gx.PreEmptionCapability, arp.preemptionCapability ? 0 : 1),
    avp(gx.PreEmptionVulnerability, arp.preemptionVulnerability ? 0 : 1),
  ]);
}
