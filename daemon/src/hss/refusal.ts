import { type Plmn, samePlmn } from "@wisptools/core";
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import { EXPERIMENTAL, RESULT } from "../diameter/dictionary/results.ts";
import { ErrorDiagnostic } from "../diameter/dictionary/s6a.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { ServedSubscriber, TenantRecord } from "../records.ts";
import { sameEquipment } from "./imei.ts";

/**
 * Why a subscriber gets no service. Exactly one of `experimental` (vendor 3GPP) and `resultCode`; `diagnostic` is
 * Error-Diagnostic (TS 29.272 7.3.128). `reason` is for operators, without identities.
 */
export interface Refusal {
  readonly experimental?: number;
  readonly resultCode?: number;
  readonly diagnostic?: number;
  readonly reason: string;
}

/**
 * GPRS_DATA_SUBSCRIBED: the MME answers the UE with a cause after which it comes back (TS 29.272 annex A), so that it is
 * served when the subscription is in order again. With NO_GPRS_DATA_SUBSCRIBED it would stay away until it is switched off.
 */
const GPRS_DATA_SUBSCRIBED = 0;
const ODB_ALL_APN = 2;
/** Bit 0 of Operator-Determined-Barring (TS 29.272 7.3.30). */
const ALL_PACKET_SERVICES_BARRED = 1;

/** RAT-Type (TS 29.212 5.3.31) and its bit of Access-Restriction-Data (TS 29.272 7.3.31). */
const RESTRICTION_BIT = new Map([
  [1000, 0],
  [1001, 1],
  [1002, 2],
  [1003, 3],
  [1004, 4],
  [1005, 6],
]);
export const RAT_UTRAN = 1000;
export const RAT_EUTRAN = 1004;

/** Where, and with what, service is wanted. */
export interface Wish {
  readonly plmn: Plmn;
  /** RAT-Type. */
  readonly ratType: number;
  /** 14 or more digits. */
  readonly imei?: string | undefined;
}

export const USER_UNKNOWN: Refusal = { experimental: EXPERIMENTAL.USER_UNKNOWN, reason: "unknown subscriber" };

/** @returns why this subscriber may not be served there (TS 29.272 5.2.1.1.3, 5.2.3.1.3), or undefined if it may. */
export function refusalOf(subscriber: ServedSubscriber, home: TenantRecord, wish: Wish): Refusal | undefined {
  const { profile } = subscriber;
  if (!home.active) return noSubscription("the tenant is suspended");
  if (!profile) return noSubscription(`no complete subscription: ${subscriber.missing ?? "unknown"}`);
  switch (profile.status) {
    case "terminated":
      return { experimental: EXPERIMENTAL.USER_UNKNOWN, reason: "the subscription is terminated" };
    case "suspended":
      return noSubscription("the subscription is suspended");
    case "active":
      break;
  }
  if (((profile.operatorDeterminedBarring ?? 0) & ALL_PACKET_SERVICES_BARRED) !== 0) {
    return { ...roaming("all packet services are barred"), diagnostic: ODB_ALL_APN };
  }
  if (isDenied(profile.accessRestriction, wish.ratType)) {
    return { experimental: EXPERIMENTAL.RAT_NOT_ALLOWED, reason: `RAT-Type ${wish.ratType} is not allowed` };
  }
  if (!mayRegister(profile.roaming, home, wish.plmn)) {
    return roaming(`roaming in ${wish.plmn.mcc}/${wish.plmn.mnc} is not allowed`);
  }
  if (profile.imei !== undefined && wish.imei !== undefined && !sameEquipment(profile.imei, wish.imei)) {
    return { resultCode: RESULT.AUTHORIZATION_REJECTED, reason: "the subscription is bound to other equipment" };
  }
  return undefined;
}

/** The answer that a refusal stands for, with more AVPs where the command needs them. */
export function refusedAnswer({ experimental, resultCode, diagnostic }: Refusal, avps: readonly Avp[] = []): Answer {
  const all = diagnostic === undefined ? avps : [avp(ErrorDiagnostic, diagnostic), ...avps];
  if (experimental === undefined) return { resultCode: resultCode ?? RESULT.UNABLE_TO_COMPLY, avps: all };
  return { experimentalResult: { vendorId: THREEGPP, code: experimental }, avps: all };
}

function noSubscription(reason: string): Refusal {
  return { experimental: EXPERIMENTAL.UNKNOWN_EPS_SUBSCRIPTION, diagnostic: GPRS_DATA_SUBSCRIBED, reason };
}

function roaming(reason: string): Refusal {
  return { experimental: EXPERIMENTAL.ROAMING_NOT_ALLOWED, reason };
}

function isDenied(accessRestriction: number, ratType: number): boolean {
  const bit = RESTRICTION_BIT.get(ratType);
  return bit !== undefined && (accessRestriction & (1 << bit)) !== 0;
}

/** A tenant that names no network of its own has none to roam away from. */
function mayRegister(
  allowed: NonNullable<ServedSubscriber["profile"]>["roaming"],
  { plmns }: TenantRecord,
  visited: Plmn,
): boolean {
  if (plmns.length === 0 || plmns.some((own) => samePlmn(own, visited))) return true;
  switch (allowed.allowed) {
    case "all":
      return true;
    case "none":
      return false;
    case "listed":
      return allowed.plmns.some((plmn) => samePlmn(plmn, visited));
  }
}
