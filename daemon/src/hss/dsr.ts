import { avp } from "../diameter/codec/avpDefinition.ts";
import { UserName } from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { DsrFlags } from "../diameter/dictionary/s6a.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** DSR-Flags (TS 29.272 7.3.25): what an IDR can't take away. */
export const WITHDRAW = { PERIODIC_RAU_TAU_TIMER: 1 << 14 } as const;

/** Delete-Subscriber-Data-Request (TS 29.272 5.2.2.2): the MME forgets what `flags` name. */
export function sendDsr(peer: Peer<PeerContext>, imsi: string, flags: number): Promise<Outcome> {
  const avps = [avp(UserName, imsi), avp(DsrFlags, flags)];
  return outcomeOf(peer.request(COMMAND.DELETE_SUBSCRIBER_DATA, APPLICATION.S6A, avps));
}
