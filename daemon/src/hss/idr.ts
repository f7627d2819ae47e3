import type { SubscriptionProfile } from "@wisptools/core";
import { avp } from "../diameter/codec/avpDefinition.ts";
import { UserName } from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { IdrFlags } from "../diameter/dictionary/s6a.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { subscriptionData } from "./subscriptionData.ts";

/** Insert-Subscriber-Data-Request (TS 29.272 5.2.2.1) with the whole profile: an MME refuses a part of the APN list. */
export function sendIdr(peer: Peer<PeerContext>, imsi: string, profile: SubscriptionProfile): Promise<Outcome> {
  const avps = [avp(UserName, imsi), subscriptionData(profile), avp(IdrFlags, 0)];
  return outcomeOf(peer.request(COMMAND.INSERT_SUBSCRIBER_DATA, APPLICATION.S6A, avps));
}
