import { describe, expect, it } from "vitest";
import { PlanSettings } from "../../documents/subscription.ts";
import { planFault } from "./planFault.ts";
import { DEFAULT_ARP, type PccRule } from "./qos.ts";

const rates = { downlink: 50e6, uplink: 10e6 };
const rule: PccRule = {
  name: "voice",
  precedence: 10,
  qci: 1,
  arp: DEFAULT_ARP,
  gbr: { downlink: 64_000, uplink: 64_000 },
  flows: [{ direction: "bidirectional", description: "permit out udp from any to assigned" }],
};
const plan = (extra: object = {}) =>
  PlanSettings.parse({ name: "x", description: "", rates, qci: 9, arp: DEFAULT_ARP, rules: [], ...extra });

describe("planFault", () => {
  it.each([
    ["a plain plan", {}],
    [
      "burst, quota and a rule",
      {
        burst: { rates: { downlink: 60e6, uplink: 10e6 }, seconds: 10 },
        quota: { period: "day", octets: 1e9, throttle: { downlink: 1e6, uplink: 1e6 } },
        rules: [rule],
      },
    ],
  ])("finds none in %s", (_, extra) => {
    expect(planFault(plan(extra))).toBeUndefined();
  });

  it.each([
    ["a default bearer of guaranteed rate", { qci: 1 }, "qci"],
    ["a burst below the rates", { burst: { rates: { downlink: 60e6, uplink: 1e6 }, seconds: 1 } }, "burst.rates"],
    [
      "a throttle above the rates",
      { quota: { period: "day", octets: 1e9, throttle: { downlink: 1e6, uplink: 11e6 } } },
      "quota.throttle",
    ],
    ["two rules of one name", { rules: [rule, { ...rule, precedence: 11 }] }, "rules.1.name"],
    ["two rules of one precedence", { rules: [rule, { ...rule, name: "other" }] }, "rules.1.precedence"],
    ["a missing guaranteed rate", { rules: [{ ...rule, gbr: undefined }] }, "rules.0.gbr"],
    ["a guaranteed rate for QCI 9", { rules: [{ ...rule, qci: 9 }] }, "rules.0.gbr"],
    [
      "a guaranteed rate above the highest",
      { rules: [{ ...rule, mbr: { downlink: 1000, uplink: 1000 } }] },
      "rules.0.gbr",
    ],
  ])("finds %s", (_, extra, field) => {
    expect(planFault(plan(extra))?.field).toBe(field);
  });
});
