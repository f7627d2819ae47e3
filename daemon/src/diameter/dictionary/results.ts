// Result-Codes (RFC 6733 7.1) and 3GPP's Experimental-Result-Codes, as data.
import { THREEGPP } from "./define.ts";

/** RFC 6733 7.1. */
export const RESULT = {
  MULTI_ROUND_AUTH: 1001,
  SUCCESS: 2001,
  LIMITED_SUCCESS: 2002,
  COMMAND_UNSUPPORTED: 3001,
  UNABLE_TO_DELIVER: 3002,
  REALM_NOT_SERVED: 3003,
  TOO_BUSY: 3004,
  LOOP_DETECTED: 3005,
  REDIRECT_INDICATION: 3006,
  APPLICATION_UNSUPPORTED: 3007,
  INVALID_HDR_BITS: 3008,
  INVALID_AVP_BITS: 3009,
  UNKNOWN_PEER: 3010,
  AUTHENTICATION_REJECTED: 4001,
  OUT_OF_SPACE: 4002,
  ELECTION_LOST: 4003,
  AVP_UNSUPPORTED: 5001,
  UNKNOWN_SESSION_ID: 5002,
  AUTHORIZATION_REJECTED: 5003,
  INVALID_AVP_VALUE: 5004,
  MISSING_AVP: 5005,
  RESOURCES_EXCEEDED: 5006,
  CONTRADICTING_AVPS: 5007,
  AVP_NOT_ALLOWED: 5008,
  AVP_OCCURS_TOO_MANY_TIMES: 5009,
  NO_COMMON_APPLICATION: 5010,
  UNSUPPORTED_VERSION: 5011,
  UNABLE_TO_COMPLY: 5012,
  INVALID_BIT_IN_HEADER: 5013,
  INVALID_AVP_LENGTH: 5014,
  INVALID_MESSAGE_LENGTH: 5015,
  INVALID_AVP_BIT_COMBO: 5016,
  NO_COMMON_SECURITY: 5017,
} as const;

/** TS 29.272 7.4.3 and 7.4.4 (S6a, S13), TS 29.212 5.5.3 and 5.5.4 (Gx). To be sent in Experimental-Result, vendor 10415. */
export const EXPERIMENTAL = {
  USER_UNKNOWN: 5001,
  ROAMING_NOT_ALLOWED: 5004,
  UNKNOWN_EPS_SUBSCRIPTION: 5420,
  RAT_NOT_ALLOWED: 5421,
  EQUIPMENT_UNKNOWN: 5422,
  UNKNOWN_SERVING_NODE: 5423,
  AUTHENTICATION_DATA_UNAVAILABLE: 4181,
  CAMEL_SUBSCRIPTION_PRESENT: 4182,
  INITIAL_PARAMETERS: 5140,
  TRIGGER_EVENT: 5141,
  PCC_RULE_EVENT: 5142,
  BEARER_NOT_AUTHORIZED: 5143,
  TRAFFIC_MAPPING_INFO_REJECTED: 5144,
  QOS_RULE_EVENT: 5145,
  CONFLICTING_REQUEST: 5147,
  ADC_RULE_EVENT: 5148,
  NBIFOM_NOT_AUTHORIZED: 5149,
  PCC_BEARER_EVENT: 4141,
  AN_GW_FAILED: 4143,
  PENDING_TRANSACTION: 4144,
} as const;

const base = new Set<number>(Object.values(RESULT));
const experimental = new Set<number>(Object.values(EXPERIMENTAL));

/**
 * Whether a code belongs into Experimental-Result. 3GPP's numbers overlap the base ones (5001, 5004), so the vendor and
 * our table decide: a base code that 3GPP does not define for these applications goes into Result-Code.
 */
export function isExperimental(vendorId: number, code: number): boolean {
  if (vendorId === 0) return false;
  return vendorId !== THREEGPP || experimental.has(code) || !base.has(code);
}

/** RFC 6733 7.1.3: protocol errors are told hop by hop, with the E-bit. */
export function isProtocolError(resultCode: number): boolean {
  return resultCode >= 3000 && resultCode < 4000;
}
