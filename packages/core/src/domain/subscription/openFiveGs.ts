import type { z } from "zod";
import type { Imsi } from "../imsi.ts";
import {
  type ArpInput,
  HIGHEST_RATE,
  LOWEST_RATE,
  OpenFiveGsDocument,
  type PccRuleInput,
  type PdnInput,
  type RatesInput,
  type SessionInput,
} from "./openFiveGsSchema.ts";
import type { ApnConfiguration, SubscriptionProfile } from "./profile.ts";
import { type Arp, type BitRates, DEFAULT_ARP, GBR_QCIS, type PccRule } from "./qos.ts";
import { keyFault, SubscriberKeyInput } from "./settings.ts";

export interface OpenFiveGsSubscriber {
  imsi: Imsi;
  msisdn?: string;
  keys: SubscriberKeyInput;
  /** Authentication management field, 4 hex digits. */
  amf: string;
  /** Last SQN that the HSS of the document used, 48 bits. */
  sqn?: bigint;
  profile: SubscriptionProfile;
}

export interface FieldFault {
  /** Dotted path in the document, e.g. `slice.0.session.0.name`; empty for the whole. */
  field: string;
  message: string;
}

/**
 * A subscriber document of Open5GS (2.x, and the older `pdn` form) as our profile. MongoDB's extended JSON is understood, null is "absent".
 * Rates above an Unsigned32 become the highest. Only the default slice's sessions and, behind them, the other slices' are served, each APN once.
 * `subscriber_status` 1 without barring bits means all packet services: suspended.
 */
export function parseOpenFiveGsSubscriber(document: unknown): { ok: OpenFiveGsSubscriber } | { faults: FieldFault[] } {
  const parsed = OpenFiveGsDocument.safeParse(plain(document, 0));
  if (!parsed.success) return { faults: parsed.error.issues.map(fieldFault) };
  const { security, imsi, msisdn } = parsed.data;
  const keys = keysOf(security);
  if ("faults" in keys) return keys;
  const phone = msisdn?.[0];
  return {
    ok: {
      imsi,
      ...(phone === undefined ? {} : { msisdn: phone }),
      keys: keys.ok,
      amf: security.amf,
      ...(security.sqn === undefined ? {} : { sqn: security.sqn }),
      profile: profileOf(parsed.data),
    },
  };
}

/** MongoDB extended JSON (canonical and relaxed) as plain values, without nulls. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth > 32) return value ?? undefined;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  const entries = Object.entries(value);
  const [name, inner] = entries[0] ?? [];
  if (entries.length === 1 && typeof inner === "string") {
    if (name === "$oid") return inner;
    if (name === "$numberInt" || name === "$numberDouble") return Number(inner);
    if (name === "$numberLong" && /^-?\d{1,19}$/.test(inner)) {
      return Number.isSafeInteger(Number(inner)) ? Number(inner) : BigInt(inner);
    }
  }
  return Object.fromEntries(
    entries.filter(([, item]) => item !== null).map(([key, item]) => [key, plain(item, depth + 1)]),
  );
}

function fieldFault(issue: z.core.$ZodIssue): FieldFault {
  const absent = issue.code === "invalid_type" && issue.message.endsWith("undefined");
  return { field: issue.path.join("."), message: absent ? "is needed" : issue.message };
}

/** OPc wins where both are given, as in Open5GS. */
function keysOf(security: OpenFiveGsDocument["security"]): { ok: SubscriberKeyInput } | { faults: FieldFault[] } {
  const operator = security.opc === undefined ? { op: security.op } : { opc: security.opc };
  const given = Object.fromEntries(
    Object.entries({ k: security.k, ...operator }).filter(([, value]) => value !== undefined),
  );
  const parsed = SubscriberKeyInput.safeParse(given);
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.map(({ path, message }) => ({ field: `security.${path.join(".")}`, message })),
    };
  }
  const fault = keyFault("milenage", parsed.data);
  return fault ? { faults: [{ field: `security.${fault.field}`, message: fault.message }] } : { ok: parsed.data };
}

