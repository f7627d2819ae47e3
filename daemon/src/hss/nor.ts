import type { Message } from "../diameter/codec/message.ts";
import { EXPERIMENTAL } from "../diameter/dictionary/results.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { HssDeps } from "./deps.ts";
import { terminalOf } from "./imei.ts";
import { imsiOf } from "./imsi.ts";
import { reach } from "./reach.ts";
import { refusedAnswer, USER_UNKNOWN } from "./refusal.ts";
import { isAt } from "./registration.ts";

/** Notify-Request (TS 29.272 5.2.5.1): the serving MME tells of another device, among things that we keep no record of. */
export async function answerNor(deps: HssDeps, request: Message, peer: Peer<PeerContext>): Promise<Answer> {
  const imsi = imsiOf(request);
  const terminal = terminalOf(request);
  const reached = reach(deps, imsi, peer);
  if (!reached) return refusedAnswer(USER_UNKNOWN);
  const { tenantId } = reached.subscriber;
  return deps.turns.run(imsi, async () => {
    const registration = deps.registrations.get(imsi);
    if (!registration || !isAt(registration, peer.originHost)) {
      return refusedAnswer({ experimental: EXPERIMENTAL.UNKNOWN_SERVING_NODE, reason: "served elsewhere" });
    }
    if (terminal) {
      const { imei, softwareVersion } = terminal;
      await deps.registrations.put({
        ...registration,
        imei,
        ...(softwareVersion === undefined ? {} : { softwareVersion }),
      });
      deps.reporter.equipmentSeen(tenantId, imsi, imei, softwareVersion);
    }
    return { avps: [] };
  });
}
