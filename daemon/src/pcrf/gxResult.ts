// Results of Gx that are not an answer to the protocol but to the request.
import { THREEGPP } from "../diameter/dictionary/define.ts";
import { EXPERIMENTAL, RESULT } from "../diameter/dictionary/results.ts";
import type { Answer } from "../diameter/peer/answer.ts";

/** DIAMETER_USER_UNKNOWN (RFC 4006 9.1): a Result-Code. */
export const USER_UNKNOWN = 5030;

/** Why no session is given, or must not go on. */
export type Refusal =
  | "unknown-user"
  | "cross-tenant"
  | "tenant-closed"
  | "no-profile"
  | "suspended"
  | "terminated"
  | "apn"
  | "quota";

/** The answer's result, and what the operator reads. */
export function refusalResult(refusal: Refusal): Pick<Answer, "resultCode" | "experimentalResult"> {
  switch (refusal) {
    case "unknown-user":
    case "cross-tenant": // to whom it is not said whether the subscriber exists, as on S6a
      return { resultCode: USER_UNKNOWN };
    case "no-profile":
      // TS 29.212 5.5.3: subscriber information that the decision needs is not available.
      return { experimentalResult: { vendorId: THREEGPP, code: EXPERIMENTAL.INITIAL_PARAMETERS } };
    case "tenant-closed":
    case "suspended":
    case "terminated":
    case "apn":
    case "quota":
      // RFC 6733 7.1.5: the user may not have the service that is asked for.
      return { resultCode: RESULT.AUTHORIZATION_REJECTED };
  }
}

export function refusalWords(refusal: Refusal, apn: string): string {
  switch (refusal) {
    case "unknown-user":
      return "no such subscriber";
    case "cross-tenant":
      return "asked for by an EPC of another tenant";
    case "tenant-closed":
      return "the tenant is not active";
    case "no-profile":
      return "its plan or its APNs cannot be found";
    case "suspended":
      return "the subscriber is suspended";
    case "terminated":
      return "the subscriber is terminated";
    case "apn":
      return `APN ${apn} is none of the subscriber's`;
    case "quota":
      return "the quota is used up";
  }
}
