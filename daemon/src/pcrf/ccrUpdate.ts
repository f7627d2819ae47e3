// CCR-U: usage and events of an open session (3GPP TS 29.212 4.5.1, 4.5.17).
import type { Message } from "../diameter/codec/message.ts";
import { CcRequestNumber, SessionId } from "../diameter/dictionary/base.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { GxSession } from "../records.ts";
import { admit } from "./admission.ts";
import type { CreditControlDeps, Requester } from "./creditControl.ts";
import { framedAddress } from "./framedAddress.ts";
import { grantedOf } from "./policy.ts";
import { policyAvps, qosAvps } from "./policyAvps.ts";
import { sum, usageReport } from "./usageReport.ts";

/** Counts what was used, and answers what holds now. A subscriber who may not go on is answered what was, then released by RAR. */
export async function ccrUpdate(deps: CreditControlDeps, request: Message, peer: Requester): Promise<Answer> {
  const sessionId = request.get(SessionId) ?? "";
  const { ledger } = deps.pushes;
  const known = ledger.find(sessionId, peer.originHost);
  if (!known) return unknownSession();
  return ledger.turns.run(known.imsi, async () => {
    const session = ledger.find(sessionId, peer.originHost);
    return session ? update(deps, request, peer, session) : unknownSession();
  });
}

export function unknownSession(): Answer {
  return { resultCode: RESULT.UNKNOWN_SESSION_ID, avps: [] };
}

/** The session after a request: its number, and what it reports unless that has been counted. */
export function reported(session: GxSession, request: Message) {
  const number = request.get(CcRequestNumber) ?? 0;
  const report = usageReport(request);
  if (number <= (session.requestNumber ?? -1)) return { session, report: undefined, monitored: report !== undefined };
  const used = report ? sum(session, report) : {};
  return { session: { ...session, ...used, requestNumber: number }, report, monitored: report !== undefined };
}

async function update(deps: CreditControlDeps, request: Message, peer: Requester, before: GxSession): Promise<Answer> {
  const { ledger } = deps.pushes;
  const now = deps.clock.date().getTime();
  const { session, report, monitored } = reported(before, request);
  const address = framedAddress(request) || session.address;
  const { imsi, apn, burstUntil } = session;
  const usage = ledger.counted(imsi, report, now);
  const admission = admit(deps.directory, { imsi, apn, peer: peer.context, now, usage, burstUntil });
  const decided =
    "refusal" in admission
      ? { avps: session.granted ? qosAvps(session.granted) : [], changes: {} }
      : {
          avps: policyAvps(admission.policy, {
            before: session.granted,
            uncertain: session.sent === "",
            grant: monitored,
          }),
          changes: {
            granted: grantedOf(admission.policy),
            sent: admission.subscriber.profileHash,
            throttled: admission.policy.throttled,
          },
        };
  const after = { ...session, address, ...decided.changes };
  await Promise.all([deps.sessions.put(after), ...(report && usage ? [ledger.saveCounter(after, usage, now)] : [])]);
  if (report || address !== before.address || after.throttled !== before.throttled) {
    deps.reporter.sessionChanged(after, "open");
  }
  deps.pushes.subscriberChanged(imsi);
  return { avps: decided.avps };
}
