// Whether a peer may have a session for a subscriber, and with what policy.
import type { Directory, ServedSubscriber, UsageCounter } from "../records.ts";
import type { GxPeer } from "./gxPeer.ts";
import type { Refusal } from "./gxResult.ts";
import { type Policy, policyOf } from "./policy.ts";

export type Admission =
  | { subscriber: ServedSubscriber; policy: Policy }
  /** `subscriber` as far as there is one, whoever's. */
  | { refusal: Refusal; subscriber: ServedSubscriber | undefined };

export interface Asked {
  imsi: string;
  apn: string;
  peer: GxPeer["context"];
  /** ms since 1970. */
  now: number;
  usage: UsageCounter | undefined;
  /** ms since 1970. */
  burstUntil: number | undefined;
}

/** Subscribers of the peer's own tenant, and of tenants that have made it their roaming partner; all, in a lab that trusts its peers. */
export function admit(directory: Directory, asked: Asked): Admission {
  const subscriber = directory.subscriber(asked.imsi);
  if (!subscriber) return { refusal: "unknown-user", subscriber };
  const home = directory.tenant(subscriber.tenantId);
  const { tenantId, trusted } = asked.peer;
  if (!trusted && subscriber.tenantId !== tenantId && !home?.roamingPartners.includes(tenantId)) {
    return { refusal: "cross-tenant", subscriber };
  }
  if (!home?.active) return { refusal: "tenant-closed", subscriber };
  if (!subscriber.profile) return { refusal: "no-profile", subscriber };
  const decision = policyOf(subscriber.profile, asked.apn, asked.usage, asked.now, asked.burstUntil);
  if ("refusal" in decision) return { refusal: decision.refusal, subscriber };
  return { subscriber, policy: decision.policy };
}
