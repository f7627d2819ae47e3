// What an MME does with the HSS's requests, as Open5GS's does.
import { type Avp, avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import { UserName } from "../../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND, commandKey } from "../../../daemon/src/diameter/dictionary/commands.ts";
import { THREEGPP } from "../../../daemon/src/diameter/dictionary/define.ts";
import { EXPERIMENTAL, RESULT } from "../../../daemon/src/diameter/dictionary/results.ts";
import * as s6a from "../../../daemon/src/diameter/dictionary/s6a.ts";
import type { Answer } from "../../../daemon/src/diameter/peer/answer.ts";
import type { Handler } from "../../../daemon/src/diameter/peer/dispatcher.ts";
import { plmnOctets } from "../../../daemon/src/plmnOctets.ts";
import type { AttachedUe, MmeEvents } from "./attachment.ts";
import type { Mailbox } from "./mailbox.ts";
import { type ProvidedProfile, readSubscription, type WholeProfile } from "./subscription.ts";

const USER_UNKNOWN: Answer = {
  experimentalResult: { vendorId: THREEGPP, code: EXPERIMENTAL.USER_UNKNOWN },
  avps: [],
};
const REFUSED: Answer = { resultCode: RESULT.UNABLE_TO_COMPLY, avps: [] };
/** IDR-Flags (TS 29.272 7.3.103). */
const LOCATION_REQUESTED = 1 << 3;
/** DSR-Flags (TS 29.272 7.3.25). */
const WITHDRAW_ALL_APNS = 1 << 1;
const WITHDRAW_CONTEXTS = 1 << 3;
/** Where all simulated UEs are. */
const TAC = 1;
const CELL = 264_040 * 256 + 1;

interface MmeState {
  readonly attached: Map<string, AttachedUe>;
  readonly mailbox: Mailbox<MmeEvents>;
}

/** By command, for `connectPeer`. */
export function mmeHandlers(state: MmeState): ReadonlyMap<number, Handler<undefined>> {
  const s6aKey = (command: number): number => commandKey(APPLICATION.S6A, command);
  return new Map<number, Handler<undefined>>([
    [s6aKey(COMMAND.CANCEL_LOCATION), (request) => cancel(state, request)],
    [s6aKey(COMMAND.INSERT_SUBSCRIBER_DATA), (request) => insert(state, request)],
    [s6aKey(COMMAND.DELETE_SUBSCRIBER_DATA), (request) => remove(state, request)],
    [s6aKey(COMMAND.RESET), (request) => reset(state, request)],
  ]);
}

/** TS 29.272 5.2.1.2. Open5GS answers 5001 for a UE that it does not know. */
function cancel({ attached, mailbox }: MmeState, request: Message): Answer {
  const imsi = request.get(UserName) ?? "";
  const known = attached.delete(imsi);
  mailbox.put("CLR", imsi, {
    cancellationType: request.get(s6a.CancellationType) ?? -1,
    clrFlags: request.get(s6a.ClrFlags) ?? 0,
    result: known ? RESULT.SUCCESS : EXPERIMENTAL.USER_UNKNOWN,
  });
  if (!known) return USER_UNKNOWN;
  mailbox.put("left", imsi, { reason: "cancelled" });
  return { avps: [] };
}

/** TS 29.272 5.2.2.1: what is given replaces what was there; Open5GS takes all APNs or refuses. */
function insert({ attached, mailbox }: MmeState, request: Message): Answer {
  const imsi = request.get(UserName) ?? "";
  const idrFlags = request.get(s6a.IdrFlags) ?? 0;
  const context = attached.get(imsi);
  const data = request.get(s6a.SubscriptionData);
  if (!context || !data) {
    mailbox.put("IDR", imsi, { profile: undefined, idrFlags, result: EXPERIMENTAL.USER_UNKNOWN });
    return USER_UNKNOWN;
  }
  const { profile, missing, partial } = readSubscription(data);
  if (partial || missing.length > 0 || profile.apns?.length === 0) {
    mailbox.put("IDR", imsi, { profile: undefined, idrFlags, result: RESULT.UNABLE_TO_COMPLY });
    return REFUSED;
  }
  context.profile = merged(context.profile, profile);
  mailbox.put("IDR", imsi, { profile: context.profile, idrFlags, result: RESULT.SUCCESS });
  return { avps: (idrFlags & LOCATION_REQUESTED) === 0 ? [] : [location(context)] };
}

function merged(before: WholeProfile, given: ProvidedProfile): WholeProfile {
  return { ...before, ...given };
}

/** TS 29.272 5.2.2.2. */
function remove({ attached, mailbox }: MmeState, request: Message): Answer {
  const imsi = request.get(UserName) ?? "";
  const dsrFlags = request.get(s6a.DsrFlags) ?? 0;
  const contextIds = request.all(s6a.ContextIdentifier);
  const context = attached.get(imsi);
  mailbox.put("DSR", imsi, { dsrFlags, contextIds, result: context ? RESULT.SUCCESS : EXPERIMENTAL.USER_UNKNOWN });
  if (!context) return USER_UNKNOWN;
  const { profile } = context;
  if ((dsrFlags & WITHDRAW_ALL_APNS) !== 0) context.profile = { ...profile, apns: [] };
  else if ((dsrFlags & WITHDRAW_CONTEXTS) !== 0) {
    context.profile = { ...profile, apns: profile.apns.filter(({ contextId }) => !contextIds.includes(contextId)) };
  }
  return { avps: [] };
}

/** TS 29.272 5.2.4.1: without User-Ids, all UEs of this HSS. A User-Id is the beginning of IMSIs. */
function reset({ attached, mailbox }: MmeState, request: Message): Answer {
  const userIds = request.all(s6a.UserId);
  for (const [imsi, context] of attached) {
    if (userIds.length === 0 || userIds.some((each) => imsi.startsWith(each))) context.resetSeen = true;
  }
  for (const imsi of userIds.length === 0 ? [""] : userIds) mailbox.put("RSR", imsi, { userIds });
  return { avps: [] };
}

/** EPS-Location-Information (TS 29.272 7.3.111): cell and tracking area as TS 29.118 and TS 29.274 have them. */
function location({ visitedPlmn }: AttachedUe): Avp {
  const plmn = plmnOctets(visitedPlmn);
  const cell = Buffer.alloc(4);
  cell.writeUInt32BE(CELL);
  const area = Buffer.alloc(2);
  area.writeUInt16BE(TAC);
  return avp(s6a.EpsLocationInformation, [
    avp(s6a.MmeLocationInformation, [
      avp(s6a.EUtranCellGlobalIdentity, Buffer.concat([plmn, cell])),
      avp(s6a.TrackingAreaIdentity, Buffer.concat([plmn, area])),
      avp(s6a.AgeOfLocationInformation, 0),
    ]),
  ]);
}
