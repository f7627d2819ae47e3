export interface Issue {
  field: string;
  message: string;
}

/** What the server (or the contract, before anything was sent) has against a request. */
export class ApiError extends Error {
  readonly code: string;
  readonly issues: readonly Issue[];
  readonly reason: string | undefined;
  readonly requestId: string | undefined;

  constructor(
    code: string,
    message: string,
    more: { issues?: readonly Issue[]; reason?: string; requestId?: string } = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.issues = more.issues ?? [];
    this.reason = more.reason;
    this.requestId = more.requestId;
  }
}

/** Anything thrown, as something to show. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError("internal", error instanceof Error ? error.message : "Something went wrong.");
}
