import { describe, expect, test } from "vitest";
import type { ApnProfile, PlanSettings } from "../../documents/subscription.ts";
import { TenantId } from "../ids.ts";
import { DEFAULT_ARP } from "../subscription/qos.ts";
import { sitePolicy } from "./sitePolicy.ts";

const plan: PlanSettings = {
  name: "Default",
  description: "",
  rates: { uplink: 10_000_000, downlink: 50_000_000 },
  qci: 9,
  arp: DEFAULT_ARP,
  rules: [],
};
const voice = {
  name: "voice",
  precedence: 1,
  qci: 1,
  arp: { priorityLevel: 2, preemptionCapability: true, preemptionVulnerability: false },
  flows: [{ direction: "uplink" as const, description: "permit out udp from any to assigned" }],
};
const profile = (id: string, settings: Partial<ApnProfile>): ApnProfile => ({
  schemaVersion: 1,
  id,
  tenantId: TenantId.parse("tenant_test"),
  revision: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  deleted: false,
  apn: id,
  pdnType: "ipv4",
  ...settings,
});
const internet = [{ name: "internet", uePool: "10.45.0.0/16" }];

describe("sitePolicy", () => {
  test("grants the plan on each APN of the site, and no other", () => {
    const apns = [...internet, { name: "ims", uePool: "10.46.0.0/24" }];
    const of = (apn: string) => ({ apn, pdnType: "ipv4", qci: 9, arp: DEFAULT_ARP, rates: plan.rates, rules: [voice] });
    expect(sitePolicy(apns, { ...plan, rules: [voice] }, [profile("cameras", {})])).toEqual([
      of("internet"),
      of("ims"),
    ]);
  });

  test("lets an APN's profile come before the plan", () => {
    const own = { qci: 8, rates: { uplink: 1_000_000, downlink: 2_000_000 }, pdnType: "ipv4v6" as const };
    expect(sitePolicy(internet, plan, [profile("internet", own)])).toEqual([
      { apn: "internet", arp: DEFAULT_ARP, rules: [], ...own },
    ]);
  });

  test.each([
    ["the one named like the APN", ["a", "internet", "z"], 2],
    ["else the first", ["z", "b", "c"], 3],
  ])("of several profiles of an APN takes %s, in whatever order they come", (_which, ids, qci) => {
    const profiles = ids.map((id) => profile(id, { apn: "Internet", qci: { a: 1, internet: 2, b: 3 }[id] ?? 4 }));
    expect(sitePolicy(internet, plan, profiles)[0]?.qci).toBe(qci);
    expect(sitePolicy(internet, plan, profiles.reverse())[0]?.qci).toBe(qci);
  });
});
