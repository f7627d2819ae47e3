// What the tests of this package stand on: the real apps in this process, on the running emulators, each test file in
// tenants of its own.
import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { paths, type Role, type Tenant, TenantId } from "@wisptools/core";
import type { Person } from "@wisptools/store";
import { agentPackageFolder } from "../../../scripts/release/agentPackage.ts";
import { apps } from "../apps.ts";
import type { MemberCaller } from "../caller.ts";
import { dependencies } from "../config.ts";
import type { Deps } from "../deps.ts";
import { createApiKey, createEnrolmentToken } from "../operations/accessKeys.ts";
import { addMember, createTenant } from "../operations/createTenant.ts";

export interface World {
  url: string;
  deps: Deps & { clock: { offsetMs: number } };
  close(): Promise<void>;
}

/** All apps in one plain process behind one port. `clock.offsetMs` moves the time they see. */
export async function startWorld(): Promise<World> {
  const clock = { offsetMs: 0 };
  const real = dependencies(join(import.meta.dirname, "../../../scripts/device"), agentPackageFolder());
  const deps = { ...real, now: () => new Date(Date.now() + clock.offsetMs), clock };
  const epc = apps.autoRegister(deps);
  const metrics = apps.metricsSubmit(deps);
  const tenants = apps.tenantAdmin(deps);
  const byPath = {
    "/api/epc-updates": apps.epcUpdates(deps),
    "/api/epc": epc,
    "/api/metrics": metrics,
    "/api/hss": apps.hssProxy(deps),
    "/api/backend/v1": apps.remsimRegister(deps),
    "/apt": apps.aptRepository(deps),
  };
  const server = createServer((request, response) => {
    const room = Object.entries(byPath).find(([path]) => request.url?.startsWith(path))?.[1];
    (room ?? tenants)(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, deps, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

export interface TestTenant {
  id: TenantId;
  tenant: Tenant;
  owner: Person;
  token: string;
  apiKey: string;
  caller: MemberCaller;
}

/** A fresh tenant with an owner, an unlimited enrolment token and an admin's API key. */
export async function makeTenant(deps: Deps, changes: Partial<Tenant> = {}): Promise<TestTenant> {
  const id = TenantId.parse(`tenant_t${randomBytes(6).toString("hex")}`);
  const owner: Person = {
    uid: `u${randomUUID()}`,
    email: `${id}@owner.test`,
    displayName: "Owner",
    emailVerified: true,
    platformAdmin: false,
  };
  await deps.store.people.put(owner, "secret-word");
  const tenant = await createTenant(
    deps,
    { person: owner, requestId: "test" },
    { tenant_id: id, name: id, realm: `${id.replaceAll("_", "-")}.test`, plmn: { mcc: "001", mnc: "01" } },
  );
  if (Object.keys(changes).length > 0) await deps.store.write().patch(paths.tenant(id), changes).commit();
  const caller: MemberCaller = { tenantId: id, role: "owner", actor: owner.uid, actorName: "Owner", requestId: "test" };
  const token = await createEnrolmentToken(deps, caller, { label: "test" });
  const apiKey = await createApiKey(deps, caller, { label: "test", role: "admin" });
  return { id, tenant: { ...tenant, ...changes }, owner, token: token.secret, apiKey: apiKey.secret, caller };
}

/** A signed-up person with a role in a tenant, or in none. */
export async function makePerson(deps: Deps, tenant: TestTenant | undefined, role: Role = "viewer"): Promise<Person> {
  const uid = `u${randomUUID()}`;
  const one: Person = {
    uid,
    email: `${uid}@person.test`,
    displayName: role,
    emailVerified: true,
    platformAdmin: false,
  };
  await deps.store.people.put(one, "secret-word");
  if (tenant) {
    const write = deps.store.write();
    addMember(deps, write, tenant.tenant, one, role, "test");
    await write.commit();
  }
  return one;
}

/** An ID token of the Auth emulator. */
export async function idToken(person: Person): Promise<string> {
  const host = process.env.FIREBASE_AUTH_EMULATOR_HOST;
  const response = await fetch(`http://${host}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: person.email, password: "secret-word", returnSecureToken: true }),
  });
  return ((await response.json()) as { idToken: string }).idToken;
}
