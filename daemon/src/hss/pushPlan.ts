import type { SubscriptionProfile } from "@wisptools/core";
import type { PeerContext } from "../peerContext.ts";
import { plmnOf } from "../plmnOctets.ts";
import type { Registration } from "../records.ts";
import type { HssDeps } from "./deps.ts";
import { mayServe } from "./reach.ts";
import { refusalOf } from "./refusal.ts";
import { isAt } from "./registration.ts";

/** What an MME must be told so that it does what the directory says now. */
export type PushPlan =
  | { readonly kind: "insert"; readonly profile: SubscriptionProfile; readonly hash: string }
  /** The UE may not stay. `reason` is for operators. */
  | { readonly kind: "withdraw"; readonly reason: string };

/** @returns undefined when the MME has what it should have. */
export function pushPlan(
  { directory }: Pick<HssDeps, "directory">,
  registration: Registration,
  mme: { readonly originHost: string; readonly context: PeerContext },
): PushPlan | undefined {
  if (registration.purged || !isAt(registration, mme.originHost)) return undefined;
  const subscriber = directory.subscriber(registration.imsi);
  const home = directory.tenant(subscriber?.tenantId ?? registration.tenantId);
  // A tenant that is not there was not mirrored yet, or is gone as a whole, with its peers.
  if (!home) return undefined;
  if (!subscriber) return { kind: "withdraw", reason: "the subscriber was deleted" };
  if (!mayServe(home, mme.context)) return { kind: "withdraw", reason: "the network may not serve it any more" };
  if (directory.tenant(mme.context.tenantId)?.active === false) {
    return { kind: "withdraw", reason: "the tenant that serves it is suspended" };
  }
  const { profile, profileHash } = subscriber;
  // A plan that went missing is a mistake to be mended, not a reason to put somebody off the air.
  if (!profile && home.active) return undefined;
  const plmn = plmnOf(Buffer.from(registration.visitedPlmn, "hex"));
  if (plmn) {
    const { ratType, imei } = registration;
    const refusal = refusalOf(subscriber, home, { plmn, ratType, imei });
    if (refusal) return { kind: "withdraw", reason: refusal.reason };
  }
  if (!profile || profileHash === registration.sent) return undefined;
  return { kind: "insert", profile, hash: profileHash };
}
