import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import type { Message } from "../diameter/codec/message.ts";
import { RatType } from "../diameter/dictionary/gx.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import { UlaFlags, UlrFlags } from "../diameter/dictionary/s6a.ts";
import { type Answer, answerOf } from "../diameter/peer/answer.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { Registration } from "../records.ts";
import { cancelOld } from "./cancelOld.ts";
import type { HssDeps } from "./deps.ts";
import { type Terminal, terminalOf } from "./imei.ts";
import { imsiOf } from "./imsi.ts";
import { type Reached, reach } from "./reach.ts";
import { type Refusal, refusalOf, refusedAnswer, USER_UNKNOWN } from "./refusal.ts";
import { isAt } from "./registration.ts";
import { NO_SUBSCRIPTION_DATA, subscriptionData } from "./subscriptionData.ts";
import { commonFeatures } from "./supportedFeatures.ts";
import { visitedPlmnOf } from "./visitedPlmn.ts";

/** ULR-Flags (TS 29.272 7.3.7). What they say of SGSNs changes nothing: none registers here, so that none is to be cancelled. */
const INITIAL_ATTACH_INDICATOR = 1 << 5;
/** ULA-Flags (TS 29.272 7.3.8): MME and SGSN are kept apart, as Release 8 and later do. */
const SEPARATION_INDICATION = 1;
const ULA_FLAGS = avp(UlaFlags, SEPARATION_INDICATION);
/** Without both an MME ignores a ULA, refusals too, and leaves the UE hanging. */
const OF_A_REFUSAL: readonly Avp[] = [ULA_FLAGS, NO_SUBSCRIPTION_DATA];

interface UpdateLocation {
  readonly imsi: string;
  readonly flags: number;
  readonly ratType: number;
  readonly visitedPlmn: Buffer;
  readonly terminal: Terminal | undefined;
  readonly features: readonly Avp[];
}

/** Update-Location-Request (TS 29.272 5.2.1.1). The registration survives a crash before the ULA goes out. */
export async function answerUlr(deps: HssDeps, request: Message, peer: Peer<PeerContext>): Promise<Answer> {
  try {
    return await update(deps, request, peer);
  } catch (error) {
    if (error instanceof DiameterError) return { ...answerOf(error), avps: OF_A_REFUSAL };
    deps.log.updateLocationFailed({ mme: peer.originHost }, error);
    return { resultCode: RESULT.UNABLE_TO_COMPLY, avps: OF_A_REFUSAL };
  }
}

async function update(deps: HssDeps, request: Message, peer: Peer<PeerContext>): Promise<Answer> {
  const imsi = imsiOf(request);
  const visited = visitedPlmnOf(request);
  const ratType = ratTypeOf(request);
  const terminal = terminalOf(request);
  // Read all now: the request's octets are the connection's, and we are going to wait.
  const location: UpdateLocation = {
    imsi,
    flags: flagsOf(request),
    ratType,
    visitedPlmn: Buffer.from(visited.bytes),
    terminal,
    features: commonFeatures(request),
  };
  const reached = reach(deps, imsi, peer);
  if (!reached) return refusedAnswer(USER_UNKNOWN, OF_A_REFUSAL);
  const refusal = refusalOf(reached.subscriber, reached.home, { plmn: visited.plmn, ratType, imei: terminal?.imei });
  if (refusal) return refuse(deps, reached, refusal);
  return deps.turns.run(imsi, () => register(deps, reached, peer, location));
}

async function register(
  deps: HssDeps,
  { subscriber }: Reached,
  peer: Peer<PeerContext>,
  location: UpdateLocation,
): Promise<Answer> {
  const { profile } = subscriber;
  if (!profile) throw new Error("a subscriber without a profile is refused before");
  const before = deps.registrations.get(location.imsi);
  const registration = registrationOf(deps, subscriber.tenantId, subscriber.profileHash, peer, location, before);
  await deps.registrations.put(registration);
  const moved = before !== undefined && !isAt(before, peer.originHost);
  // A purged one is not there any more.
  if (moved && !before.purged) cancelOld(deps, before);
  report(deps, registration, location, before);
  for (const tell of deps.onRegistered) tell(registration);
  // Skip-Subscriber-Data only says that we may (TS 29.272 7.3.7).
  return { avps: [...location.features, ULA_FLAGS, subscriptionData(profile)] };
}

function registrationOf(
  deps: HssDeps,
  tenantId: string,
  sent: string,
  { originHost, originRealm, context }: Peer<PeerContext>,
  { imsi, ratType, visitedPlmn, terminal }: UpdateLocation,
  before: Registration | undefined,
): Registration {
  const imei = terminal?.imei ?? before?.imei;
  const softwareVersion = terminal ? terminal.softwareVersion : before?.softwareVersion;
  return {
    imsi,
    tenantId,
    mme: originHost,
    mmeRealm: originRealm,
    ...(context.epcId === undefined ? {} : { epcId: context.epcId }),
    visitedPlmn: visitedPlmn.toString("hex"),
    ratType,
    at: deps.now(),
    purged: false,
    sent,
    ...(imei === undefined ? {} : { imei }),
    ...(softwareVersion === undefined ? {} : { softwareVersion }),
  };
}

function report(
  deps: HssDeps,
  registration: Registration,
  { flags, terminal }: UpdateLocation,
  before: Registration | undefined,
): void {
  const { tenantId, imsi, epcId, mme } = registration;
  deps.reporter.registered(registration);
  if (terminal) deps.reporter.equipmentSeen(tenantId, imsi, terminal.imei, terminal.softwareVersion);
  const arrived =
    (flags & INITIAL_ATTACH_INDICATOR) !== 0 || before === undefined || before.purged || !isAt(before, mme);
  if (!arrived) return;
  const from = before && !isAt(before, mme) ? `, before at ${before.mme}` : "";
  deps.reporter.activity({
    tenantId,
    imsi,
    ...(epcId === undefined ? {} : { epcId }),
    kind: "attach",
    severity: "info",
    message: `registered at ${mme}${from}`,
  });
}

function refuse(deps: HssDeps, { subscriber }: Reached, refusal: Refusal): Answer {
  const { tenantId, imsi } = subscriber;
  if (deps.seldom.pass(`refused ${imsi} ${refusal.reason}`) !== undefined) {
    deps.log.refused({ tenantId, imsi, reason: refusal.reason });
    const message = refusal.reason;
    deps.reporter.activity({ tenantId, imsi, kind: "rejected", severity: "warning", message });
  }
  return refusedAnswer(refusal, OF_A_REFUSAL);
}

function ratTypeOf(request: Message): number {
  const ratType = request.get(RatType);
  if (ratType !== undefined) return ratType;
  throw new DiameterError(RESULT.MISSING_AVP, "RAT-Type is missing", avp(RatType, 0));
}

function flagsOf(request: Message): number {
  const flags = request.get(UlrFlags);
  if (flags !== undefined) return flags;
  throw new DiameterError(RESULT.MISSING_AVP, "ULR-Flags is missing", avp(UlrFlags, 0));
}
