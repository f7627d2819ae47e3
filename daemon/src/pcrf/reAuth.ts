// RAR and what its answer means (3GPP TS 29.212 4.5.2, 4.5.9, 5.6.4, 5.6.5).
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import type { Message } from "../diameter/codec/message.ts";
import {
  ExperimentalResult,
  ExperimentalResultCode,
  ReAuthRequestType,
  ResultCode,
  SessionId,
} from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { SessionReleaseCause } from "../diameter/dictionary/gx.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import { PeerUnavailable } from "../diameter/peer/pendingRequests.ts";
import type { GxPeer } from "./gxPeer.ts";

/** TS 29.212 5.3.44. */
export const RELEASE_CAUSE = { UNSPECIFIED_REASON: 0, UE_SUBSCRIPTION_REASON: 1 } as const;
/** RFC 6733 8.12. */
const AUTHORIZE_ONLY = 0;
const ANSWER_MS = 10_000;

/** done: the SMF took it. gone: it knows no such session. later: worth another try. refused: it is not. */
export type Outcome = { is: "done" | "gone" | "later" | "refused"; words: string };

/** Sends a RAR; never rejects for what the other side does or does not do. */
export async function reAuth(peer: GxPeer, sessionId: string, avps: readonly Avp[]): Promise<Outcome> {
  const all = [avp(SessionId, sessionId), avp(ReAuthRequestType, AUTHORIZE_ONLY), ...avps];
  try {
    const options = { timeoutMs: ANSWER_MS };
    return outcomeOf(await peer.request(COMMAND.RE_AUTH, APPLICATION.GX, all, options));
  } catch (error) {
    if (error instanceof PeerUnavailable) return { is: "later", words: error.message };
    if (error instanceof DiameterError) return { is: "refused", words: `its answer is unreadable: ${error.message}` };
    throw error;
  }
}

/** A RAR that asks the SMF to end a session. */
export function release(peer: GxPeer, sessionId: string, cause: number): Promise<Outcome> {
  return reAuth(peer, sessionId, [avp(SessionReleaseCause, cause)]);
}

function outcomeOf(answer: Message): Outcome {
  const code = answer.get(ResultCode) ?? 0;
  if (code >= 2000 && code < 3000) return { is: "done", words: "done" };
  if (code === RESULT.UNKNOWN_SESSION_ID) return { is: "gone", words: "the SMF knows no such session" };
  const experimental = answer.get(ExperimentalResult)?.get(ExperimentalResultCode);
  const number = code || experimental || 0;
  // RFC 6733 7.1: 3xxx is the way there, 4xxx passes; so does 4144, a request of its own under way (TS 29.212 5.5.4).
  return { is: number >= 3000 && number < 5000 ? "later" : "refused", words: `the SMF answered ${number}` };
}
