// What a subscriber gets on an APN at a moment: values in, a decision out.
import type { Arp, BitRates, PccRule, SubscriptionProfile } from "@wisptools/core";
import type { GrantedPolicy, UsageCounter } from "../records.ts";
import { accessPointName } from "./accessPointName.ts";
import { usedOctets } from "./period.ts";

/** A quota is granted in slices of this part of it, so that its counter moves and two sessions overshoot by no more. */
const SLICES = 20;

export interface Policy {
  /** APN-AMBR, bit/s. */
  rates: BitRates;
  qci: number;
  arp: Arp;
  rules: readonly PccRule[];
  /** The quota is used up: `rates` are the throttled ones. */
  throttled: boolean;
  /** `rates` are those of the first seconds. */
  bursting: boolean;
  /** Octets after which usage is to be reported; absent without a quota. */
  grantedOctets?: number;
}

export type PolicyRefusal = "suspended" | "terminated" | "apn" | "quota";
export type PolicyDecision = { policy: Policy } | { refusal: PolicyRefusal };

/**
 * The policy of a subscriber's APN at `now` (ms since 1970). A used-up quota comes before a burst; a burst concerns APNs that have the plan's
 * rates. Throttling never raises a rate, and leaves the plan's rules alone: a call goes on.
 */
export function policyOf(
  profile: SubscriptionProfile,
  apn: string,
  usage: UsageCounter | undefined,
  now: number,
  burstUntil?: number,
): PolicyDecision {
  if (profile.status !== "active") return { refusal: profile.status };
  const name = accessPointName(apn);
  const found = profile.apns.find((each) => accessPointName(each.apn) === name);
  if (!found) return { refusal: "apn" };
  const { quota, burst } = profile;
  const left = quota && quota.octets - usedOctets(quota, usage, now);
  const usedUp = left !== undefined && left <= 0;
  if (usedUp && !quota?.throttle) return { refusal: "quota" };
  const bursting = !usedUp && burst !== undefined && burstUntil !== undefined && now < burstUntil;
  const { qci, arp, rules } = found;
  const policy = { qci, arp, rules, throttled: usedUp, bursting: bursting && sameRates(found.rates, profile.rates) };
  const rates = usedUp ? lower(found.rates, quota?.throttle) : policy.bursting && burst ? burst.rates : found.rates;
  const slice = quota && Math.ceil(quota.octets / SLICES);
  if (slice === undefined || left === undefined) return { policy: { ...policy, rates } };
  return { policy: { ...policy, rates, grantedOctets: usedUp ? slice : Math.min(slice, left) } };
}

/** When the burst of a session that starts now ends, ms since 1970; undefined if its plan has none. */
export function burstEnd(profile: SubscriptionProfile, now: number): number | undefined {
  return profile.burst && now + profile.burst.seconds * 1000;
}

/** The part of a policy that an SMF is told once, and again only when it differs. */
export function grantedOf({ rates, qci, arp, rules, grantedOctets }: Policy): GrantedPolicy {
  return { rates, qci, arp, rules, monitored: grantedOctets !== undefined };
}

/** Whether an SMF that has `granted` needs nothing to have `policy`. */
export function alreadyGranted(granted: GrantedPolicy | undefined, policy: Policy): boolean {
  return granted !== undefined && sameValue(granted, grantedOf(policy));
}

/** Whether two pieces of plain data are alike, whatever the order of their fields. */
export function sameValue(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function sameRates(a: BitRates, b: BitRates): boolean {
  return a.uplink === b.uplink && a.downlink === b.downlink;
}

function lower(rates: BitRates, throttle: BitRates | undefined): BitRates {
  if (!throttle) return rates;
  return {
    uplink: Math.min(rates.uplink, throttle.uplink),
    downlink: Math.min(rates.downlink, throttle.downlink),
  };
}
