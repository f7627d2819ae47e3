import { hash } from "node:crypto";
import { effectiveProfile, type SubscriberSettings, type SubscriptionProfile } from "@wisptools/core";
import type { CatalogueStore } from "./catalogue.ts";
import { type EncodedSubscriber, readShared, type SharedText } from "./subscriberRecord.ts";

/** What subscribers with the same shared text have in common. */
export interface SharedProfile {
  tenantId: string;
  profile: SubscriptionProfile | undefined;
  missing: string | undefined;
  hash: string;
}

/** Texts kept resolved; about 2 kB each. */
const LIMIT = 20_000;

/** Resolves what subscribers inherit once for all that have the same settings, until the catalogue changes. */
export class Profiles {
  private readonly catalogue: CatalogueStore;
  private readonly resolved = new Map<SharedText, SharedProfile>();

  constructor(catalogue: CatalogueStore) {
    this.catalogue = catalogue;
  }

  catalogueChanged(): void {
    this.resolved.clear();
  }

  shared(text: SharedText): SharedProfile {
    const known = this.resolved.get(text);
    if (known) return known;
    if (this.resolved.size >= LIMIT) this.resolved.clear();
    const fresh = this.resolve(text);
    this.resolved.set(text, fresh);
    return fresh;
  }

  /** The whole profile of a subscriber that has something of its own. */
  own(text: SharedText, subscriber: EncodedSubscriber): SubscriptionProfile | undefined {
    const { profile } = this.shared(text);
    if (!profile) return undefined;
    const { msisdn, imei, addresses } = subscriber.own;
    return {
      ...profile,
      ...(msisdn ? { msisdn } : {}),
      ...(imei ? { imei } : {}),
      ...(addresses ? { apns: this.addressed(text, JSON.parse(addresses)) ?? profile.apns } : {}),
    };
  }

  private resolve(text: SharedText, addresses: Record<string, string> = {}): SharedProfile {
    const { tenantId, settings } = readShared(text);
    if ("profile" in settings) {
      const { profile } = settings;
      const apns = profile.apns.map((apn) => {
        const staticAddress = addresses[apn.apn];
        return staticAddress === undefined ? apn : { ...apn, staticAddress };
      });
      return { tenantId, profile: { ...profile, apns }, missing: undefined, hash: digest(profile) };
    }
    const whole = { ...settings, staticAddresses: addresses } as SubscriberSettings;
    const result = effectiveProfile(whole, this.catalogue.ofTenant(tenantId));
    return "missing" in result
      ? { tenantId, profile: undefined, missing: result.missing, hash: digest(result) }
      : { tenantId, profile: result.profile, missing: undefined, hash: digest(result.profile) };
  }

  private addressed(text: SharedText, addresses: Record<string, string>): SubscriptionProfile["apns"] | undefined {
    return this.resolve(text, addresses).profile?.apns;
  }
}

/** 16 hex digits that differ when the values do. */
export function digest(value: unknown): string {
  return hash("sha256", JSON.stringify(value), "hex").slice(0, 16);
}
