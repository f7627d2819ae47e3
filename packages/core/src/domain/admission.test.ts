import { describe, expect, it } from "vitest";
import type { Epc } from "../documents/epc.ts";
import { type AdmissionFacts, admission } from "./admission.ts";

const now = new Date("2026-03-01T12:00:00Z");
const stranger: AdmissionFacts = {
  policy: "token",
  tokenHolds: false,
  claim: undefined,
  existing: undefined,
  signedByExisting: false,
  now,
};

function epc(fields: Partial<Epc>): Epc {
  return { state: "online", credentials: { pending: [], generation: 1, issuedAt: now }, ...fields } as Epc;
}
const recent = epc({ lastSeenAt: new Date(now.getTime() - 60_000) });
const silent = epc({ lastSeenAt: new Date(now.getTime() - 601_000) });

describe("admission", () => {
  it.each<[string, Partial<AdmissionFacts>, boolean]>([
    ["token policy: a valid token enrols", { tokenHolds: true }, true],
    ["token policy: no token waits", {}, false],
    ["approval policy: even a token waits", { policy: "approval", tokenHolds: true }, false],
    ["open policy: anyone enrols", { policy: "open" }, true],
    ["an approved claim enrols whatever the policy", { policy: "approval", claim: "approved" }, true],
    ["a pending claim does not", { claim: "pending" }, false],
    ["a known box that still reports waits, token or not", { tokenHolds: true, existing: recent }, false],
    ["a known box that still reports waits under the open policy too", { policy: "open", existing: recent }, false],
    ["a known box silent for 10 minutes enrols with a token", { tokenHolds: true, existing: silent }, true],
    ["a known box silent for 10 minutes waits without one", { existing: silent }, false],
    ["a known box that never reported enrols with a token", { tokenHolds: true, existing: epc({}) }, true],
    ["its own signature enrols at once", { existing: recent, signedByExisting: true }, true],
    [
      "its own signature enrols under the approval policy",
      { policy: "approval", existing: recent, signedByExisting: true },
      true,
    ],
    [
      "a retired box waits, whatever it brings",
      { tokenHolds: true, existing: epc({ state: "retired" }), signedByExisting: true },
      false,
    ],
    [
      "a revoked box waits, whatever it brings",
      {
        tokenHolds: true,
        existing: epc({ credentials: { pending: [], generation: 2, issuedAt: now, revokedAt: now } }),
      },
      false,
    ],
    [
      "an enrolled claim whose credentials were never used collects them again",
      { claim: "enrolled", existing: epc({}) },
      true,
    ],
    [
      "an enrolled claim whose credentials are in use does not",
      {
        claim: "enrolled",
        existing: epc({ credentials: { current: "x", pending: [], generation: 1, issuedAt: now } }),
      },
      false,
    ],
    [
      "an enrolled claim whose credentials were revoked does not",
      {
        claim: "enrolled",
        existing: epc({ credentials: { pending: [], generation: 2, issuedAt: now, revokedAt: now } }),
      },
      false,
    ],
    ["a retired box returns by approval", { claim: "approved", existing: epc({ state: "retired" }) }, true],
  ])("%s", (_, facts, admitted) => {
    expect(admission({ ...stranger, ...facts }).admitted).toBe(admitted);
  });
});
