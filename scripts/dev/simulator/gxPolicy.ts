// What CCA and RAR tell an SMF (TS 29.212 5.6.3, 5.6.4).
import type { AvpReader } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import * as base from "../../../daemon/src/diameter/dictionary/base.ts";
import * as gx from "../../../daemon/src/diameter/dictionary/gx.ts";
import { arpOf, needed, type ProvidedArp, type Rates } from "./subscription.ts";

export interface InstalledRule {
  name: string;
  qci: number;
  precedence: number;
  flows: string[];
  mbr: Rates | undefined;
  gbr: Rates | undefined;
}

/** A Gx session and what the SMF was told of it last. */
export interface GrantedSession {
  readonly sessionId: string;
  readonly imsi: string;
  readonly apn: string;
  readonly address: string;
  /** CC-Request-Number of the last request. */
  requestNumber: number;
  qci?: number;
  arp?: ProvidedArp;
  ambr?: Rates;
  readonly rules: Map<string, InstalledRule>;
  /** The PCRF wants usage under this key; after so many octets. */
  monitoringKey?: Buffer;
  threshold?: number;
}

const DISABLED = 0;

/** What a CCA-I of success lacks for a default bearer. */
export function unusable(answer: AvpReader): string[] {
  const missing: string[] = [];
  const qos = needed(answer, gx.DefaultEpsBearerQos, "CCA", missing);
  if (!qos) return missing;
  const qci = needed(qos, gx.QosClassIdentifier, gx.DefaultEpsBearerQos.name, missing);
  if (qci === 0) missing.push("a QCI other than 0");
  const arp = needed(qos, gx.AllocationRetentionPriority, gx.DefaultEpsBearerQos.name, missing);
  if (arp) arpOf(arp, gx.AllocationRetentionPriority.name, missing);
  return missing;
}

/** Takes what an answer or a RAR says; what it does not mention stays. */
export function applyPolicy(session: GrantedSession, told: AvpReader): void {
  const qos = told.get(gx.DefaultEpsBearerQos);
  if (qos) {
    session.qci = qos.get(gx.QosClassIdentifier) ?? 0;
    session.arp = arpOf(qos.get(gx.AllocationRetentionPriority), "", []);
  }
  const information = told.get(gx.QosInformation);
  const uplink = information?.get(gx.ApnAggregateMaxBitrateUl);
  const downlink = information?.get(gx.ApnAggregateMaxBitrateDl);
  if (uplink !== undefined && downlink !== undefined) session.ambr = { uplink, downlink };
  for (const removed of told.all(gx.ChargingRuleRemove)) {
    for (const name of removed.all(gx.ChargingRuleName)) session.rules.delete(name.toString());
  }
  for (const installed of told.all(gx.ChargingRuleInstall)) {
    for (const definition of installed.all(gx.ChargingRuleDefinition)) install(session, definition);
  }
  const monitoring = told.get(gx.UsageMonitoringInformation);
  if (monitoring) monitor(session, monitoring);
}

function install({ rules }: GrantedSession, definition: AvpReader): void {
  const name = definition.get(gx.ChargingRuleName)?.toString() ?? "";
  const qos = definition.get(gx.QosInformation);
  rules.set(name, {
    name,
    qci: qos?.get(gx.QosClassIdentifier) ?? 0,
    precedence: definition.get(gx.Precedence) ?? 0,
    flows: definition.all(gx.FlowInformation).map((flow) => flow.get(gx.FlowDescription) ?? ""),
    mbr: rates(qos?.get(gx.MaxRequestedBandwidthUl), qos?.get(gx.MaxRequestedBandwidthDl)),
    gbr: rates(qos?.get(gx.GuaranteedBitrateUl), qos?.get(gx.GuaranteedBitrateDl)),
  });
}

function rates(uplink: number | undefined, downlink: number | undefined): Rates | undefined {
  return uplink === undefined || downlink === undefined ? undefined : { uplink, downlink };
}

function monitor(session: GrantedSession, information: AvpReader): void {
  if (information.get(gx.UsageMonitoringSupport) === DISABLED) {
    delete session.monitoringKey;
    delete session.threshold;
    return;
  }
  const key = information.get(gx.MonitoringKey);
  if (key) session.monitoringKey = Buffer.from(key);
  const granted = information.get(base.GrantedServiceUnit)?.get(base.CcTotalOctets);
  if (granted !== undefined) session.threshold = Number(granted);
}
