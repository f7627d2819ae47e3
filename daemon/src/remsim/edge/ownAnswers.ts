import type { CloudAnswer } from "./cloudApi.ts";

const REFUSALS = {
  not_found: { code: "not-found", message: "no such endpoint" },
  too_large: { code: "payload-too-large", message: "the body is larger than 65536 bytes, or a log than 524288" },
  rate_limited: { code: "resource-exhausted", message: "more than 100 requests a minute" },
  cloud_away: { code: "unavailable", message: "the cloud does not answer, and this client is not known here" },
  failed: { code: "internal", message: "something went wrong on our side" },
} as const;

/** Compact JSON: the real client's reader takes no space after a colon. */
export function jsonAnswer(status: number, body: object, headers: Record<string, string> = {}): CloudAnswer {
  return { status, contentType: "application/json; charset=utf-8", headers, bytes: Buffer.from(JSON.stringify(body)) };
}

/** In the form that the cloud gives its own. `retryAfter`: seconds. */
export function refusal(status: number, reason: keyof typeof REFUSALS, retryAfter?: number): CloudAnswer {
  const body = { success: false, error: { ...REFUSALS[reason], reason } };
  return jsonAnswer(status, body, retryAfter === undefined ? {} : { "retry-after": String(retryAfter) });
}
