import { avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import { PuaFlags } from "../diameter/dictionary/s6a.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { HssDeps } from "./deps.ts";
import { imsiOf } from "./imsi.ts";
import { reach } from "./reach.ts";
import { refusedAnswer, USER_UNKNOWN } from "./refusal.ts";
import { isAt } from "./registration.ts";

/** PUA-Flags (TS 29.272 7.3.48): the MME must not give the M-TMSI to somebody else. */
const FREEZE_M_TMSI = 1;

/** Purge-UE-Request (TS 29.272 5.2.1.3): the MME forgot the subscriber. Only the MME that serves it can say so. */
export async function answerPur(deps: HssDeps, request: Message, peer: Peer<PeerContext>): Promise<Answer> {
  const imsi = imsiOf(request);
  const reached = reach(deps, imsi, peer);
  if (!reached) return refusedAnswer(USER_UNKNOWN);
  const { tenantId } = reached.subscriber;
  const purged = await deps.turns.run(imsi, async () => {
    const registration = deps.registrations.get(imsi);
    if (!registration || !isAt(registration, peer.originHost)) return false;
    await deps.registrations.put({ ...registration, purged: true });
    return true;
  });
  if (!purged) return { avps: [avp(PuaFlags, 0)] };
  const { epcId } = peer.context;
  deps.reporter.detached(tenantId, imsi, "purged");
  const message = `${peer.originHost} purged it`;
  const at = epcId === undefined ? {} : { epcId };
  deps.reporter.activity({ tenantId, imsi, ...at, kind: "detach", severity: "info", message });
  return { avps: [avp(PuaFlags, FREEZE_M_TMSI)] };
}
