import { describe, expect, test } from "vitest";
import { accessPointName } from "./accessPointName.ts";
import { periodOf } from "./period.ts";
import { alreadyGranted, burstEnd, grantedOf, policyOf } from "./policy.ts";
import { profile } from "./testing/pcrfLab.ts";

const NOW = Date.UTC(2030, 0, 31, 23, 59, 59);
const plan = profile().rates;
const burst = { rates: { uplink: 50_000_000, downlink: 100_000_000 }, seconds: 10 };
const throttle = { uplink: 64_000, downlink: 128_000 };
const quota = { period: "month" as const, octets: 2_000_000 };
const slow = { uplink: 1_000, downlink: 1_000_000 };
const used = (octets: number, period = "203001") => ({ period, uplink: octets / 4, downlink: (octets * 3) / 4 });
const ownRates = profile().apns.map((apn) => ({ ...apn, rates: slow }));

describe("policyOf", () => {
  test.each([
    ["a plan's rates", {}, undefined, undefined, { rates: plan, throttled: false, bursting: false }],
    ["a burst", { burst }, undefined, NOW + 1, { rates: burst.rates, bursting: true }],
    ["the end of a burst", { burst }, undefined, NOW, { rates: plan, bursting: false }],
    ["a burst that never began", { burst }, undefined, undefined, { rates: plan, bursting: false }],
    ["a burst that the plan has lost", {}, undefined, NOW + 1, { rates: plan, bursting: false }],
    ["an APN with its own rates, which has no burst", { burst, apns: ownRates }, undefined, NOW + 1, { rates: slow }],
    ["a fresh quota", { quota }, undefined, undefined, { rates: plan, grantedOctets: 100_000 }],
    ["the end of a quota", { quota }, used(1_960_000), undefined, { rates: plan, grantedOctets: 40_000 }],
    ["the last octet", { quota }, used(1_999_999), undefined, { rates: plan, grantedOctets: 1 }],
    ["a quota of last month", { quota }, used(9_000_000, "202912"), undefined, { rates: plan, throttled: false }],
    [
      "a used-up quota",
      { quota: { ...quota, throttle } },
      used(2_000_000),
      undefined,
      { rates: throttle, throttled: true, grantedOctets: 100_000 },
    ],
    [
      "a used-up quota in a burst",
      { burst, quota: { ...quota, throttle } },
      used(2_000_000),
      NOW + 1,
      { rates: throttle, throttled: true, bursting: false },
    ],
    [
      "a throttle above an APN's rates, which raises none",
      { apns: ownRates, quota: { ...quota, throttle } },
      used(2_000_000),
      undefined,
      { rates: { uplink: 1_000, downlink: 128_000 }, throttled: true },
    ],
  ])("gives %s", (_what, changes, usage, burstUntil, expected) => {
    expect(policyOf(profile(changes), "internet", usage, NOW, burstUntil)).toMatchObject({ policy: expected });
  });

  test("grants no octets without a quota", () => {
    const decision = policyOf(profile(), "internet", used(5), NOW);
    expect("policy" in decision && decision.policy).not.toHaveProperty("grantedOctets");
  });

  test.each([
    ["suspended", { status: "suspended" as const }, "internet", "suspended"],
    ["terminated", { status: "terminated" as const }, "internet", "terminated"],
    ["another APN", {}, "corporate", "apn"],
    ["a used-up quota without throttle", { quota }, "internet", "quota"],
  ])("refuses %s", (_what, changes, apn, refusal) => {
    expect(policyOf(profile(changes), apn, used(2_000_000), NOW)).toEqual({ refusal });
  });
});

describe("alreadyGranted", () => {
  const policy = {
    rates: plan,
    qci: 9,
    arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
  };
  const whole = { ...policy, rules: [], throttled: false, bursting: false };

  test("looks at what an SMF is told, not at what led there or at the order of fields", () => {
    const { uplink, downlink } = plan;
    const granted = { ...grantedOf(whole), rates: { downlink, uplink } };
    expect(alreadyGranted(granted, { ...whole, bursting: true })).toBe(true);
    expect(alreadyGranted(grantedOf({ ...whole, grantedOctets: 5 }), { ...whole, grantedOctets: 9 })).toBe(true);
  });

  test.each([
    ["rates", { rates: slow }],
    ["QCI", { qci: 8 }],
    ["monitoring", { grantedOctets: 1 }],
  ])("sees other %s", (_what, change) => {
    expect(alreadyGranted(grantedOf(whole), { ...whole, ...change })).toBe(false);
  });

  test("knows nothing of an SMF that was told nothing", () => {
    expect(alreadyGranted(undefined, whole)).toBe(false);
  });
});

test("a burst ends by the plan's seconds", () => {
  expect(burstEnd(profile({ burst }), NOW)).toBe(NOW + 10_000);
  expect(burstEnd(profile(), NOW)).toBeUndefined();
});

test.each([
  ["day", NOW, "20300131"],
  ["day", NOW + 1_000, "20300201"],
  ["month", NOW, "203001"],
  ["month", NOW + 1_000, "203002"],
] as const)("the %s of %d is %s, UTC", (length, now, period) => {
  expect(periodOf(length, now)).toBe(period);
});

test.each([
  ["internet", "internet"],
  ["Internet", "internet"],
  ["internet.mnc01.mcc001.gprs", "internet"],
  ["INTERNET.MNC001.MCC001.GPRS", "internet"],
  ["a.b.mnc001.mcc001.gprs.", "a.b"],
  ["mnc001.mcc001.gprs", "mnc001.mcc001.gprs"],
  ["internet.mnc1.mcc001.gprs", "internet.mnc1.mcc001.gprs"],
])("the network identifier of %s is %s", (called, name) => {
  expect(accessPointName(called)).toBe(name);
});
