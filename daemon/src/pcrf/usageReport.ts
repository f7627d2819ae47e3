// What a PCEF reports of usage (3GPP TS 29.212 4.5.17.2).
import type { AvpReader } from "../diameter/codec/avpDefinition.ts";
import { CcInputOctets, CcOutputOctets, CcTotalOctets, UsedServiceUnit } from "../diameter/dictionary/base.ts";
import { MonitoringKey, UsageMonitoringInformation } from "../diameter/dictionary/gx.ts";
import { QUOTA_KEY } from "./policyAvps.ts";

/** Octets since the last report. */
export interface UsageReport {
  uplink: number;
  downlink: number;
}

/**
 * Undefined if the request reports nothing under the quota's key. CC-Input-Octets come from the user, CC-Output-Octets go there (RFC 4006 8.24,
 * 8.25); what only CC-Total-Octets says counts as downlink.
 */
export function usageReport(request: AvpReader): UsageReport | undefined {
  let report: UsageReport | undefined;
  for (const information of request.all(UsageMonitoringInformation)) {
    if (!information.get(MonitoringKey)?.equals(QUOTA_KEY)) continue;
    for (const used of information.all(UsedServiceUnit)) {
      report ??= { uplink: 0, downlink: 0 };
      const uplink = octets(used.get(CcInputOctets));
      const downlink = octets(used.get(CcOutputOctets));
      const total = octets(used.get(CcTotalOctets));
      report = sum(report, { uplink, downlink: Math.max(downlink, total - uplink) });
    }
  }
  return report;
}

/** Never beyond what a number holds exactly. */
export function sum(a: UsageReport, b: UsageReport): UsageReport {
  return {
    uplink: Math.min(a.uplink + b.uplink, Number.MAX_SAFE_INTEGER),
    downlink: Math.min(a.downlink + b.downlink, Number.MAX_SAFE_INTEGER),
  };
}

function octets(value: bigint | undefined): number {
  return Math.min(Number(value ?? 0n), Number.MAX_SAFE_INTEGER);
}
