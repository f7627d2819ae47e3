import type { ApnProfile, Plan } from "../../documents/subscription.ts";
import type { ImportedSubscriber, ImportRow, RowFault } from "./importRows.ts";
import { type OpenFiveGsSubscriber, parseOpenFiveGsSubscriber } from "./openFiveGs.ts";
import type { SubscriptionProfile } from "./profile.ts";
import type { PccRule } from "./qos.ts";
import { sameValue as same } from "./sameValue.ts";
import { RAT_RESTRICTION_BITS, type RatName } from "./settings.ts";

export interface Offer {
  plans: readonly Plan[];
  apns: readonly ApnProfile[];
  /** Where no plan is equal. */
  planId?: string | undefined;
}

/**
 * An Open5GS subscriber document as a row of an import: its rates, QCI and ARP become the plan that has the same, its APNs the profiles of
 * the same names. What the cloud has no word for is a fault rather than lost; the network access mode and the TAU timer are the platform's.
 */
export function openFiveGsRow(document: unknown, offer: Offer): ImportRow {
  const given = (document as { imsi?: unknown } | null)?.imsi;
  const imsi = typeof given === "string" ? given.slice(0, 20) : "";
  const parsed = parseOpenFiveGsSubscriber(document);
  if ("faults" in parsed) return { imsi, faults: parsed.faults };
  const { ok } = parsed;
  const faults: RowFault[] = [];
  const plan = planOf(ok.profile, offer, faults);
  const apns = apnsOf(ok.profile, offer, faults);
  const deniedRats = ratsOf(ok.profile.accessRestriction, faults);
  if (ok.profile.operatorDeterminedBarring) {
    faults.push({ field: "operator_determined_barring", message: "is not supported: suspend the subscriber instead" });
  }
  return faults.length > 0 ? { imsi, faults } : { imsi, subscriber: subscriberOf(ok, plan, apns, deniedRats) };
}

function subscriberOf(
  { imsi, msisdn, keys, amf, sqn, profile }: OpenFiveGsSubscriber,
  planId: string | undefined,
  apns: ApnProfile[],
  deniedRats: RatName[],
): ImportedSubscriber {
  const addresses = profile.apns.flatMap(({ staticAddress }, index) => {
    const id = apns[index]?.id;
    return staticAddress === undefined || id === undefined ? [] : [[id, staticAddress] as const];
  });
  return {
    imsi,
    keys,
    amf,
    algorithm: "milenage",
    status: profile.status,
    apnIds: apns.map(({ id }) => id),
    staticAddresses: Object.fromEntries(addresses),
    ...(planId === undefined ? {} : { planId }),
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(sqn === undefined ? {} : { sqn }),
    ...(deniedRats.length > 0 ? { deniedRats } : {}),
  };
}

/** The plan without extras is preferred to one with a quota or a burst, which the document cannot have. */
function planOf(profile: SubscriptionProfile, offer: Offer, faults: RowFault[]): string | undefined {
  const [first] = profile.apns;
  const equal = offer.plans.filter(
    (plan) =>
      same(plan.rates, profile.rates) &&
      plan.qci === first?.qci &&
      same(plan.arp, first.arp) &&
      same(plan.rules.map(nameless), first.rules.map(nameless)),
  );
  const plain = equal.find((plan) => !plan.quota && !plan.burst) ?? equal[0];
  if (plain) return plain.id;
  if (offer.planId !== undefined) return offer.planId;
  const { downlink, uplink } = profile.rates;
  const rules = first?.rules.length ? ` and its ${first.rules.length} rules` : "";
  const wanted = `${downlink / 1e6}/${uplink / 1e6} Mbit/s, QCI ${first?.qci}, ARP ${first?.arp.priorityLevel}${rules}`;
  faults.push({ field: "ambr", message: `no plan has ${wanted}: make one, or say which to take instead` });
  return undefined;
}

function nameless({ name: _, precedence: __, ...rule }: PccRule): unknown {
  return rule;
}

function apnsOf(profile: SubscriptionProfile, offer: Offer, faults: RowFault[]): ApnProfile[] {
  return profile.apns.flatMap(({ apn, pdnType, staticAddress }) => {
    const named = offer.apns.filter((one) => one.apn.toLowerCase() === apn.toLowerCase());
    const found = named.find((one) => one.pdnType === pdnType) ?? named[0];
    if (!found) faults.push({ field: "slice", message: `no APN profile is named ${apn}: make one` });
    if (staticAddress?.includes(":"))
      faults.push({ field: "slice", message: `${apn}: a fixed IPv6 address is not supported` });
    return found ? [found] : [];
  });
}

function ratsOf(bits: number, faults: RowFault[]): RatName[] {
  const rats = (Object.keys(RAT_RESTRICTION_BITS) as RatName[]).filter(
    (rat) => bits & (1 << RAT_RESTRICTION_BITS[rat]),
  );
  const known = rats.reduce((sum, rat) => sum + 2 ** RAT_RESTRICTION_BITS[rat], 0);
  if (known !== bits)
    faults.push({ field: "access_restriction_data", message: `${bits} has bits that are not supported` });
  return rats;
}
