// CCR-T: an IP-CAN session ends (3GPP TS 29.212 4.5.7).
import type { Message } from "../diameter/codec/message.ts";
import { SessionId } from "../diameter/dictionary/base.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { GxSession } from "../records.ts";
import { reported, unknownSession } from "./ccrUpdate.ts";
import type { CreditControlDeps, Requester } from "./creditControl.ts";
import { isOf } from "./sessionLedger.ts";

/** Counts the last usage and ends the session. Of one that ended lately, asked for again or replaced, it is answered the same. */
export async function ccrTermination(deps: CreditControlDeps, request: Message, peer: Requester): Promise<Answer> {
  const sessionId = request.get(SessionId) ?? "";
  const { ledger } = deps.pushes;
  const find = () => ledger.find(sessionId, peer.originHost) ?? lately(deps, sessionId, peer)?.session;
  const known = find();
  if (!known) return unknownSession();
  return ledger.turns.run(known.imsi, async () => {
    const session = find();
    if (!session) return unknownSession();
    if (lately(deps, sessionId, peer)?.settled !== true) await end(deps, request, session);
    return { avps: [] };
  });
}

async function end(deps: CreditControlDeps, request: Message, before: GxSession): Promise<void> {
  const { ledger } = deps.pushes;
  const now = deps.clock.date().getTime();
  const { session, report } = reported(before, request);
  const usage = ledger.counted(session.imsi, report, now);
  const saved = report && usage ? ledger.saveCounter(session, usage, now) : undefined;
  const open = deps.sessions.get(session.sessionId) !== undefined;
  if (open) await ledger.end(session, now, "ended by the network", true);
  else ledger.ended.add(session, true);
  await saved;
  if (report) deps.pushes.subscriberChanged(session.imsi);
}

function lately(deps: CreditControlDeps, sessionId: string, peer: Requester) {
  const ended = deps.pushes.ledger.ended.get(sessionId);
  return ended && isOf(ended.session, peer.originHost) ? ended : undefined;
}
