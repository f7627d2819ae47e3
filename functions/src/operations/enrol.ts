import {
  AppError,
  type api,
  diameterIdentity,
  type Epc,
  EpcId,
  freeTacs,
  newEpc,
  nextMark,
  paths,
  type Script,
  type Tenant,
} from "@wisptools/core";
import { type EpcCertificate, increment, type Stored, union, type Write } from "@wisptools/store";
import type { Deps } from "../deps.ts";
import { log } from "../logs.ts";
import { audit } from "./audit.ts";
import { buildScript } from "./buildScript.ts";
import { replayed } from "./deviceWrite.ts";
import { admitPeers, identitiesOf } from "./diameterPeers.ts";
import { event } from "./event.ts";
import { badToken } from "./findEnrolmentTenant.ts";
import { type IssuedCredentials, issueCredentials, PENDING_CREDENTIALS } from "./issueCredentials.ts";
import type { Registering } from "./registerBox.ts";
import { randomHex } from "./secrets.ts";

/** Free codes looked at: parallel boxes pick different ones of these, so few of them collide. */
const TAC_CHOICES = 32;

/** First enrolment: hardware, TAC, token use, EPC, credentials, Diameter peers and script 1 come to be in one write, or none does. */
export async function enrolNew(deps: Deps, facts: Registering): Promise<api.Registered> {
  const { tenant } = facts;
  const plmn = tenant.plmns[0];
  if (!plmn) throw new AppError("failed-precondition", "the tenant has no PLMN; set one before boxes enrol");
  const write = deps.store.write();
  const id = EpcId.parse(`epc_${randomHex(8)}`);
  const tac = await freeTac(deps, tenant);
  const issued = await issueCredentials(deps, write, { tenantId: tenant.id, id }, 1);
  const certificate = await certify(deps, facts, id);
  const now = deps.now();
  const epc = newEpc(
    tenant,
    facts.box,
    {
      id,
      tac,
      plmn,
      siteName: facts.claim?.data.siteName ?? facts.token?.data.site ?? facts.box.siteName,
      credentialId: issued.id,
      enrolment: enrolmentOf(facts, now),
      location: facts.caller.location,
    },
    now,
  );
  write.create(paths.hardware(facts.hardwareHash), {
    schemaVersion: 1,
    tenantId: tenant.id,
    epcId: id,
    createdAt: now,
  });
  write.create(paths.tac(tenant.id, tac), { schemaVersion: 1, epcId: id });
  write.create(paths.epc(tenant.id, id), epc);
  admitPeers(write, tenant, epc, [], certificate?.sha256);
  spendToken(deps, write, facts);
  finish(deps, write, facts, epc, "enrolled");
  const script = await buildScript(deps, write, tenant, epc, { version: 1, reason: "enrolment", createdBy: "system" });
  await write.commit();
  log.epcEnrolled({ tenantId: tenant.id, epcId: id, existing: false });
  return replyOf(tenant, epc, { ...issued, certificate }, script, false);
}

/**
 * Known hardware: the same EPC with fresh credentials beside the old, which end when the new are first used. Added
 * without insisting on the document as read, so that a box asking many times at once gets every answer; unless what lets
 * its MME and SMF in changes too, which no revocation may be overtaken by.
 */
export async function enrolExisting(deps: Deps, facts: Registering, stored: Stored<Epc>): Promise<api.Registered> {
  const { tenant } = facts;
  const epc = stored.data;
  const write = deps.store.write();
  const issued = await issueCredentials(deps, write, epc, epc.credentials.generation);
  const certificate = await certify(deps, facts, epc.id);
  const peers = await deps.store.diameterPeers.ofEpc(epc.id);
  const now = deps.now();
  const { hardware, network, os } = facts.box;
  const described = {
    hardware,
    network,
    os,
    enrolment: enrolmentOf(facts, now),
    updatedAt: now,
    ...markOf(facts, epc),
  };
  const returns = epc.state === "retired" || epc.credentials.revokedAt !== undefined;
  const admitted = admitPeers(write, tenant, { ...described, id: epc.id }, peers, certificate?.sha256);
  if (returns || admitted || described.replayMark || epc.credentials.pending.length >= PENDING_CREDENTIALS) {
    const { current, generation } = epc.credentials;
    const kept = returns ? {} : { ...(current ? { current } : {}) };
    const waiting = returns || described.replayMark ? [] : epc.credentials.pending.slice(1 - PENDING_CREDENTIALS);
    write.update(stored, {
      ...described,
      credentials: { ...kept, pending: [...waiting, issued.id], generation, issuedAt: now },
      ...(epc.state === "retired" ? { state: "enrolled" as const, stateSince: now } : {}),
    });
  } else {
    write.patch(stored.path, { ...described, "credentials.pending": union(issued.id), "credentials.issuedAt": now });
  }
  finish(deps, write, facts, epc, "enrolled again");
  const script = await deps.store.scripts.get(tenant.id, epc.id, epc.scriptVersion);
  if (!script) throw new Error(`${stored.path} has no script ${epc.scriptVersion}`);
  await write.commit();
  log.epcEnrolled({ tenantId: tenant.id, epcId: epc.id, existing: true });
  return replyOf(tenant, epc, { ...issued, certificate }, script.data, true);
}

