import { api } from "@wisptools/core";
import type { Router } from "express";
import type { DeviceCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { approveClaim, rejectClaim } from "../../operations/claims.ts";
import { cancelCommand, issueCommand } from "../../operations/commands.ts";
import { retireEpc, revokeCredentials } from "../../operations/endEpc.ts";
import { listClaims } from "../../operations/listClaims.ts";
import { ownEpc } from "../../operations/ownEpc.ts";
import { readScript, readScriptSignature } from "../../operations/readScript.ts";
import { registerBox } from "../../operations/registerBox.ts";
import { renewCertificate } from "../../operations/renewCertificate.ts";
import { renewCredentials } from "../../operations/renewCredentials.ts";
import { reportProgress } from "../../operations/reportProgress.ts";
import { updateEpc } from "../../operations/updateEpc.ts";
import { listEpcs, readEpc } from "../../operations/viewEpcs.ts";
import { Answer, bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const STATUS = { enrolled: 201, "re-enrolled": 200, waiting: 202 } as const;
const ok = { success: true } as const;

/** /api/epc/**: enrolment, deployment scripts, EPCs and their commands. */
export function epcRoutes(router: Router, gate: Gate, deps: Deps): void {
  deviceRoutes(router, gate, deps);
  claimRoutes(router, gate, deps);
  operatorRoutes(router, gate, deps);
}

function deviceRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.autoRegister, async (caller, { body }) => {
    const { outcome, reply } = await registerBox(deps, caller, body);
    return new Answer(STATUS[outcome], reply);
  });
  bind(router, gate, api.deploymentScript, async (caller, { params, query }) => {
    const version = versionFor(ownEpc(caller, params.epc_id), query.version);
    const { script, text } = await readScript(deps, caller.tenantId, caller.epcId, version);
    return new Answer(200, text, {
      "Content-Type": "text/x-shellscript; charset=utf-8",
      ETag: `"${script.sha256}"`,
      "X-Script-SHA256": script.sha256,
      "X-Script-Version": String(version),
    });
  });
  bind(router, gate, api.deploymentScriptSignature, async (caller, { params, query }) => {
    const version = versionFor(ownEpc(caller, params.epc_id), query.version);
    const signature = await readScriptSignature(deps, caller.tenantId, caller.epcId, version);
    return new Answer(200, signature, {
      "Content-Type": "application/pgp-signature",
      "X-Script-Version": String(version),
    });
  });
  bind(router, gate, api.progress, async (caller, { params, body }) => {
    await reportProgress(deps, ownEpc(caller, params.epc_id), body);
    return ok;
  });
  bind(router, gate, api.renewCredentials, async (caller, { params }) => {
    const issued = await renewCredentials(deps, ownEpc(caller, params.epc_id));
    return { ...ok, auth_code: issued.authCode, api_key: issued.apiKey, secret_key: issued.secretKey };
  });
  bind(router, gate, api.renewCertificate, async (caller, { params, body }) => {
    const issued = await renewCertificate(deps, ownEpc(caller, params.epc_id), body.csr);
    const { certificatePem, caPem, expiresAt } = issued;
    return { ...ok, certificate_pem: certificatePem, ca_pem: caPem, expires_at: expiresAt.toISOString() };
  });
}

function versionFor(caller: DeviceCaller, asked: number | undefined): number {
  return asked ?? caller.epc.data.scriptVersion;
}

function claimRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listClaims, async (caller, { query }) => {
    const page = await listClaims(deps, caller, query);
    return { ...ok, claims: page.claims, next_page_token: page.next ?? null };
  });
  bind(router, gate, api.approveClaim, async (caller, { params, body }) => {
    await approveClaim(deps, caller, params.claim_id, body);
    return ok;
  });
  bind(router, gate, api.rejectClaim, async (caller, { params }) => {
    await rejectClaim(deps, caller, params.claim_id);
    return ok;
  });
}

function operatorRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listEpcs, async (caller, { query }) => {
    const { epcs, next } = await listEpcs(deps, caller, query);
    return { ...ok, epcs, next_page_token: next ?? null };
  });
  bind(router, gate, api.readEpc, async (caller, { params }) => ({
    ...ok,
    epc: await readEpc(deps, caller, params.epc_id),
  }));
  bind(router, gate, api.updateEpc, async (caller, { params, body }) => {
    const epc = await updateEpc(deps, caller, params.epc_id, body);
    return { ...ok, config_version: epc.configVersion, script_version: epc.scriptVersion };
  });
  bind(router, gate, api.retireEpc, async (caller, { params }) => {
    await retireEpc(deps, caller, params.epc_id);
    return ok;
  });
  bind(router, gate, api.revokeCredentials, async (caller, { params }) => {
    await revokeCredentials(deps, caller, params.epc_id);
    return ok;
  });
  bind(router, gate, api.rotateCredentials, async (caller, { params }) => {
    const command = await issueCommand(deps, caller, params.epc_id, { type: "rotate_credentials" });
    return { ...ok, command_id: command.id };
  });
  bind(router, gate, api.readScript, async (caller, { params }) => {
    const { text } = await readScript(deps, caller.tenantId, params.epc_id, params.version);
    return new Answer(200, text, { "Content-Type": "text/plain; charset=utf-8" });
  });
  bind(router, gate, api.issueCommand, async (caller, { params, body }) => {
    const command = await issueCommand(deps, caller, params.epc_id, body);
    return { ...ok, command_id: command.id, state: command.state, expires_at: command.expiresAt.toISOString() };
  });
  bind(router, gate, api.cancelCommand, async (caller, { params }) => {
    await cancelCommand(deps, caller, params.epc_id, params.command_id);
    return ok;
  });
}
