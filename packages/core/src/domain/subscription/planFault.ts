import type { PlanSettings } from "../../documents/subscription.ts";
import { GBR_QCIS, type PccRule } from "./qos.ts";

export interface Fault {
  /** Dotted path. */
  field: string;
  message: string;
}

/** What is wrong with a plan beyond the shape of its fields; undefined when it can be served. */
export function planFault(plan: PlanSettings): Fault | undefined {
  // The default bearer has no guaranteed bit rate (3GPP TS 23.401 4.7.2.1).
  if (GBR_QCIS.includes(plan.qci))
    return fault("qci", `${plan.qci} has a guaranteed bit rate, a default bearer has none`);
  const { burst, rates, quota } = plan;
  if (burst && (burst.rates.uplink < rates.uplink || burst.rates.downlink < rates.downlink)) {
    return fault("burst.rates", "must not be below the plan's rates");
  }
  const throttle = quota?.throttle;
  if (throttle && (throttle.uplink > rates.uplink || throttle.downlink > rates.downlink)) {
    return fault("quota.throttle", "must not be above the plan's rates");
  }
  for (const [index, rule] of plan.rules.entries()) {
    const found = ruleFault(rule, plan.rules.slice(0, index));
    if (found) return fault(`rules.${index}.${found.field}`, found.message);
  }
  return undefined;
}

function ruleFault(rule: PccRule, before: readonly PccRule[]): Fault | undefined {
  if (before.some((other) => other.name === rule.name)) return fault("name", `${rule.name} is there twice`);
  if (before.some((other) => other.precedence === rule.precedence)) {
    return fault("precedence", `${rule.precedence} is there twice`);
  }
  const guaranteed = GBR_QCIS.includes(rule.qci);
  if (guaranteed && !rule.gbr) return fault("gbr", `QCI ${rule.qci} needs a guaranteed bit rate`);
  if (!guaranteed && rule.gbr) return fault("gbr", `QCI ${rule.qci} has no guaranteed bit rate`);
  const { gbr, mbr } = rule;
  if (gbr && mbr && (gbr.uplink > mbr.uplink || gbr.downlink > mbr.downlink)) {
    return fault("gbr", "must not be above mbr");
  }
  return undefined;
}

function fault(field: string, message: string): Fault {
  return { field, message };
}
