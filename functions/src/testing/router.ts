// Remote-SIM routers for tests: their login, and clients that hold a card without having gone through registration.
import { randomBytes, randomUUID } from "node:crypto";
import { type ClientKey, paths, RemsimClient, RemsimCredential } from "@wisptools/core";
import type { Deps } from "../deps.ts";
import { clientKeyOf } from "../operations/remsim/clientIdentity.ts";
import { sha256 } from "../operations/secrets.ts";
import { call, type Reply } from "./client.ts";
import type { TestTenant } from "./world.ts";

export interface RouterLogin {
  credentialId: string;
  headers: { authorization: string };
}

/** A login of a tenant's routers. */
export async function makeLogin(deps: Deps, tenant: TestTenant): Promise<RouterLogin> {
  const login = `r${randomBytes(6).toString("hex")}`;
  const pair = `${login}:${randomBytes(16).toString("hex")}`;
  const credentialId = sha256(pair);
  const document = RemsimCredential.parse({
    schemaVersion: 1,
    id: credentialId,
    tenantId: tenant.id,
    login,
    label: "Test",
    region: null,
    lastUsedAt: deps.now(),
    createdAt: deps.now(),
    createdBy: "Owner",
  });
  await deps.store.write().create(paths.remsimCredential(tenant.id, credentialId), document).commit();
  return { credentialId, headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
}

/** The document of a client that registered just now and holds a card of bank 3. */
export function clientOf(
  deps: Deps,
  tenant: TestTenant,
  login: RouterLogin,
  clientId: string,
  fields: Partial<RemsimClient> = {},
): RemsimClient {
  const now = deps.now();
  const slot = { bankId: 3, slotId: 17 };
  return RemsimClient.parse({
    schemaVersion: 1,
    key: clientKeyOf(login.credentialId, clientId),
    tenantId: tenant.id,
    clientId,
    credentialId: login.credentialId,
    credentialName: "test (Test)",
    mode: "ONE_TO_ONE_SWSIM",
    mccMnc: "",
    region: null,
    profileId: randomUUID(),
    state: "registered",
    assignment: {
      slot,
      client: slot,
      serverId: "main",
      endpoint: "10.0.0.5:9998",
      iccid: "8901260000000000017",
      imsi: "310410000000017",
      mccMnc: "310410",
      carrier: "Example",
      poolId: null,
      policyId: null,
      remap: true,
      since: now,
    },
    lastSlot: null,
    registeredAt: now,
    registrations: 1,
    address: "127.0.0.1",
    heartbeatAt: null,
    instanceId: null,
    clashAt: null,
    server: null,
    leaseUntil: new Date(now.getTime() + 300_000),
    status: "",
    samples: [],
    modem: {},
    pendingCommands: [],
    configuration: { wanted: 0, applied: 0 },
    createdAt: now,
    updatedAt: now,
    ...fields,
  });
}

/** Writes that document. */
export async function putClient(...[deps, tenant, ...more]: Parameters<typeof clientOf>): Promise<ClientKey> {
  const document = clientOf(deps, tenant, ...more);
  await deps.store.write().put(paths.remsimClient(tenant.id, document.key), document).commit();
  return document.key;
}

/** What a router's add-on posts. */
export function routerCall(url: string, login: RouterLogin, what: string, body: object): Promise<Reply> {
  return call(url, "POST", `/api/backend/v1/remsim/${what}`, body, login.headers);
}
