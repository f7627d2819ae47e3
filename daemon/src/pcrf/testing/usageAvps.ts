import { type Avp, avp } from "../../diameter/codec/avpDefinition.ts";
import { CcInputOctets, CcOutputOctets, CcTotalOctets, UsedServiceUnit } from "../../diameter/dictionary/base.ts";
import { MonitoringKey, UsageMonitoringInformation } from "../../diameter/dictionary/gx.ts";

/** A usage report as a PCEF sends it; `total` alone: without directions. */
export function usageAvps(used: { uplink: number; downlink: number } | { total: number }, key = "quota"): Avp[] {
  const octets =
    "total" in used
      ? [avp(CcTotalOctets, BigInt(used.total))]
      : [
          avp(CcTotalOctets, BigInt(used.uplink + used.downlink)),
          avp(CcInputOctets, BigInt(used.uplink)),
          avp(CcOutputOctets, BigInt(used.downlink)),
        ];
  return [avp(UsageMonitoringInformation, [avp(MonitoringKey, Buffer.from(key)), avp(UsedServiceUnit, octets)])];
}
