import type { Quota } from "@wisptools/core";
import type { UsageCounter } from "../records.ts";

/** The quota period that an instant (ms since 1970) lies in, UTC: `yyyymmdd` or `yyyymm`. */
export function periodOf(length: Quota["period"], now: number): string {
  const digits = new Date(now).toISOString().replaceAll("-", "");
  return digits.slice(0, length === "day" ? 8 : 6);
}

/** Octets that count against a quota: none if the counter is of another period. */
export function usedOctets(quota: Quota, usage: UsageCounter | undefined, now: number): number {
  if (usage?.period !== periodOf(quota.period, now)) return 0;
  return usage.uplink + usage.downlink;
}
