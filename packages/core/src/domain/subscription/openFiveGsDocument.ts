import type { ApnConfiguration, SubscriptionProfile } from "./profile.ts";
import type { Arp, BitRates, PccRule } from "./qos.ts";

const PDN_TYPES = { ipv4: 1, ipv6: 2, ipv4v6: 3 } as const;
const DIRECTIONS = { downlink: 1, uplink: 2, bidirectional: 3 } as const;

/** A profile as Open5GS 2.7 keeps it, for an export: one slice with every APN, and no `security`, as keys never leave. */
export function openFiveGsDocument(imsi: string, profile: SubscriptionProfile): Record<string, unknown> {
  const barring = profile.operatorDeterminedBarring ?? 0;
  return {
    schema_version: 1,
    imsi,
    msisdn: profile.msisdn === undefined ? [] : [profile.msisdn],
    ambr: rates(profile.rates),
    slice: [{ sst: 1, default_indicator: true, session: profile.apns.map(session) }],
    access_restriction_data: profile.accessRestriction,
    subscriber_status: profile.status === "active" && barring === 0 ? 0 : 1,
    operator_determined_barring: barring,
    network_access_mode: profile.networkAccessMode,
    // Minutes; 12 is what Open5GS fills in.
    subscribed_rau_tau_timer: Math.round((profile.rauTauTimerSeconds ?? 720) / 60),
  };
}

function session(apn: ApnConfiguration): Record<string, unknown> {
  return {
    name: apn.apn,
    type: PDN_TYPES[apn.pdnType],
    qos: { index: apn.qci, arp: arp(apn.arp) },
    ambr: rates(apn.rates),
    ...(apn.staticAddress === undefined
      ? {}
      : { ue: { [apn.staticAddress.includes(":") ? "ipv6" : "ipv4"]: apn.staticAddress } }),
    pcc_rule: apn.rules.toSorted((a, b) => a.precedence - b.precedence).map(rule),
  };
}

function rule(given: PccRule): Record<string, unknown> {
  return {
    flow: given.flows.map(({ direction, description }) => ({ direction: DIRECTIONS[direction], description })),
    qos: {
      index: given.qci,
      arp: arp(given.arp),
      ...(given.mbr ? { mbr: rates(given.mbr) } : {}),
      ...(given.gbr ? { gbr: rates(given.gbr) } : {}),
    },
  };
}

function arp(given: Arp): Record<string, number> {
  return {
    priority_level: given.priorityLevel,
    pre_emption_capability: given.preemptionCapability ? 2 : 1,
    pre_emption_vulnerability: given.preemptionVulnerability ? 2 : 1,
  };
}

function rates(given: BitRates): Record<string, { value: number; unit: number }> {
  return { downlink: rate(given.downlink), uplink: rate(given.uplink) };
}

const INT32 = 2 ** 31 - 1;

/** In the largest unit that holds it exactly; what needs more than the 32 bits that MongoDB's shell writes is rounded to kbit/s. */
function rate(bits: number): { value: number; unit: number } {
  for (const unit of [3, 2, 1]) {
    const value = bits / 1000 ** unit;
    if (Number.isInteger(value)) return { value, unit };
  }
  return bits > INT32 ? { value: Math.round(bits / 1000), unit: 1 } : { value: bits, unit: 0 };
}
