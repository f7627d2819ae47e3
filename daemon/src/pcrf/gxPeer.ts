import type { Avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import type { PeerContext } from "../peerContext.ts";

/** A connected SMF, as far as Gx needs it; `Peer` of the protocol is one. */
export interface GxPeer {
  readonly originHost: string;
  readonly originRealm: string;
  readonly isOpen: boolean;
  readonly context: Pick<PeerContext, "tenantId" | "epcId" | "trusted">;
  request(
    commandCode: number,
    applicationId: number,
    avps: readonly Avp[],
    options: { readonly timeoutMs: number },
  ): Promise<Message>;
}