/** The certificate that the box asked for, if it did. */
async function certify(deps: Deps, facts: Registering, id: EpcId): Promise<EpcCertificate | undefined> {
  const { tenant, certificateRequest } = facts;
  if (!certificateRequest) return undefined;
  const identities = identitiesOf(tenant, { id });
  return deps.store.certificateAuthorities.certifyEpc(tenant.id, certificateRequest, identities, deps.now());
}

/** A signed registration is a signed write: it moves the replay mark, or is refused as a replay. */
function markOf({ caller }: Registering, epc: Epc): Partial<Pick<Epc, "replayMark">> {
  if (caller.device?.epcId !== epc.id) return {};
  const replayMark = nextMark(epc.replayMark, caller.device.timestamp, caller.device.nonce);
  if (!replayMark) throw replayed();
  return { replayMark };
}

async function freeTac(deps: Deps, tenant: Tenant): Promise<number> {
  const used = await deps.store.tacs.used(tenant.id);
  if (used.size >= tenant.limits.epcs) {
    throw new AppError("failed-precondition", `the tenant's limit of ${tenant.limits.epcs} EPCs is reached`, {
      reason: "epc_limit",
    });
  }
  const free = freeTacs(tenant.tacRanges, used, TAC_CHOICES);
  const tac = free[Math.floor(Math.random() * free.length)];
  if (tac === undefined) {
    throw new AppError("resource-exhausted", "the tenant's TAC pool is used up; widen its ranges", {
      reason: "tac_pool_empty",
      retryAfter: 300,
    });
  }
  return tac;
}

/** Counts the use of the token; a limited one is insisted on as read, so that no race spends it twice. */
function spendToken(deps: Deps, write: Write, facts: Registering): void {
  const { token } = facts;
  if (!token || facts.claim?.data.state === "approved") return;
  const { uses, maxUses } = token.data;
  if (maxUses === undefined) {
    write.patch(token.path, { uses: increment(1), lastUsedAt: deps.now() });
    return;
  }
  if (uses >= maxUses) throw badToken("token_exhausted", `was used ${uses} times, as often as it may be`);
  write.update(token, { uses: uses + 1, lastUsedAt: deps.now() });
}

function enrolmentOf(facts: Registering, now: Date): Epc["enrolment"] {
  return {
    at: now,
    ...(facts.token ? { tokenId: facts.token.data.id } : {}),
    ...(facts.claim ? { claimId: facts.claim.data.id } : {}),
    ...(facts.caller.address ? { address: facts.caller.address } : {}),
  };
}

/** Event, audit entry and the end of the claim. */
function finish(deps: Deps, write: Write, facts: Registering, epc: Epc, words: string): void {
  if (facts.claim) write.update(facts.claim, { state: "enrolled" });
  event(deps, write, epc, {
    type: "enrolment",
    message: `${facts.box.hardware.hostname ?? "The box"} ${words}`,
    id: randomHex(4),
  });
  audit(
    deps,
    write,
    epc.tenantId,
    { actor: `epc:${epc.id}`, actorName: epc.siteName },
    {
      action: "epc.enrol",
      target: epc.id,
      summary: `${facts.box.hardware.identity} ${words}${facts.caller.address ? ` from ${facts.caller.address}` : ""}`,
    },
  );
}

function replyOf(
  tenant: Tenant,
  epc: Epc,
  issued: IssuedCredentials & { certificate: EpcCertificate | undefined },
  script: Script,
  existing: boolean,
): api.Registered {
  const dns = epc.settings.dns ?? tenant.dns;
  return {
    success: true,
    existing,
    epc_id: epc.id,
    tenant_id: tenant.id,
    auth_code: issued.authCode,
    api_key: issued.apiKey,
    secret_key: issued.secretKey,
    site_name: epc.siteName,
    network_config: {
      mcc: epc.plmn.mcc,
      mnc: epc.plmn.mnc,
      tac: epc.tac,
      apn: (epc.settings.apns ?? tenant.apns)[0]?.name ?? "internet",
      dns_primary: dns[0] ?? "",
      dns_secondary: dns[1] ?? dns[0] ?? "",
    },
    deployment_script_url: `/api/epc/${epc.id}/deployment-script`,
    deployment_script_sha256: script.sha256,
    signing_key: tenant.signingKey.publicKey,
    diameter: {
      identity: diameterIdentity("mme", epc.id, tenant.diameter.realm),
      realm: tenant.diameter.realm,
      hss_identity: tenant.diameter.hssIdentity,
      hss_host: tenant.diameter.hssHost,
      hss_port: tenant.diameter.hssPort,
      certificate_pem: issued.certificate?.certificatePem ?? null,
      ca_pem: issued.certificate?.caPem ?? null,
    },
    message: existing ? "known hardware: fresh credentials issued" : "enrolled",
  };
}
