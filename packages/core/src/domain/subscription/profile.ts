import type { ApnProfile, ApnSettings, Group, Plan, PlanSettings } from "../../documents/subscription.ts";
import type { Arp, BitRates, PccRule } from "./qos.ts";
import { RAT_RESTRICTION_BITS, type Roaming, type SubscriberSettings, type SubscriberStatus } from "./settings.ts";

/** One APN as HSS and PCRF answer it; every field they must send is there. */
export interface ApnConfiguration {
  /** Context-Identifier, from 1 in the order of the subscriber's APNs. */
  contextId: number;
  apn: string;
  pdnType: ApnProfile["pdnType"];
  qci: number;
  arp: Arp;
  rates: BitRates;
  staticAddress?: string;
  chargingCharacteristics?: string;
  rules: readonly PccRule[];
}

/** What a subscriber may do, with everything inherited filled in. Pure data, so that two can be compared as JSON. */
export interface SubscriptionProfile {
  status: SubscriberStatus;
  msisdn?: string;
  /** UE-AMBR, bit/s. */
  rates: BitRates;
  burst?: Plan["burst"];
  quota?: Plan["quota"];
  /** The first is the default. */
  apns: readonly ApnConfiguration[];
  /** Access-Restriction-Data (3GPP TS 29.272 7.3.31). */
  accessRestriction: number;
  roaming: Roaming;
  imei?: string;
  /** 0 = packet and circuit, 2 = packet only (3GPP TS 29.272 7.3.21). */
  networkAccessMode: number;
  /** Subscribed-Periodic-RAU-TAU-Timer, seconds. */
  rauTauTimerSeconds?: number;
  /** Operator-Determined-Barring bits (3GPP TS 29.272 7.3.30). */
  operatorDeterminedBarring?: number;
}

/** Looks up what a subscriber's settings name; undefined for what is absent or deleted. */
export interface Catalogue {
  plan(id: string): Plan | undefined;
  group(id: string): Group | undefined;
  apn(id: string): ApnProfile | undefined;
}

/**
 * The profile that settings amount to: the subscriber's own, else the group's. Undefined with the reason when no plan or no APN can be found,
 * as an MME drops an answer without a complete APN.
 */
export function effectiveProfile(
  settings: SubscriberSettings,
  catalogue: Catalogue,
): { profile: SubscriptionProfile } | { missing: string } {
  const group = settings.groupId === undefined ? undefined : catalogue.group(settings.groupId);
  const planId = settings.planId ?? group?.planId;
  const plan = planId === undefined ? undefined : catalogue.plan(planId);
  if (!plan) return { missing: planId === undefined ? "no plan" : `plan ${planId}` };
  const apnIds = settings.apnIds ?? group?.apnIds ?? [];
  const apns: ApnConfiguration[] = [];
  for (const id of apnIds) {
    const apn = catalogue.apn(id);
    if (apn) apns.push(apnConfiguration(apn, plan, apns.length + 1, settings.staticAddresses[id]));
  }
  if (apns.length === 0) return { missing: apnIds.length === 0 ? "no APN" : `APN ${apnIds.join(", ")}` };
  return {
    profile: {
      status: settings.status,
      ...(settings.msisdn === undefined ? {} : { msisdn: settings.msisdn }),
      rates: highest(plan.rates, plan.burst?.rates),
      ...(plan.burst ? { burst: plan.burst } : {}),
      ...(plan.quota ? { quota: plan.quota } : {}),
      apns,
      accessRestriction: restrictionBits(settings.deniedRats ?? group?.deniedRats ?? []),
      roaming: settings.roaming ?? group?.roaming ?? { allowed: "none" },
      ...(settings.imei === undefined ? {} : { imei: settings.imei }),
      networkAccessMode: 2,
    },
  };
}

/** An APN with what its profile leaves to the plan. */
export function apnConfiguration(
  apn: ApnSettings,
  plan: PlanSettings,
  contextId: number,
  staticAddress?: string,
): ApnConfiguration {
  return {
    contextId,
    apn: apn.apn,
    pdnType: apn.pdnType,
    qci: apn.qci ?? plan.qci,
    arp: apn.arp ?? plan.arp,
    rates: apn.rates ?? plan.rates,
    ...(staticAddress === undefined ? {} : { staticAddress }),
    ...(apn.chargingCharacteristics === undefined ? {} : { chargingCharacteristics: apn.chargingCharacteristics }),
    rules: plan.rules,
  };
}

/** UE-AMBR must not cap a burst. */
function highest(rates: BitRates, burst: BitRates = rates): BitRates {
  return { uplink: Math.max(rates.uplink, burst.uplink), downlink: Math.max(rates.downlink, burst.downlink) };
}

function restrictionBits(denied: readonly (keyof typeof RAT_RESTRICTION_BITS)[]): number {
  return denied.reduce((bits, rat) => bits | (1 << RAT_RESTRICTION_BITS[rat]), 0);
}
