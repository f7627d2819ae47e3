import {
  AppError,
  admission,
  type api,
  type BoxDescription,
  type Claim,
  describeBox,
  type EnrolmentToken,
  type Epc,
  hardwareIdentity,
  type Tenant,
} from "@wisptools/core";
import { type CertificateRequest, readCertificateRequest, type Stored, untilUncontended } from "@wisptools/store";
import type { EnrolmentCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { claimIdOf, keepWaiting } from "./claims.ts";
import { enrolExisting, enrolNew } from "./enrol.ts";
import { findEnrolmentTenant } from "./findEnrolmentTenant.ts";
import { matches, sha256 } from "./secrets.ts";

/** Everything the decision about one registration rests on, read before anything is written. */
export interface Registering {
  tenant: Tenant;
  token: Stored<EnrolmentToken> | undefined;
  box: BoxDescription;
  hardwareHash: string;
  claim: Stored<Claim> | undefined;
  /** As the box sent it. */
  claimSecret: string | undefined;
  existing: Stored<Epc> | undefined;
  /** What it wants certified for Diameter. */
  certificateRequest: CertificateRequest | undefined;
  caller: EnrolmentCaller;
}

export type Registration =
  | { outcome: "enrolled" | "re-enrolled"; reply: api.Registered }
  | { outcome: "waiting"; reply: api.Waiting };

/**
 * A box asks to become an EPC: enrols at once, or waits for an operator. Safe to repeat: the same hardware keeps its
 * epc_id, and whatever was read is read again when another request came between.
 */
export async function registerBox(deps: Deps, caller: EnrolmentCaller, input: api.Registration): Promise<Registration> {
  const identity = identityOf(input);
  return untilUncontended(async () => {
    const facts = await gather(deps, caller, input, identity);
    if (facts.claim?.data.state === "rejected") {
      throw new AppError("permission-denied", "an operator rejected this box", { reason: "claim_rejected" });
    }
    const verdict = admission({
      policy: facts.tenant.enrolmentPolicy,
      tokenHolds: facts.token !== undefined,
      claim: facts.claim?.data.state,
      existing: facts.existing?.data,
      signedByExisting: caller.device !== undefined && caller.device.epcId === facts.existing?.data.id,
      now: deps.now(),
    });
    if (!verdict.admitted) return { outcome: "waiting", reply: await keepWaiting(deps, facts, verdict.reason) };
    return facts.existing
      ? { outcome: "re-enrolled", reply: await enrolExisting(deps, facts, facts.existing) }
      : { outcome: "enrolled", reply: await enrolNew(deps, facts) };
  });
}

function identityOf(input: api.Registration): string {
  const macs = (input.hardware?.nics ?? []).flatMap((nic) => nic.mac ?? []);
  const identity = hardwareIdentity({ ...input, macs });
  if (!identity) {
    throw new AppError(
      "invalid-argument",
      "hardware_id, serial_number or mac_address must identify the box; placeholders do not",
      {
        field: "hardware_id",
      },
    );
  }
  return identity;
}

async function gather(
  deps: Deps,
  caller: EnrolmentCaller,
  input: api.Registration,
  identity: string,
): Promise<Registering> {
  const { tenant, token } = await findEnrolmentTenant(deps, {
    tenantId: input.tenant_id ?? caller.tenantHeader,
    token: input.enrollment_token ?? caller.tokenHeader,
  });
  const hardwareHash = sha256(identity);
  const [hardware, claim] = await Promise.all([
    deps.store.hardware.get(hardwareHash),
    deps.store.claims.get(tenant.id, claimIdOf(hardwareHash)),
  ]);
  if (hardware && hardware.data.tenantId !== tenant.id) {
    throw new AppError("failed-precondition", "this hardware is already registered; ask support to release it", {
      field: "hardware_id",
      reason: "hardware_taken",
    });
  }
  const existing = hardware ? await deps.store.epcs.get(tenant.id, hardware.data.epcId) : undefined;
  const mine = claim && holdsClaim(claim.data, input, deps.now()) ? claim : undefined;
  const certificateRequest = input.csr === undefined ? undefined : await readCertificateRequest(input.csr);
  return {
    tenant,
    token,
    box: describeBox(input, identity),
    hardwareHash,
    claim: mine,
    claimSecret: input.claim_secret,
    existing,
    certificateRequest,
    caller,
  };
}

/** A claim counts for the box that holds its secret; a rejection counts for its hardware until it expires. */
function holdsClaim(claim: Claim, input: api.Registration, now: Date): boolean {
  if (claim.expireAt <= now) return false;
  if (claim.state === "rejected") return true;
  return (
    input.claim_id === claim.id && input.claim_secret !== undefined && matches(input.claim_secret, claim.secretSha256)
  );
}
