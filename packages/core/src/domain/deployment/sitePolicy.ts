import type { ApnProfile, PlanSettings } from "../../documents/subscription.ts";
import type { Apn } from "../epcSettings.ts";
import { apnConfiguration } from "../subscription/profile.ts";
import type { PolicyApn } from "./pcrfPolicy.ts";

/**
 * What the PCRF of a site grants everyone: each of the site's APNs as its profile has it, the plan where that says nothing, or where the
 * tenant has no such profile. Of several profiles of one APN, the one whose id is its name counts, else the first by id.
 */
export function sitePolicy(apns: readonly Apn[], plan: PlanSettings, profiles: readonly ApnProfile[]): PolicyApn[] {
  return apns.map(({ name }) => {
    const profile = profileOf(name, profiles);
    const { pdnType, qci, arp, rates, rules } = apnConfiguration(profile ?? { apn: name, pdnType: "ipv4" }, plan, 1);
    return { apn: name, pdnType, qci, arp, rates, rules };
  });
}

function profileOf(name: string, profiles: readonly ApnProfile[]): ApnProfile | undefined {
  const apn = name.toLowerCase();
  const found = profiles.filter((profile) => profile.apn.toLowerCase() === apn);
  return found.find(({ id }) => id === apn) ?? found.sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}
