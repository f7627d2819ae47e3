import { api, may, PERMISSIONS, type Permission, paths, ROLES } from "@wisptools/core";
import type { Person } from "@wisptools/store";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { call, type Reply, registration } from "./testing/client.ts";
import { idToken, makePerson, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let ownerToken: string;

beforeAll(async () => {
  world = await startWorld();
  theirs = await makeTenant(world.deps);
  await freshTenant();
});
afterAll(() => world.close());
beforeEach(() => {
  world.deps.clock.offsetMs = 0;
});

/** For tests that leave their tenant changed: a second try begins as the first did. */
async function freshTenant(): Promise<void> {
  ours = await makeTenant(world.deps);
  ownerToken = await idToken(ours.owner);
}

const as = (token: string) => ({ authorization: `Bearer ${token}` });
const send = (token: string, method: string, path: string, body?: unknown) =>
  call(world.url, method, path, body, as(token));
const tenantPath = (rest = "", id: string = ours.id) => `/api/tenants/${id}${rest}`;
const auditOf = async (action: string) =>
  (await world.deps.store.raw(paths.audits(ours.id))).filter((entry) => entry.action === action);

async function member(role: (typeof ROLES)[number]): Promise<{ person: Person; token: string }> {
  const person = await makePerson(world.deps, ours, role);
  return { person, token: await idToken(person) };
}

/** One valid request per endpoint of members: who may send it is PERMISSIONS, and nothing else. */
function requests(epcId: string): [string, Permission, () => [string, string, unknown?]][] {
  const q = `?tenant_id=${ours.id}`;
  const absent = "0".repeat(64);
  return [
    ["list EPCs", "epcs.read", () => ["GET", `/api/epc${q}`]],
    ["read an EPC", "epcs.read", () => ["GET", `/api/epc/${epcId}${q}`]],
    ["read a script", "epcs.read", () => ["GET", `/api/epc/${epcId}/scripts/1${q}`]],
    ["update an EPC", "epcs.update", () => ["PATCH", `/api/epc/${epcId}${q}`, { notes: "x" }]],
    ["diagnose", "commands.diagnose", () => ["POST", `/api/epc/${epcId}/commands${q}`, { type: "collect_logs" }]],
    ["reboot", "commands.operate", () => ["POST", `/api/epc/${epcId}/commands${q}`, { type: "reboot" }]],
    ["rotate", "credentials.rotate", () => ["POST", `/api/epc/${epcId}/rotate-credentials${q}`]],
    ["list claims", "claims.decide", () => ["GET", `/api/epc/claims${q}`]],
    ["rename the tenant", "tenant.update", () => ["PATCH", tenantPath(), { name: "Renamed" }]],
    ["invite", "members.manage", () => ["POST", tenantPath("/invitations"), { email: "x@y.test", role: "viewer" }]],
    ["make a token", "enrolmentTokens.manage", () => ["POST", tenantPath("/enrolment-tokens"), { label: "x" }]],
    ["revoke an absent token", "enrolmentTokens.manage", () => ["DELETE", tenantPath(`/enrolment-tokens/${absent}`)]],
    ["list webhooks", "webhooks.manage", () => ["GET", tenantPath("/webhooks")]],
    ["make a key", "apiKeys.manage", () => ["POST", tenantPath("/api-keys"), { label: "x", role: "viewer" }]],
  ];
}

describe("who may", () => {
  it("is the permission table, for each role and endpoint; other tenants, strangers and the signed-out get nothing", async () => {
    const enrolled = await call(
      world.url,
      "POST",
      "/api/epc/auto-register",
      registration({ tenant_id: ours.id, enrollment_token: ours.token }),
    );
    const people = await Promise.all(ROLES.map(member));
    const outsiders = await Promise.all([idToken(theirs.owner), makePerson(world.deps, undefined).then(idToken)]);
    for (const [name, permission, request] of requests(enrolled.body.epc_id)) {
      for (const [n, role] of ROLES.entries()) {
        const { status } = await send(people[n]?.token ?? "", ...request());
        expect(status === 403, `${role} ${name}: ${status}`).toBe(!may(role, permission));
      }
      for (const outsider of outsiders)
        expect((await send(outsider, ...request())).status, `outsider ${name}`).toBe(404);
      const [method, path, body] = request();
      expect((await call(world.url, method, path, body)).status).toBe(401);
      expect(
        (await call(world.url, method, path, body, { "x-api-key": theirs.apiKey })).status,
        `their key ${name}`,
      ).toBe(404);
      expect((await call(world.url, method, path, body, { "x-api-key": "wt_key_wrong" })).status).toBe(401);
    }
    const used = new Set(requests("").map(([, permission]) => permission));
    const others = Object.keys(PERMISSIONS).filter((name) =>
      /^(subscribers|plans|equipment|updates|remsim)\./.test(name),
    );
    const elsewhere = ["credentials.revoke", "epcs.retire", "audit.read", "commands.shell", ...others];
    expect([...used, ...elsewhere].sort()).toEqual(Object.keys(PERMISSIONS).sort());
  }, 60_000);

  it("is not decided by a header", async () => {
    const stranger = await idToken(await makePerson(world.deps, undefined));
    const reply = await call(world.url, "GET", "/api/epc", undefined, { ...as(stranger), "x-tenant-id": ours.id });
    expect([reply.status, reply.body.error.field]).toEqual([400, "tenant_id"]);
  });
});

describe("me", () => {
  it("makes the person's document and lists the tenants", async () => {
    const { body } = await send(ownerToken, "GET", "/api/me");
    expect(body.tenants).toMatchObject([{ tenant_id: ours.id, role: "owner" }]);
    const nobody = await makePerson(world.deps, undefined);
    expect((await send(await idToken(nobody), "GET", "/api/me")).body).toMatchObject({
      tenants: [],
      platform_admin: false,
    });
    expect((await world.deps.store.users.get(nobody.uid))?.data.email).toBe(nobody.email);
  });
  it("refuses a forged token", async () => {
    expect((await send("abc.def.ghi", "GET", "/api/me")).status).toBe(401);
  });
});

describe("tenants", () => {
  const newTenant = { tenant_id: "tenant_fresh", name: "Fresh", realm: "fresh.test", plmn: { mcc: "999", mnc: "70" } };

  it("are made by platform administrators alone, once", async () => {
    expect((await send(ownerToken, "POST", "/api/tenants", newTenant)).status).toBe(403);
    const admin = { ...(await makePerson(world.deps, undefined)), platformAdmin: true };
    await world.deps.store.people.put(admin, "secret-word");
    const token = await idToken(admin);
    const id = `tenant_${admin.uid.slice(1, 9)}`;
    expect((await send(token, "POST", "/api/tenants", { ...newTenant, tenant_id: id })).status).toBe(201);
    expect((await send(token, "POST", "/api/tenants", { ...newTenant, tenant_id: id })).body.error).toMatchObject({
      code: "already-exists",
      field: "tenant_id",
    });
    expect((await send(token, "POST", "/api/tenants", { ...newTenant, tenant_id: "Tenant X" })).body.error.field).toBe(
      "tenant_id",
    );
    expect((await send(token, "PATCH", tenantPath(), { name: "Mine now" })).status).toBe(404);
  });

  it.each<[string, object, string]>([
    ["a reserved range", { tac_ranges: [{ from: 9, to: 1 }] }, "tac_ranges.0.to"],
    ["no PLMN", { plmns: [] }, "plmns"],
    ["a malformed MCC", { plmns: [{ mcc: "1", mnc: "01" }] }, "plmns.0.mcc"],
    ["a UE pool that is no network", { apns: [{ name: "internet", uePool: "10.45" }] }, "apns.0.uePool"],
    ["an APN with shell in it", { apns: [{ name: "a;b", uePool: "10.45.0.0/16" }] }, "apns.0.name"],
    [
      "a source that is no URI",
      { core_source: { uri: "javascript:1", suite: "x", components: [] } },
      "core_source.uri",
    ],
    ["a stray field", { owner: "me" }, "owner"],
  ])("refuse %s", async (_, body, field) => {
    const reply = await send(ownerToken, "PATCH", tenantPath(), body);
    expect([reply.status, reply.body.error.field]).toEqual([400, field]);
  });

  it("let only an owner switch shell on", async () => {
    const admin = await member("admin");
    expect((await send(admin.token, "PATCH", tenantPath(), { allow_shell: true })).status).toBe(403);
    expect((await send(ownerToken, "PATCH", tenantPath(), { allow_shell: true })).status).toBe(200);
    expect((await world.deps.store.tenants.need("tenant", ours.id)).data.settings.allowShell).toBe(true);
  });
});

describe("invitations", () => {
  beforeEach(freshTenant);
  const invite = async (email: string, role = "engineer"): Promise<Reply> =>
    send(ownerToken, "POST", tenantPath("/invitations"), { email, role });
  const accept = (token: string, id: string, code: string) =>
    send(token, "POST", tenantPath(`/invitations/${id}/accept`), { code });

  it("make a member of the person with that address and the code, once", async () => {
    const guest = await makePerson(world.deps, undefined);
    const token = await idToken(guest);
    const { body } = await invite(guest.email.toUpperCase());
    expect((await accept(token, body.invitation_id, "wrong")).status).toBe(404);
    const other = await idToken(await makePerson(world.deps, undefined));
    expect((await accept(other, body.invitation_id, body.code)).status).toBe(404);
    expect((await accept(token, body.invitation_id, body.code)).body).toMatchObject({
      tenant_id: ours.id,
      role: "engineer",
    });
    expect((await accept(token, body.invitation_id, body.code)).status).toBe(412);
    expect((await send(token, "GET", `/api/epc?tenant_id=${ours.id}`)).status).toBe(200);
    expect(JSON.stringify(await world.deps.store.raw(paths.invitations(ours.id)))).not.toContain(body.code);
    expect(await auditOf("member.join")).toHaveLength(1);
  });

  it("expire and can be withdrawn", async () => {
    const guest = await makePerson(world.deps, undefined);
    const token = await idToken(guest);
    const late = (await invite(guest.email)).body;
    world.deps.clock.offsetMs = 15 * 24 * 3_600_000;
    expect((await accept(token, late.invitation_id, late.code)).status).toBe(412);
    world.deps.clock.offsetMs = 0;
    const gone = (await invite(guest.email)).body;
    expect((await send(ownerToken, "DELETE", tenantPath(`/invitations/${gone.invitation_id}`))).status).toBe(200);
    expect((await accept(token, gone.invitation_id, gone.code)).status).toBe(412);
  });

  it("give no role above the inviter's", async () => {
    const admin = await member("admin");
    const reply = await send(admin.token, "POST", tenantPath("/invitations"), { email: "x@y.test", role: "owner" });
    expect([reply.status, reply.body.error.field]).toEqual([403, "role"]);
  });
});

describe("members", () => {
  it("lose access at once when removed", async () => {
    const { person, token } = await member("engineer");
    expect((await send(token, "GET", `/api/epc?tenant_id=${ours.id}`)).status).toBe(200);
    expect((await send(ownerToken, "DELETE", tenantPath(`/members/${person.uid}`))).status).toBe(200);
    expect((await send(token, "GET", `/api/epc?tenant_id=${ours.id}`)).status).toBe(404);
    expect((await world.deps.store.users.get(person.uid))?.data.tenants).toEqual({});
  });

  it("change roles, but an admin neither makes nor unmakes owners, and the last owner stays", async () => {
    const { person } = await member("viewer");
    const admin = await member("admin");
    const role = (token: string, uid: string, to: string) =>
      send(token, "PATCH", tenantPath(`/members/${uid}`), { role: to });
    expect((await role(admin.token, person.uid, "engineer")).status).toBe(200);
    expect((await role(admin.token, person.uid, "owner")).status).toBe(403);
    expect((await role(admin.token, ours.owner.uid, "viewer")).status).toBe(403);
    const lonely = await makeTenant(world.deps);
    const lonelyToken = await idToken(lonely.owner);
    const leave = () => send(lonelyToken, "DELETE", tenantPath(`/members/${lonely.owner.uid}`, lonely.id));
    expect((await leave()).status).toBe(412);
    const second = await makePerson(world.deps, lonely, "owner");
    const both = await Promise.all([
      leave(),
      send(await idToken(second), "DELETE", tenantPath(`/members/${second.uid}`, lonely.id)),
    ]);
    expect(both.filter((reply) => reply.status === 200)).toHaveLength(1);
  });
});

describe("keys", () => {
  it("act with their role, are kept as hashes, and end when revoked", async () => {
    const made = (await send(ownerToken, "POST", tenantPath("/api-keys"), { label: "ci", role: "viewer" })).body;
    const list = () => call(world.url, "GET", "/api/epc", undefined, { "x-api-key": made.key });
    expect((await list()).status).toBe(200);
    expect(
      (await call(world.url, "POST", tenantPath("/enrolment-tokens"), { label: "x" }, { "x-api-key": made.key }))
        .status,
    ).toBe(403);
    expect(JSON.stringify(await world.deps.store.raw(paths.apiKeys(ours.id)))).not.toContain(made.key);
    expect((await send(ownerToken, "DELETE", tenantPath(`/api-keys/${made.id}`))).status).toBe(200);
    for (const seconds of [40, 59]) {
      world.deps.clock.offsetMs = seconds * 1000; // being used does not keep it alive
      await list();
    }
    world.deps.clock.offsetMs = 61_000;
    expect((await list()).status).toBe(401);
    world.deps.clock.offsetMs = 0;
    expect(
      (await send(ownerToken, "POST", tenantPath("/api-keys"), { label: "root", role: "owner" })).body.error.field,
    ).toBe("role");
  });
});

describe("EPCs in an operator's hands", () => {
  beforeEach(freshTenant);
  const enrol = async () =>
    (
      await call(
        world.url,
        "POST",
        "/api/epc/auto-register",
        registration({ tenant_id: ours.id, enrollment_token: ours.token }),
      )
    ).body;
  const patch = (id: string, body: unknown) => send(ownerToken, "PATCH", `/api/epc/${id}?tenant_id=${ours.id}`, body);

  it("get a new script version for network settings, and none for a name", async () => {
    const epc = await enrol();
    expect((await patch(epc.epc_id, { site_name: "Hill", tags: ["a", "a"] })).body).toMatchObject({
      config_version: 1,
      script_version: 1,
    });
    const changed = await patch(epc.epc_id, { settings: { nat: false, dns: ["9.9.9.9"] }, tac: 777 });
    expect(changed.body).toMatchObject({ config_version: 2, script_version: 2 });
    const script = (version: number) =>
      send(ownerToken, "GET", `/api/epc/${epc.epc_id}/scripts/${version}?tenant_id=${ours.id}`);
    expect((await script(2)).body).toContain("777");
    expect((await script(1)).body).not.toEqual((await script(2)).body);
    expect((await script(3)).status).toBe(404);
    const used = await world.deps.store.tacs.used(ours.id);
    expect([used.has(777), used.has(epc.network_config.tac)]).toEqual([true, false]);
  });

  it("take the tenant's changed defaults with a redeployment, which else makes no new version", async () => {
    const epc = await enrol();
    const redeploy = () =>
      send(ownerToken, "POST", `/api/epc/${epc.epc_id}/commands?tenant_id=${ours.id}`, { type: "redeploy" });
    const version = async () => (await world.deps.store.epcs.need("EPC", ours.id, epc.epc_id)).data.scriptVersion;
    expect([(await redeploy()).status, await version()]).toEqual([200, 1]);
    expect((await send(ownerToken, "PATCH", tenantPath(), { dns: ["9.9.9.10"] })).status).toBe(200);
    expect([(await redeploy()).status, await version()]).toEqual([200, 2]);
    const script = await send(ownerToken, "GET", `/api/epc/${epc.epc_id}/scripts/2?tenant_id=${ours.id}`);
    expect(script.body).toContain("9.9.9.10");
    expect([(await redeploy()).status, await version()]).toEqual([200, 2]);
  });

  it.each<[string, object, number, string]>([
    ["a TAC outside the pool", { tac: 60_000 }, 400, "tac"],
    ["a reserved TAC", { tac: 0xfffe }, 400, "tac"],
    ["a PLMN that is not the tenant's", { plmn: { mcc: "310", mnc: "410" } }, 400, "plmn"],
    ["an address that is none", { settings: { s1apAddress: "1.2.3" } }, 400, "settings.s1apAddress"],
    ["an empty name", { site_name: "" }, 400, "site_name"],
    ["a channel that nobody publishes to", { settings: { channel: "nightly" } }, 412, "settings.channel"],
  ])("refuse %s and change nothing", async (_, body, status, field) => {
    const epc = await enrol();
    const reply = await patch(epc.epc_id, { notes: "changed", ...body });
    expect([reply.status, reply.body.error.field]).toEqual([status, field]);
    expect((await world.deps.store.epcs.need("EPC", ours.id, epc.epc_id)).data.notes).toBe("");
  });

  it("refuse a TAC that another EPC holds", async () => {
    const [one, two] = await Promise.all([enrol(), enrol()]);
    expect((await patch(one.epc_id, { tac: two.network_config.tac })).body.error).toMatchObject({
      code: "already-exists",
      field: "tac",
    });
  });

  it("retire for good: credentials end, and the hardware returns only by approval", async () => {
    const epc = await enrol();
    const admin = await member("engineer");
    const retire = (token: string) => send(token, "POST", `/api/epc/${epc.epc_id}/retire?tenant_id=${ours.id}`);
    expect((await retire(admin.token)).status).toBe(403);
    expect((await retire(ownerToken)).status).toBe(200);
    expect((await retire(ownerToken)).status).toBe(412);
    expect((await patch(epc.epc_id, { notes: "x" })).status).toBe(412);
    expect(await auditOf("epc.retire")).toMatchObject([{ target: epc.epc_id, actor: ours.owner.uid }]);
  });

  it("list in pages, by state, and never another tenant's", async () => {
    const small = await makeTenant(world.deps);
    for (let n = 0; n < 3; n++) {
      await call(
        world.url,
        "POST",
        "/api/epc/auto-register",
        registration({ tenant_id: small.id, enrollment_token: small.token }),
      );
    }
    const page = (query: string) =>
      call(world.url, "GET", `/api/epc?page_size=2${query}`, undefined, { "x-api-key": small.apiKey });
    const first = (await page("")).body;
    expect(api.listEpcs.reply.safeParse(first).success).toBe(true);
    expect([first.epcs.length, (await page(`&page_token=${first.next_page_token}`)).body.epcs.length]).toEqual([2, 1]);
    expect((await page("&state=online")).body.epcs).toEqual([]);
    expect((await page("&state=asleep")).body.error.field).toBe("state");
    expect((await page("&page_token=a%2Fb")).body.error.field).toBe("page_token");
    expect(
      (await call(world.url, "GET", `/api/epc?tenant_id=${ours.id}`, undefined, { "x-api-key": small.apiKey })).status,
    ).toBe(404);
  });
});

it("answers an unknown path with JSON", async () => {
  expect((await call(world.url, "GET", "/api/epc/x/y/z")).body.error.code).toBe("not-found");
});
