import type { Message } from "../diameter/codec/message.ts";
import { EXPERIMENTAL, RESULT } from "../diameter/dictionary/results.ts";
import { RequestedEutranAuthenticationInfo } from "../diameter/dictionary/s6a.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { ServedSubscriber } from "../records.ts";
import { authenticationInfo, type WantedVectors, wantedVectors } from "./authenticationInfo.ts";
import type { AkaAlgorithm } from "./crypto/akaAlgorithm.ts";
import { verifyAuts } from "./crypto/auts.ts";
import { SqnExhausted } from "./crypto/sqn.ts";
import type { HssDeps } from "./deps.ts";
import { imsiOf } from "./imsi.ts";
import { type Reached, reach } from "./reach.ts";
import { RAT_EUTRAN, RAT_UTRAN, type Refusal, refusalOf, refusedAnswer, USER_UNKNOWN } from "./refusal.ts";
import { KeysUnusable, withKeys } from "./subscriberKeys.ts";
import { visitedPlmnOf } from "./visitedPlmn.ts";

const RAND_LENGTH = 16;

/**
 * Authentication-Information-Request (TS 29.272 5.2.3.1). Synchronous and without a write, but for resynchronisations. Subscribers who may not be
 * served are refused here already: an MME that gets the refusal with the ULA alone leaves the UE hanging.
 */
export function answerAir(deps: HssDeps, request: Message, peer: Peer<PeerContext>): Answer | Promise<Answer> {
  const imsi = imsiOf(request);
  const visited = visitedPlmnOf(request);
  const wanted = wantedVectors(request);
  const reached = reach(deps, imsi, peer);
  if (!reached) return refusedAnswer(USER_UNKNOWN);
  // The AIR does not say the RAT; what it asks vectors for does.
  const ratType = request.has(RequestedEutranAuthenticationInfo) ? RAT_EUTRAN : RAT_UTRAN;
  const refusal = refusalOf(reached.subscriber, reached.home, { plmn: visited.plmn, ratType });
  if (refusal) return refuse(deps, reached, peer, refusal);
  const failed = (error: unknown): Answer => refuse(deps, reached, peer, unavailable(deps, reached.subscriber, error));
  try {
    const answer = withKeys(reached.subscriber, (algorithm) =>
      give(deps, reached, peer, algorithm, wanted, visited.bytes),
    );
    return deps.offsets.underWay(imsi)?.then(() => answer, failed) ?? answer;
  } catch (error) {
    return failed(error);
  }
}

function give(
  deps: HssDeps,
  reached: Reached,
  peer: Peer<PeerContext>,
  algorithm: AkaAlgorithm,
  wanted: WantedVectors,
  visitedPlmn: Buffer,
): Answer {
  const { subscriber } = reached;
  const { imsi, tenantId, amf } = subscriber;
  if (wanted.resync && !resynchronise(deps, subscriber, algorithm, wanted.resync)) {
    return refuse(deps, reached, peer, WRONG_MAC_S);
  }
  const offset = deps.offsets.of(subscriber);
  const nextSqn = () => deps.sqn.next(imsi, offset);
  const info = authenticationInfo(wanted, { algorithm, amf, visitedPlmn, nextSqn });
  deps.reporter.authenticated(tenantId, imsi, deps.now());
  return { avps: [info] };
}

/** @returns false if MAC-S is wrong (TS 33.102 6.3.5): the AUTS is not this card's. */
function resynchronise(deps: HssDeps, subscriber: ServedSubscriber, algorithm: AkaAlgorithm, info: Buffer): boolean {
  const sqnMs = verifyAuts(algorithm, info.subarray(0, RAND_LENGTH), info.subarray(RAND_LENGTH));
  if (!sqnMs) return false;
  const { imsi, tenantId } = subscriber;
  const { offset, changed } = deps.sqn.resynchronise(sqnMs, imsi, deps.offsets.of(subscriber));
  if (!changed) return true;
  deps.offsets.move(subscriber, offset, deps.reporter.sqnOffset(tenantId, imsi, offset));
  deps.reporter.activity({
    tenantId,
    imsi,
    kind: "resynchronisation",
    severity: "info",
    message: "the card asked for other sequence numbers and gets them",
  });
  return true;
}

const WRONG_MAC_S: Refusal = {
  experimental: EXPERIMENTAL.AUTHENTICATION_DATA_UNAVAILABLE,
  reason: "MAC-S of the resynchronisation is wrong: K or OPc are not those of the card",
};

/** What failed here is not the MME's fault: it may try again (TS 29.272 7.4.4.1), unless the card has no SQN left. */
function unavailable(deps: HssDeps, { tenantId, imsi }: ServedSubscriber, error: unknown): Refusal {
  if (deps.seldom.pass(`no vectors ${imsi}`) !== undefined) deps.log.noVectors({ tenantId, imsi }, error);
  if (error instanceof SqnExhausted) {
    return { resultCode: RESULT.UNABLE_TO_COMPLY, reason: "no sequence number is left: the card must be replaced" };
  }
  const reason = error instanceof KeysUnusable ? "the keys cannot be used" : "no vectors can be made now";
  return { experimental: EXPERIMENTAL.AUTHENTICATION_DATA_UNAVAILABLE, reason };
}

function refuse(deps: HssDeps, { subscriber }: Reached, peer: Peer<PeerContext>, refusal: Refusal): Answer {
  const { tenantId, imsi } = subscriber;
  const { reason } = refusal;
  const { epcId } = peer.context;
  deps.reporter.authenticationFailed(tenantId, imsi, deps.now(), reason);
  if (deps.seldom.pass(`refused ${imsi} ${reason}`) !== undefined) {
    const kind = refusal === WRONG_MAC_S ? "authentication-failure" : "rejected";
    deps.reporter.activity({
      tenantId,
      imsi,
      ...(epcId !== undefined && peer.context.tenantId === tenantId ? { epcId } : {}),
      kind,
      severity: "warning",
      message: reason,
    });
  }
  return refusedAnswer(refusal);
}