function profileOf(document: OpenFiveGsDocument): SubscriptionProfile {
  const phone = document.msisdn?.[0];
  const minutes = document.subscribed_rau_tau_timer;
  const rates = ratesOf(document.ambr, HIGHEST_RATE);
  const barring = document.subscriber_status === 1 ? document.operator_determined_barring : 0;
  return {
    status: document.subscriber_status === 1 && barring === 0 ? "suspended" : "active",
    ...(phone === undefined ? {} : { msisdn: phone }),
    rates,
    apns: apnsOf(document, rates),
    accessRestriction: document.access_restriction_data,
    roaming: { allowed: "all" },
    networkAccessMode: document.network_access_mode,
    ...(minutes ? { rauTauTimerSeconds: minutes * 60 } : {}),
    ...(barring === 0 ? {} : { operatorDeterminedBarring: barring }),
  };
}

/** How the two forms of a session number things. */
interface Form {
  pdnTypes: readonly ApnConfiguration["pdnType"][];
  /** Value of "enabled" among the pre-emption fields. */
  enabled: number;
}
const SLICE: Form = { pdnTypes: ["ipv4v6", "ipv4", "ipv6", "ipv4v6"], enabled: 2 };
// 3GPP TS 29.272 7.3.62 (PDN-Type) and TS 29.212 5.3.46 (0 = enabled): the older form keeps the values of the AVPs.
const PDN: Form = { pdnTypes: ["ipv4", "ipv6", "ipv4v6", "ipv4v6"], enabled: 0 };

function apnsOf(document: OpenFiveGsDocument, rates: BitRates): ApnConfiguration[] {
  const slices = (document.slice ?? []).toSorted((a, b) => Number(b.default_indicator) - Number(a.default_indicator));
  const found = slices.flatMap((slice) => slice.session.map((session) => apnOf(session, SLICE, rates)));
  const all = found.length > 0 ? found : (document.pdn ?? []).map((pdn) => apnOf(sessionOf(pdn), PDN, rates));
  const names = new Set<string>();
  return all
    .filter(({ apn }) => names.size < names.add(apn.toLowerCase()).size)
    .map((apn, index) => ({ contextId: index + 1, ...apn }));
}

function sessionOf({ apn, qos, ...rest }: PdnInput): SessionInput {
  return { name: apn, ...(qos ? { qos: { index: qos.qci, arp: qos.arp } } : {}), ...rest };
}

function apnOf(session: SessionInput, form: Form, rates: BitRates): Omit<ApnConfiguration, "contextId"> {
  const { ue, qos } = session;
  const address = ue?.ipv4 ?? ue?.addr ?? ue?.ipv6 ?? ue?.addr6;
  return {
    apn: session.name,
    pdnType: form.pdnTypes[session.type ?? 3] ?? "ipv4v6",
    qci: qos?.index ?? 9,
    arp: arpOf(qos?.arp, form),
    rates: {
      uplink: session.ambr?.uplink ?? rates.uplink,
      downlink: session.ambr?.downlink ?? rates.downlink,
    },
    ...(address === undefined ? {} : { staticAddress: address }),
    rules: (session.pcc_rule ?? []).map((rule, index) => ruleOf(rule, index + 1, qos?.index ?? 9, form)),
  };
}

function arpOf(arp: ArpInput | undefined, form: Form): Arp {
  if (!arp) return DEFAULT_ARP;
  return {
    priorityLevel: arp.priority_level,
    preemptionCapability: arp.pre_emption_capability === form.enabled,
    preemptionVulnerability: arp.pre_emption_vulnerability === form.enabled,
  };
}

const DIRECTIONS = ["bidirectional", "downlink", "uplink", "bidirectional"] as const;

function ruleOf(rule: PccRuleInput, number: number, sessionQci: number, form: Form): PccRule {
  const { qos } = rule;
  const qci = qos.index ?? qos.qci ?? sessionQci;
  return {
    name: `rule-${number}`,
    precedence: number,
    qci,
    arp: arpOf(qos.arp, form),
    ...(isGiven(qos.mbr) ? { mbr: ratesOf(qos.mbr, HIGHEST_RATE) } : {}),
    ...(isGiven(qos.gbr) && GBR_QCIS.includes(qci) ? { gbr: ratesOf(qos.gbr, LOWEST_RATE) } : {}),
    flows: rule.flow.map(({ direction, description }) => ({
      direction: DIRECTIONS[direction] ?? "bidirectional",
      description,
    })),
  };
}

function isGiven(rates: RatesInput | undefined): boolean {
  return rates?.uplink !== undefined || rates?.downlink !== undefined;
}

function ratesOf(rates: RatesInput | undefined, absent: number): BitRates {
  return { uplink: rates?.uplink ?? absent, downlink: rates?.downlink ?? absent };
}
