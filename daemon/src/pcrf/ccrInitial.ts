// CCR-I: an IP-CAN session begins (3GPP TS 29.212 4.5.1).
import { avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import type { Message } from "../diameter/codec/message.ts";
import { CcRequestNumber, SessionId } from "../diameter/dictionary/base.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { GxSession, ServedSubscriber } from "../records.ts";
import { type Admission, admit } from "./admission.ts";
import type { CreditControlDeps, Requester } from "./creditControl.ts";
import { bearerControlMode, commonFeatures } from "./features.ts";
import { type Refusal, refusalResult, refusalWords } from "./gxResult.ts";
import { type InitialParameters, initialParameters } from "./initialParameters.ts";
import { burstEnd, grantedOf, type Policy } from "./policy.ts";
import { policyAvps } from "./policyAvps.ts";
import { isOf } from "./sessionLedger.ts";

type Admitted = Extract<Admission, { policy: Policy }>;

/**
 * The same request again is answered the same: the session goes on as it began.
 * @throws DiameterError 5004 if the Session-Id is another session's.
 */
export async function ccrInitial(deps: CreditControlDeps, request: Message, peer: Requester): Promise<Answer> {
  const parameters = initialParameters(request);
  if (!("imsi" in parameters)) return parameters;
  return deps.pushes.ledger.turns.run(parameters.imsi, () => begin(deps, request, peer, parameters));
}

async function begin(
  deps: CreditControlDeps,
  request: Message,
  peer: Requester,
  parameters: InitialParameters,
): Promise<Answer> {
  const { imsi, apn } = parameters;
  const { ledger } = deps.pushes;
  const sessionId = request.get(SessionId) ?? "";
  const existing = deps.sessions.get(sessionId);
  if (existing && (!isOf(existing, peer.originHost) || existing.imsi !== imsi || existing.apn !== apn)) {
    throw new DiameterError(RESULT.INVALID_AVP_VALUE, "the Session-Id is in use", avp(SessionId, sessionId));
  }
  const now = deps.clock.date().getTime();
  const profile = deps.directory.subscriber(imsi)?.profile;
  const burstUntil = existing ? existing.burstUntil : profile && burstEnd(profile, now);
  const usage = deps.usage.get(imsi);
  const admission = admit(deps.directory, { imsi, apn, peer: peer.context, now, usage, burstUntil });
  if ("refusal" in admission) {
    if (existing) await ledger.end(existing, now, "refused when asked for again", true);
    report(deps, peer, parameters, admission);
    return { ...refusalResult(admission.refusal), avps: [] };
  }
  for (const each of deps.sessions.ofSubscriber(imsi)) {
    if (each.apn === apn && each.sessionId !== sessionId) await ledger.end(each, now, "established anew", false);
  }
  const session = sessionOf(request, peer, parameters, admission, { existing, sessionId, now, burstUntil });
  await ledger.open(session, existing === undefined);
  deps.pushes.opened(session);
  const avps = policyAvps(admission.policy, { before: undefined });
  return { avps: [...commonFeatures(request), bearerControlMode(request), ...avps] };
}

interface Beginning {
  existing: GxSession | undefined;
  sessionId: string;
  now: number;
  burstUntil: number | undefined;
}

function sessionOf(
  request: Message,
  peer: Requester,
  parameters: InitialParameters,
  { subscriber, policy }: Admitted,
  { existing, sessionId, now, burstUntil }: Beginning,
): GxSession {
  const { epcId } = peer.context;
  return {
    ...parameters,
    sessionId,
    tenantId: subscriber.tenantId,
    peer: peer.originHost,
    peerRealm: peer.originRealm,
    ...(epcId === undefined ? {} : { epcId }),
    startedAt: existing?.startedAt ?? now,
    sent: subscriber.profileHash,
    ...(policy.bursting && burstUntil !== undefined ? { burstUntil } : {}),
    throttled: policy.throttled,
    uplink: existing?.uplink ?? 0,
    downlink: existing?.downlink ?? 0,
    granted: grantedOf(policy),
    requestNumber: Math.max(existing?.requestNumber ?? 0, request.get(CcRequestNumber) ?? 0),
  };
}

function report(
  { reporter, pushes }: CreditControlDeps,
  peer: Requester,
  { imsi, apn }: InitialParameters,
  { refusal, subscriber }: { refusal: Refusal; subscriber: ServedSubscriber | undefined },
): void {
  const { tenantId, epcId } = peer.context;
  const foreign = refusal === "cross-tenant";
  const home = subscriber?.tenantId ?? tenantId;
  const held = pushes.ledger.refusals.pass(foreign ? `${home} ${peer.originHost}` : `${refusal} ${imsi} ${tenantId}`);
  if (held === undefined) return;
  const more = held > 0 ? `; ${held} more such requests since the last report` : "";
  reporter.activity({
    tenantId: home,
    imsi,
    ...(epcId === undefined || foreign ? {} : { epcId }),
    kind: foreign ? "cross-tenant" : "rejected",
    severity: "warning",
    message: `data session refused to ${peer.originHost}: ${refusalWords(refusal, apn)}${more}`,
  });
}
