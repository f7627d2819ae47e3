// Result-Codes that the codec and the peers themselves answer with (RFC 6733 7.1). All of them: dictionary/results.ts.

export const INVALID_HDR_BITS = 3008;
export const INVALID_AVP_BITS = 3009;
export const AVP_UNSUPPORTED = 5001;
export const INVALID_AVP_VALUE = 5004;
export const MISSING_AVP = 5005;
export const AVP_OCCURS_TOO_MANY_TIMES = 5009;
export const UNSUPPORTED_VERSION = 5011;
export const UNABLE_TO_COMPLY = 5012;
export const INVALID_AVP_LENGTH = 5014;
export const INVALID_MESSAGE_LENGTH = 5015;
