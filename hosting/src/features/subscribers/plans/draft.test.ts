import { putPlan } from "@wisptools/core/api/hss";
import type { PlanSettings } from "@wisptools/core/documents/subscription";
import { describe, expect, it } from "vitest";
import type { ApiError } from "../../../data/apiError.ts";
import { newRule, toBody, toDraft } from "./draft.ts";

const plan: PlanSettings = {
  name: "Gold",
  description: "",
  rates: { uplink: 50_000_000, downlink: 100_000_000 },
  burst: { rates: { uplink: 60_000_000, downlink: 150_000_000 }, seconds: 10 },
  qci: 9,
  arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
  rules: [
    {
      name: "voice",
      precedence: 10,
      qci: 1,
      arp: { priorityLevel: 2, preemptionCapability: true, preemptionVulnerability: false },
      gbr: { uplink: 128_000, downlink: 128_000 },
      flows: [{ direction: "bidirectional", description: "permit out udp from 203.0.113.0/24 5060 to assigned" }],
    },
  ],
  quota: { period: "month", octets: 500_000_000_000, throttle: { uplink: 512_000, downlink: 1_000_000 } },
};

it("comes back from the form as it went in", () => {
  expect(toBody(toDraft(plan), 3)).toEqual({ ...plan, revision: 3 });
  expect(putPlan.body.safeParse(toBody(toDraft(plan), undefined)).success).toBe(true);
});

describe("a form", () => {
  const fieldOf = (change: object) => {
    try {
      toBody({ ...toDraft(plan), ...change }, 1);
      return "none";
    } catch (error) {
      return (error as ApiError).issues[0]?.field;
    }
  };
  it.each([
    [{ rates: { uplink: "fast", downlink: "1" } }, "rates.uplink"],
    [{ burstSeconds: "0" }, "burst.seconds"],
    [{ quotaOctets: "lots" }, "quota.octets"],
    [{ rules: [{ ...newRule(1), precedence: "x" }] }, "rules.0.precedence"],
    [{ rules: [{ ...newRule(1), gbr: { uplink: "1", downlink: "" } }] }, "rules.0.gbr.downlink"],
  ])("%j is wrong at %s", (change, field) => expect(fieldOf(change)).toBe(field));

  it("leaves out what is switched off", () => {
    const body = toBody({ ...toDraft(plan), hasBurst: false, hasQuota: false, rules: [] }, undefined);
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(["burst"]));
    expect(body).not.toHaveProperty("quota");
    expect(body).not.toHaveProperty("revision");
  });
});
