/**
 * The closed set of failures an operation may answer, after Google's canonical codes (google.rpc.Code).
 * invalid-argument: the request is wrong whatever the state of the system; name the field.
 * unauthenticated: no credential, or one that doesn't hold. permission-denied: a known caller who may not.
 * not-found: absent, or another tenant's. already-exists: a create met its like. aborted: read again and retry.
 * failed-precondition: right request, wrong state. resource-exhausted: a quota or rate. unavailable: retry later.
 */
export type ErrorCode =
  | "invalid-argument"
  | "unauthenticated"
  | "permission-denied"
  | "not-found"
  | "already-exists"
  | "aborted"
  | "failed-precondition"
  | "resource-exhausted"
  | "payload-too-large"
  | "unavailable"
  | "internal";

export interface ErrorDetails {
  /** Dotted path of the offending field, as the caller spelled it. */
  field?: string;
  /** A machine's word for the cause within the code, e.g. `credential_revoked`; devices act on it. */
  reason?: string;
  /** Seconds after which a retry makes sense. */
  retryAfter?: number;
  cause?: unknown;
}

/** An expected failure: its message is shown to the caller. Anything else thrown is a bug and answered `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "AppError";
    this.code = code;
    this.field = details.field;
    this.reason = details.reason;
    this.retryAfter = details.retryAfter;
  }
}
