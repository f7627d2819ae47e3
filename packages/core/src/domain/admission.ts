import type { Claim, Epc } from "../documents/epc.ts";
import type { Tenant } from "../documents/tenant.ts";

/** An EPC silent for so long may be taken over by its hardware without its old credentials, ms. */
export const SILENCE_MS = 10 * 60_000;

export type Admission = { admitted: true } | { admitted: false; reason: string };

export interface AdmissionFacts {
  policy: Tenant["enrolmentPolicy"];
  /** A token that is known, unexpired and not revoked came with the request. */
  tokenHolds: boolean;
  /** An operator approved exactly this claim. */
  claim: Claim["state"] | undefined;
  /** The EPC this hardware already is. */
  existing: Epc | undefined;
  /** The request is signed with that EPC's own credentials. */
  signedByExisting: boolean;
  now: Date;
}

/** Whether a box enrols at once or waits for an operator, and why it waits. */
export function admission(facts: AdmissionFacts): Admission {
  if (facts.claim === "approved") return { admitted: true };
  const { existing } = facts;
  // Approved and enrolled, but the answer was lost: its credentials were never used, so it may collect them again.
  if (facts.claim === "enrolled" && existing?.credentials.current === undefined && !existing?.credentials.revokedAt) {
    return { admitted: true };
  }
  if (existing) {
    if (existing.state === "retired") return waits("this hardware was retired");
    if (existing.credentials.revokedAt) return waits("the credentials of this EPC were revoked");
    if (facts.signedByExisting) return { admitted: true };
    const lastSeen = existing.lastSeenAt;
    if (lastSeen && facts.now.getTime() - lastSeen.getTime() < SILENCE_MS) {
      return waits("this hardware is an EPC that reported within the last 10 minutes");
    }
  }
  switch (facts.policy) {
    case "open":
      return { admitted: true };
    case "approval":
      return waits("every box of this tenant waits for approval");
    case "token":
      return facts.tokenHolds ? { admitted: true } : waits("no enrolment token came with the request");
  }
}

function waits(reason: string): Admission {
  return { admitted: false, reason };
}
