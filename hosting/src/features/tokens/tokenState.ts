import type { ApiKey, EnrolmentToken } from "@wisptools/core/documents/access";

export type KeyState = "active" | "used up" | "expired" | "revoked";

/** Whether an enrolment token or API key still opens anything, and why not. */
export function keyState(key: EnrolmentToken | ApiKey, now: number): KeyState {
  if (key.revokedAt) return "revoked";
  if (key.expiresAt && key.expiresAt.getTime() <= now) return "expired";
  if ("uses" in key && key.maxUses !== undefined && key.uses >= key.maxUses) return "used up";
  return "active";
}
