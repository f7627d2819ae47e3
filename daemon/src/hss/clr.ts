import { avp } from "../diameter/codec/avpDefinition.ts";
import { UserName } from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { CancellationType, ClrFlags } from "../diameter/dictionary/s6a.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** TS 29.272 7.3.24. */
export const CANCELLATION = {
  MME_UPDATE_PROCEDURE: 0,
  SGSN_UPDATE_PROCEDURE: 1,
  SUBSCRIPTION_WITHDRAWAL: 2,
  UPDATE_PROCEDURE_IWF: 3,
  INITIAL_ATTACH_PROCEDURE: 4,
} as const;

/** CLR-Flags (TS 29.272 7.3.152): the request goes to an MME. */
const S6A_INDICATOR = 1;
const REATTACH_REQUIRED = 2;

/**
 * Cancel-Location-Request (TS 29.272 5.2.1.2): the MME is to detach and forget the subscriber.
 * @param reattach the UE is to come back at once; only with SUBSCRIPTION_WITHDRAWAL does the MME heed it
 */
export function sendClr(peer: Peer<PeerContext>, imsi: string, type: number, reattach = false): Promise<Outcome> {
  const flags = S6A_INDICATOR | (reattach ? REATTACH_REQUIRED : 0);
  const avps = [avp(UserName, imsi), avp(CancellationType, type), avp(ClrFlags, flags)];
  return outcomeOf(peer.request(COMMAND.CANCEL_LOCATION, APPLICATION.S6A, avps));
}
