import type { SubscriptionProfile } from "@wisptools/core";
import { EXPERIMENTAL } from "../diameter/dictionary/results.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { ActivityKind, Registration } from "../records.ts";
import { CANCELLATION, sendClr } from "./clr.ts";
import type { HssDeps } from "./deps.ts";
import { forget, noteSent } from "./forget.ts";
import { sendIdr } from "./idr.ts";
import { type Outcome, outcomeWords } from "./outcome.ts";

/**
 * The UE is to be off the air (TS 29.272 5.2.1.2): CLR with SUBSCRIPTION_WITHDRAWAL; the registration is forgotten unless
 * the MME could not be reached. With `reattach` the UE comes back at once.
 */
export async function withdraw(
  deps: HssDeps,
  peer: Peer<PeerContext>,
  registration: Registration,
  reason: string,
  reattach = false,
): Promise<Outcome> {
  const outcome = await sendClr(peer, registration.imsi, CANCELLATION.SUBSCRIPTION_WITHDRAWAL, reattach);
  log(deps, peer, registration, "CLR", outcome);
  if (outcome.state === "unreachable") return outcome;
  if (await forget(deps, registration)) {
    tell(deps, registration, "location-cancelled", `detached from ${peer.originHost}: ${reason}`);
  }
  return outcome;
}

/**
 * The MME is to use this profile from now on (TS 29.272 5.2.2.1). One that refuses it cannot go on with the old one: the UE
 * is made to attach anew. One that doesn't know the UE has lost it.
 */
export async function insert(
  deps: HssDeps,
  peer: Peer<PeerContext>,
  registration: Registration,
  profile: SubscriptionProfile,
  hash: string,
): Promise<Outcome> {
  const outcome = await sendIdr(peer, registration.imsi, profile);
  log(deps, peer, registration, "IDR", outcome);
  switch (outcome.state) {
    case "unreachable":
      return outcome;
    case "done":
      await noteSent(deps, registration, hash);
      tell(deps, registration, "profile-pushed", `${peer.originHost} has the new profile`);
      return outcome;
    case "refused":
      if (outcome.experimental && outcome.code === EXPERIMENTAL.USER_UNKNOWN) {
        await forget(deps, registration);
        return outcome;
      }
      return withdraw(deps, peer, registration, `${outcomeWords(outcome)}; it is to attach anew`, true);
  }
}

export function tell(
  deps: HssDeps,
  { tenantId, imsi, epcId }: Registration,
  kind: ActivityKind,
  message: string,
): void {
  deps.reporter.activity({
    tenantId,
    imsi,
    ...(epcId === undefined ? {} : { epcId }),
    kind,
    severity: "info",
    message,
  });
}

function log(
  deps: HssDeps,
  { originHost }: Peer<PeerContext>,
  { tenantId, imsi }: Registration,
  what: string,
  outcome: Outcome,
): void {
  deps.log.pushed({ tenantId, imsi, mme: originHost, what, outcome: outcomeWords(outcome) });
}
