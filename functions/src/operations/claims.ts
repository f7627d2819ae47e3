import { AppError, type api, type Claim, ClaimId, paths } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { log } from "../logs.ts";
import { audit } from "./audit.ts";
import type { Registering } from "./registerBox.ts";
import { randomHex, sha256 } from "./secrets.ts";

/** Seconds between a waiting box's questions. */
const POLL_INTERVAL = 15;
/** A claim nobody decided, or a rejection, ends after this, ms. */
const CLAIM_LIFETIME_MS = 24 * 3_600_000;

/** One claim per box and tenant, however often it asks. */
export function claimIdOf(hardwareHash: string): ClaimId {
  return ClaimId.parse(`claim_${hardwareHash.slice(0, 24)}`);
}

/**
 * Keeps a box waiting: a first request, or one without the claim's secret, gets a new secret and code, so that an
 * approval given to another request is worth nothing to it; a repeated one only shows that the box is still there.
 */
export async function keepWaiting(deps: Deps, facts: Registering, reason: string): Promise<api.Waiting> {
  const id = claimIdOf(facts.hardwareHash);
  const now = deps.now();
  const write = deps.store.write();
  const path = paths.claim(facts.tenant.id, id);
  if (facts.claim?.data.state === "pending") {
    write.patch(path, { lastSeenAt: now, reason, expireAt: new Date(now.getTime() + CLAIM_LIFETIME_MS) });
    await write.commit();
    return waiting(id, facts.claimSecret ?? "", facts.claim.data.code);
  }
  const secret = randomHex(32);
  const code = codeOf(secret);
  const known = await deps.store.claims.get(facts.tenant.id, id);
  const claim = newClaim(facts, id, secret, reason, now);
  if (known)
    write.update(known, { ...claim, requests: known.data.requests + 1, decidedBy: undefined, decidedAt: undefined });
  else write.create(path, claim);
  await write.commit();
  log.boxWaiting({ tenantId: facts.tenant.id, claimId: id, reason });
  return waiting(id, secret, code);
}

/** Six letters and digits without look-alikes, derived from the secret: the console and the UI show the same. */
function codeOf(secret: string): string {
  const alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
  const bytes = Buffer.from(sha256(`code:${secret}`), "hex");
  return [...bytes.subarray(0, 6)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

function newClaim(facts: Registering, id: ClaimId, secret: string, reason: string, now: Date): Claim {
  return {
    schemaVersion: 1,
    id,
    tenantId: facts.tenant.id,
    state: "pending",
    reason,
    secretSha256: sha256(secret),
    code: codeOf(secret),
    hardware: facts.box.hardware,
    network: facts.box.network,
    os: facts.box.os,
    ...(facts.caller.address ? { address: facts.caller.address } : {}),
    ...(facts.existing ? { existingEpcId: facts.existing.data.id } : {}),
    siteName: facts.token?.data.site ?? facts.existing?.data.siteName ?? facts.box.siteName,
    requests: 1,
    firstSeenAt: now,
    lastSeenAt: now,
    expireAt: new Date(now.getTime() + CLAIM_LIFETIME_MS),
  };
}

function waiting(id: ClaimId, secret: string, code: string): api.Waiting {
  return {
    success: true,
    status: "pending",
    claim_id: id,
    claim_secret: secret,
    confirmation_code: code,
    poll_interval: POLL_INTERVAL,
    message: `waiting for an operator's approval; code ${code}. Repeat this request with claim_id and claim_secret`,
  };
}

/** Lets the box with this code in; it collects its credentials at its next poll. */
export async function approveClaim(
  deps: Deps,
  caller: MemberCaller,
  id: ClaimId,
  input: { code: string; site_name?: string | undefined },
): Promise<void> {
  await decide(deps, caller, id, "approved", (claim) => {
    if (input.code !== claim.code) {
      throw new AppError("failed-precondition", "code is not the one of the box that waits now; look again", {
        field: "code",
        reason: "claim_changed",
      });
    }
    return input.site_name ? { siteName: input.site_name } : {};
  });
}

export async function rejectClaim(deps: Deps, caller: MemberCaller, id: ClaimId): Promise<void> {
  await decide(deps, caller, id, "rejected", () => ({}));
}

async function decide(
  deps: Deps,
  caller: MemberCaller,
  id: ClaimId,
  state: "approved" | "rejected",
  check: (claim: Claim) => Partial<Claim>,
): Promise<void> {
  await untilUncontended(async () => {
    const stored = await deps.store.claims.need("claim", caller.tenantId, id);
    if (stored.data.state !== "pending") {
      throw new AppError("failed-precondition", `this box was already ${stored.data.state}`, {
        reason: "claim_decided",
      });
    }
    const now = deps.now();
    const changes = check(stored.data);
    const write = deps.store.write().update(stored, {
      ...changes,
      state,
      decidedBy: caller.actorName,
      decidedAt: now,
      expireAt: new Date(now.getTime() + CLAIM_LIFETIME_MS),
    });
    audit(deps, write, caller.tenantId, caller, {
      action: state === "approved" ? "claim.approve" : "claim.reject",
      target: id,
      summary: `${state} the box ${stored.data.hardware.identity} as ${changes.siteName ?? stored.data.siteName}`,
    });
    await write.commit();
  });
}
