import type { putPlan } from "@wisptools/core/api/hss";
import type { PlanSettings } from "@wisptools/core/documents/subscription";
import { type Arp, DEFAULT_ARP, type PccRule } from "@wisptools/core/domain/subscription/qos";
import { wholeNumber } from "../../../data/wholeNumber.ts";
import { octetsText, type RatesText, ratesText, readOctets, readRates } from "../shared/units.ts";

export interface FlowDraft {
  direction: PccRule["flows"][number]["direction"];
  description: string;
}

export interface RuleDraft {
  name: string;
  precedence: string;
  qci: string;
  arp: Arp;
  mbr: RatesText;
  gbr: RatesText;
  flows: FlowDraft[];
}

/** A plan as typed. */
export interface PlanDraft {
  name: string;
  description: string;
  rates: RatesText;
  hasBurst: boolean;
  burst: RatesText;
  burstSeconds: string;
  qci: string;
  arp: Arp;
  rules: RuleDraft[];
  hasQuota: boolean;
  quotaPeriod: "day" | "month";
  quotaOctets: string;
  quotaThrottles: boolean;
  throttle: RatesText;
}

export const NEW_FLOW: FlowDraft = { direction: "bidirectional", description: "permit out ip from any to assigned" };

export function newRule(place: number): RuleDraft {
  return {
    name: "",
    precedence: String(place * 100),
    qci: "9",
    arp: { ...DEFAULT_ARP },
    mbr: ratesText(undefined),
    gbr: ratesText(undefined),
    flows: [{ ...NEW_FLOW }],
  };
}

export function toDraft(plan: PlanSettings | undefined): PlanDraft {
  return {
    name: plan?.name ?? "",
    description: plan?.description ?? "",
    rates: ratesText(plan?.rates),
    hasBurst: plan?.burst !== undefined,
    burst: ratesText(plan?.burst?.rates),
    burstSeconds: String(plan?.burst?.seconds ?? 10),
    qci: String(plan?.qci ?? 9),
    arp: { ...(plan?.arp ?? DEFAULT_ARP) },
    rules: (plan?.rules ?? []).map((rule) => ({
      name: rule.name,
      precedence: String(rule.precedence),
      qci: String(rule.qci),
      arp: { ...rule.arp },
      mbr: ratesText(rule.mbr),
      gbr: ratesText(rule.gbr),
      flows: rule.flows.map((flow) => ({ ...flow })),
    })),
    hasQuota: plan?.quota !== undefined,
    quotaPeriod: plan?.quota?.period ?? "month",
    quotaOctets: plan?.quota ? octetsText(plan.quota.octets) : "",
    quotaThrottles: plan?.quota?.throttle !== undefined,
    throttle: ratesText(plan?.quota?.throttle),
  };
}

type Body = (typeof putPlan)["body"]["_zod"]["input"];
const isGiven = (rates: RatesText) => rates.uplink.trim() !== "" || rates.downlink.trim() !== "";

function ruleOf(draft: RuleDraft, i: number): PccRule {
  return {
    name: draft.name.trim(),
    precedence: wholeNumber(`rules.${i}.precedence`, draft.precedence, 1, 65_535),
    qci: wholeNumber(`rules.${i}.qci`, draft.qci, 1, 254),
    arp: draft.arp,
    ...(isGiven(draft.mbr) ? { mbr: readRates(`rules.${i}.mbr`, draft.mbr) } : {}),
    ...(isGiven(draft.gbr) ? { gbr: readRates(`rules.${i}.gbr`, draft.gbr) } : {}),
    flows: draft.flows.map((flow) => ({ direction: flow.direction, description: flow.description.trim() })),
  };
}

/** What is sent. Throws ApiError at the field of what is no number, rate or volume. */
export function toBody(draft: PlanDraft, revision: number | undefined): Body {
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    rates: readRates("rates", draft.rates),
    ...(draft.hasBurst
      ? {
          burst: {
            rates: readRates("burst.rates", draft.burst),
            seconds: wholeNumber("burst.seconds", draft.burstSeconds, 1, 3600),
          },
        }
      : {}),
    qci: wholeNumber("qci", draft.qci, 1, 254),
    arp: draft.arp,
    rules: draft.rules.map(ruleOf),
    ...(draft.hasQuota
      ? {
          quota: {
            period: draft.quotaPeriod,
            octets: readOctets("quota.octets", draft.quotaOctets),
            ...(draft.quotaThrottles ? { throttle: readRates("quota.throttle", draft.throttle) } : {}),
          },
        }
      : {}),
    ...(revision === undefined ? {} : { revision }),
  };
}
