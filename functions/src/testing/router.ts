// Remote-SIM routers for tests of their life: clients that hold a card without having gone through registration, and what their add-ons send.
import { randomUUID } from "node:crypto";
import { type ClientKey, paths, RemsimClient } from "@wisptools/core";
import type { Deps } from "../deps.ts";
import { clientKeyOf } from "../operations/remsim/clientIdentity.ts";
import { call, type Reply } from "./client.ts";
import type { Login } from "./simBanks.ts";
import type { TestTenant } from "./world.ts";

/** The document of a client that registered just now and holds a card of bank 3. */
export function clientOf(
  deps: Deps,
  tenant: TestTenant,
  login: Login,
  clientId: string,
  fields: Partial<RemsimClient> = {},
): RemsimClient {
  const now = deps.now();
  const slot = { bankId: 3, slotId: 17 };
  return RemsimClient.parse({
    schemaVersion: 1,
    key: clientKeyOf(login.id, clientId),
    tenantId: tenant.id,
    clientId,
    credentialId: login.id,
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
export function routerCall(url: string, login: Login, what: string, body: object): Promise<Reply> {
  return call(url, "POST", `/api/backend/v1/remsim/${what}`, body, login.headers);
}
