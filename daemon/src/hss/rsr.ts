import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/**
 * Reset-Request (TS 29.272 5.2.4.1): we have lost where subscribers are. The MME sends an update location for each at its
 * next contact (TS 23.007). Without User-Id it is for all that this MME has from us.
 */
export function sendRsr(peer: Peer<PeerContext>): Promise<Outcome> {
  return outcomeOf(peer.request(COMMAND.RESET, APPLICATION.S6A, []));
}
