import { Imsi, paths, type Role } from "@wisptools/core";
import { openSubscriberKeys } from "@wisptools/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, type Reply } from "./testing/client.ts";
import { idToken, makePerson, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const KEYS = { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" };
const OTHER = { k: "0396eb317b6d1c36f19c1c84cd6ffd16", op: "ff53bade17df5d4e793073ce9d7579fa" };

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let serial = 0;
/** A network of this test file's own, so that other files' IMSIs never meet ours. */
const NETWORK = { mcc: "901", mnc: String(Math.floor(Math.random() * 900) + 100) };
const newImsi = () => Imsi.parse(NETWORK.mcc + NETWORK.mnc + String(++serial).padStart(9, "0"));

beforeAll(async () => {
  world = await startWorld();
  const plmns = { plmns: [NETWORK] };
  [ours, theirs] = await Promise.all([makeTenant(world.deps, plmns), makeTenant(world.deps, plmns)]);
});
afterAll(() => world.close());

const as = (tenant: TestTenant) => ({ "x-api-key": tenant.apiKey });
const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = as(ours)) =>
  call(world.url, method, `/api/hss${path}`, body, headers);
const create = (fields: object = {}, headers?: Record<string, string>) =>
  send("POST", "/subscribers", { imsi: newImsi(), keys: KEYS, ...fields }, headers);
const at = (imsi: string) => `/subscribers/${imsi}`;
const said = ({ status, body }: Reply) => [status, body.error?.code, body.error?.field];
const profileOf = (imsi: string) => world.deps.store.rawDocument(paths.hssProfile(ours.id, imsi));
async function made(fields: object = {}): Promise<string> {
  const reply = await create(fields);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body.subscriber.imsi;
}
async function opened(imsi: string) {
  const kek = await world.deps.store.subscriberKeys.keyEncryptionKey(ours.id);
  const keys = Buffer.from(String((await profileOf(imsi))?.keys), "base64");
  const { k, operator, kind } = openSubscriberKeys(kek as Buffer, ours.id, imsi, keys);
  return { k: k.toString("hex"), operator: operator.toString("hex"), kind };
}

describe("creating", () => {
  it("makes the subscriber, its claim on the IMSI, its mirrored profile and the audit entry", async () => {
    const imsi = newImsi();
    const fields = { imsi, msisdn: "+49 170 1234567", label: "Roof", static_addresses: { internet: "10.45.1.1" } };
    const reply = await create({ ...fields, imei: "490154203237518" });
    expect([reply.status, reply.headers.get("etag")]).toEqual([201, '"1"']);
    expect(reply.body.subscriber).toMatchObject({
      imsi,
      revision: 1,
      msisdn: "491701234567",
      status: "active",
      plan_id: "default",
      apn_ids: ["internet"],
      static_addresses: { internet: "10.45.1.1" },
      algorithm: "milenage",
      amf: "8000",
      live: null,
    });
    expect((await send("GET", at(imsi))).body.subscriber).toEqual(reply.body.subscriber);
    const profile = (await world.deps.store.hssProfiles.get(ours.id, imsi))?.data;
    expect(profile).toMatchObject({ planId: "default", deleted: false, sqnOffset: 0, imei: "490154203237518" });
    expect(Math.abs((profile?.updatedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await opened(imsi)).toEqual({ k: KEYS.k, operator: KEYS.opc, kind: "opc" });
    expect((await world.deps.store.imsis.get(imsi))?.data.tenantId).toBe(ours.id);
    const entries = await world.deps.store.raw(paths.audits(ours.id));
    expect(entries.filter((entry) => entry.target === imsi)).toMatchObject([{ action: "subscriber.create" }]);
  });

  it.each([
    ["an IMSI of no network of the tenant", { imsi: "310410000000001" }, "imsi"],
    ["an IMSI of too few digits", { imsi: "90155" }, "imsi"],
    ["keys of the other algorithm", { algorithm: "tuak" }, "keys.opc"],
    ["no operator's value", { keys: { k: KEYS.k } }, "keys.opc"],
    ["two operator's values", { keys: { ...KEYS, op: KEYS.opc } }, "keys.opc"],
    ["a short key", { keys: { ...KEYS, k: "465b" } }, "keys.k"],
    ["a 256-bit key for milenage", { keys: { ...KEYS, k: KEYS.k + KEYS.k } }, "keys.k"],
    ["no keys", { keys: undefined }, "keys"],
    ["an unknown plan", { plan_id: "absent" }, "plan_id"],
    ["an unknown group", { group_id: "absent" }, "group_id"],
    ["an unknown APN", { apn_ids: ["internet", "absent"] }, "apn_ids"],
    ["an APN twice", { apn_ids: ["internet", "internet"] }, "apn_ids"],
    ["an address in an APN it lacks", { static_addresses: { ims: "10.0.0.1" } }, "static_addresses.ims"],
    ["an address no device has", { static_addresses: { internet: "224.0.0.1" } }, "static_addresses.internet"],
    ["a wrong check digit", { imei: "490154203237519" }, "imei"],
    ["a terminated one", { status: "terminated" }, "status"],
    ["an unknown field", { ki: KEYS.k }, "ki"],
  ])("refuses %s, naming the field", async (_, fields, field) => {
    const imsi = newImsi();
    expect(said(await create({ imsi, ...fields }))).toEqual([400, "invalid-argument", field]);
    expect(await world.deps.store.imsis.get(imsi)).toBeUndefined();
  });

  it("takes TUAK keys, and OP as well as OPc", async () => {
    const tuak = await made({ algorithm: "tuak", keys: { k: KEYS.k + OTHER.k, topc: KEYS.opc + OTHER.op } });
    expect(await opened(tuak)).toEqual({ k: KEYS.k + OTHER.k, operator: KEYS.opc + OTHER.op, kind: "topc" });
    expect(await opened(await made({ keys: OTHER }))).toMatchObject({ kind: "op", operator: OTHER.op });
  });

  it("gives an IMSI to one tenant, and tells the other nothing but that", async () => {
    const imsi = newImsi();
    const replies = await Promise.all([create({ imsi }), create({ imsi }, as(theirs))]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    const winner = replies[0]?.status === 201 ? ours : theirs;
    const loser = winner === ours ? theirs : ours;
    expect((await world.deps.store.imsis.get(imsi))?.data.tenantId).toBe(winner.id);
    expect(await world.deps.store.subscribers.get(loser.id, imsi)).toBeUndefined();
    expect(await world.deps.store.hssProfiles.get(loser.id, imsi)).toBeUndefined();
    const refused = await create({ imsi }, as(loser));
    expect(said(refused)).toEqual([409, "already-exists", "imsi"]);
    expect(JSON.stringify(refused.body)).not.toContain(winner.id);
    expect(said(await create({ imsi }, as(winner)))).toEqual([409, "already-exists", "imsi"]);
  });

  it("makes the key of a tenant from before there were subscribers, once", async () => {
    const old = await makeTenant(world.deps, { plmns: [NETWORK] });
    await world.deps.store.write().delete(paths.secret(old.id, "subscriberKeys")).commit();
    const replies = await Promise.all(Array.from({ length: 4 }, () => create({}, as(old))));
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const kek = await world.deps.store.subscriberKeys.keyEncryptionKey(old.id);
    for (const { body } of replies) {
      const { imsi } = body.subscriber;
      const profile = await world.deps.store.hssProfiles.get(old.id, imsi);
      const keys = Buffer.from(profile?.data.keys ?? "", "base64");
      expect(openSubscriberKeys(kek as Buffer, old.id, imsi, keys).k.toString("hex")).toBe(KEYS.k);
    }
  });
});

describe("changing", () => {
  it("changes what is given, takes away what is null, and tells the mirror", async () => {
    const imsi = await made({ msisdn: "4912345", label: "x" });
    const before = await world.deps.store.hssProfiles.get(ours.id, Imsi.parse(imsi));
    const reply = await send("PATCH", at(imsi), { msisdn: null, label: "y", status: "suspended" });
    expect([reply.status, reply.headers.get("etag")]).toEqual([200, '"2"']);
    expect(reply.body.subscriber).toMatchObject({ msisdn: null, label: "y", status: "suspended", plan_id: "default" });
    expect((await send("GET", at(imsi))).body.subscriber).toEqual(reply.body.subscriber);
    const after = await world.deps.store.hssProfiles.get(ours.id, Imsi.parse(imsi));
    expect(after?.data).toMatchObject({ label: "y", status: "suspended", keys: before?.data.keys });
    expect(after?.data.msisdn).toBeUndefined();
    expect(after?.data.updatedAt.getTime()).toBeGreaterThan(before?.data.updatedAt.getTime() ?? Infinity);
  });

  it("replaces keys, and leaves the mirror's sequence number offset alone", async () => {
    const imsi = await made();
    await world.deps.store.write().patch(paths.hssProfile(ours.id, imsi), { sqnOffset: 77 }).commit();
    const reply = await send("PATCH", at(imsi), { keys: OTHER });
    expect(reply.status).toBe(200);
    expect(await opened(imsi)).toEqual({ k: OTHER.k, operator: OTHER.op, kind: "op" });
    expect((await profileOf(imsi))?.sqnOffset).toBe(77);
  });

  it("refuses a stale revision, as header or in the body", async () => {
    const imsi = await made();
    expect((await send("PATCH", at(imsi), { label: "a" }, { ...as(ours), "if-match": '"1"' })).status).toBe(200);
    const stale = await send("PATCH", at(imsi), { label: "b" }, { ...as(ours), "if-match": '"1"' });
    expect([...said(stale), stale.body.error.reason]).toEqual([409, "aborted", "revision", "stale_revision"]);
    expect(said(await send("PATCH", at(imsi), { label: "b", revision: 1 }))).toEqual([409, "aborted", "revision"]);
    expect((await send("PATCH", at(imsi), { label: "b", revision: 2 })).body.subscriber.revision).toBe(3);
    const both = await send("PATCH", at(imsi), { label: "c", revision: 2 }, { ...as(ours), "if-match": '"3"' });
    expect(said(both)).toEqual([400, "invalid-argument", "revision"]);
    const odd = await send("PATCH", at(imsi), {}, { ...as(ours), "if-match": "3" });
    expect(said(odd)).toEqual([400, "invalid-argument", "If-Match"]);
  });

  it("lets one of many who saw the same revision win, and loses no change without a revision", async () => {
    const imsi = await made();
    const racing = await Promise.all(
      Array.from({ length: 5 }, (_, n) => send("PATCH", at(imsi), { label: `v${n}`, revision: 1 })),
    );
    expect(racing.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    await Promise.all([
      send("PATCH", at(imsi), { msisdn: "4911111" }),
      send("PATCH", at(imsi), { imei: "490154203237518" }),
    ]);
    const { body } = await send("GET", at(imsi));
    expect(body.subscriber).toMatchObject({ revision: 4, msisdn: "4911111", imei: "490154203237518" });
  });

  it("writes nothing when nothing changes", async () => {
    const imsi = await made({ label: "same" });
    const { writes } = world.deps.store.meter;
    expect((await send("PATCH", at(imsi), { label: "same" })).body.subscriber.revision).toBe(1);
    expect(world.deps.store.meter.writes).toBe(writes);
  });

  it("never brings a terminated one back, but frees its IMSI when it is deleted", async () => {
    const imsi = await made();
    expect((await send("PATCH", at(imsi), { status: "terminated" })).status).toBe(200);
    for (const fields of [{ status: "active" }, { label: "x" }]) {
      expect(said(await send("PATCH", at(imsi), fields))).toEqual([412, "failed-precondition", undefined]);
    }
    expect((await send("DELETE", at(imsi))).status).toBe(200);
    expect((await create({ imsi })).status).toBe(201);
  });

  it.each([
    ["another algorithm without its keys", { algorithm: "tuak" }, "keys"],
    ["taking away the only plan", { plan_id: null }, "plan_id"],
    ["taking away the only APNs", { apn_ids: null }, "apn_ids"],
    ["an unknown plan", { plan_id: "absent" }, "plan_id"],
    ["half a key", { keys: { k: KEYS.k } }, "keys.opc"],
  ])("refuses %s, naming the field", async (_, fields, field) => {
    const imsi = await made();
    expect(said(await send("PATCH", at(imsi), fields))).toEqual([400, "invalid-argument", field]);
  });
});

describe("deleting", () => {
  it("leaves a tombstone without keys or personal data for the daemons, and frees the IMSI for anyone", async () => {
    const imsi = await made({ msisdn: "4912345", label: "x", imei: "490154203237518" });
    const seen = paths.equipmentSighting(ours.id, imsi, "490154203237518");
    const now = new Date();
    const sighting = {
      schemaVersion: 1,
      imei: "490154203237518",
      tenantId: ours.id,
      firstSeenAt: now,
      lastSeenAt: now,
    };
    await world.deps.store.write().put(seen, sighting).commit();
    expect(said(await send("DELETE", at(imsi), undefined, { ...as(ours), "if-match": '"9"' }))[0]).toBe(409);
    expect((await send("DELETE", at(imsi))).status).toBe(200);
    expect(said(await send("GET", at(imsi)))).toEqual([404, "not-found", undefined]);
    expect(said(await send("DELETE", at(imsi)))).toEqual([404, "not-found", undefined]);
    const tombstone = await world.deps.store.hssProfiles.get(ours.id, Imsi.parse(imsi));
    expect(tombstone?.data).toMatchObject({ deleted: true, keys: "", label: "" });
    expect(tombstone?.data.msisdn ?? tombstone?.data.imei).toBeUndefined();
    expect((tombstone?.data.expireAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(29 * 24 * 3_600_000);
    expect(await world.deps.store.rawDocument(seen)).toBeUndefined();
    expect((await create({ imsi }, as(theirs))).status).toBe(201);
    expect((await send("DELETE", at(imsi), undefined, as(theirs))).status).toBe(200);
    expect((await create({ imsi })).status).toBe(201);
    expect(await profileOf(imsi)).toMatchObject({ deleted: false });
    expect((await profileOf(imsi))?.expireAt).toBeUndefined();
  });
});

describe("listing", () => {
  it("pages in IMSI order, filters, and finds by the beginning of IMSI and of MSISDN", async () => {
    const tenant = await makeTenant(world.deps, { plmns: [NETWORK] });
    const list = async (query: string) => (await send("GET", `/subscribers?${query}`, undefined, as(tenant))).body;
    const imsis = Array.from({ length: 5 }, newImsi);
    for (const [n, imsi] of imsis.entries()) {
      const status = n === 4 ? "suspended" : "active";
      await create({ imsi, msisdn: n < 3 ? `901${n}000` : "777000", status }, as(tenant));
    }
    const first = await list("page_size=3");
    const second = await list(`page_size=3&page_token=${first.next_page_token}`);
    expect([...first.subscribers, ...second.subscribers].map((one: { imsi: string }) => one.imsi)).toEqual(imsis);
    expect(second.next_page_token).toBeNull();
    const found = async (query: string) => (await list(query)).subscribers.map((one: { imsi: string }) => one.imsi);
    expect(await found("status=suspended")).toEqual([imsis[4]]);
    expect(await found("status=active&plan_id=default&page_size=2")).toEqual(imsis.slice(0, 2));
    expect(await found("plan_id=absent")).toEqual([]);
    expect(await found(`search=${imsis[1]}`)).toEqual([imsis[1]]);
    expect(await found("search=7770")).toEqual(imsis.slice(3));
    expect(await found("search=%2B9011")).toEqual([imsis[1]]);
    expect(await found("search=777&status=suspended")).toEqual([imsis[4]]);
    expect(await found(`search=${NETWORK.mcc}`)).toEqual(imsis); // those of the MSISDNs are there already
    const seen: string[] = [];
    for (let token = ""; ; ) {
      const page = await list(`search=777&page_size=1${token}`);
      seen.push(...page.subscribers.map((one: { imsi: string }) => one.imsi));
      if (!page.next_page_token) break;
      token = `&page_token=${page.next_page_token}`;
    }
    expect(seen).toEqual(imsis.slice(3));
    expect(said(await send("GET", "/subscribers?search=abc"))).toEqual([400, "invalid-argument", "search"]);
  });
});

describe("acting", () => {
  it("leaves a command for the daemons and says so in the audit", async () => {
    const imsi = await made();
    const reply = await send("POST", `${at(imsi)}/actions`, { action: "cancel-location" });
    expect(reply.status).toBe(200);
    const command = await world.deps.store.hssCommands.get(ours.id, reply.body.command_id);
    expect(command?.data).toMatchObject({ imsi, action: "cancel-location", state: "pending" });
    expect(said(await send("POST", `${at(imsi)}/actions`, { action: "explode" }))).toEqual([
      400,
      "invalid-argument",
      "action",
    ]);
    expect((await send("POST", `${at(newImsi())}/actions`, { action: "purge" })).status).toBe(404);
  });
});

describe("who may", () => {
  it("is asked of the tenant's roles; another tenant finds nothing", async () => {
    const imsi = await made();
    const acts: [string, string, unknown, Role][] = [
      ["GET", "/subscribers", undefined, "viewer"],
      ["GET", at(imsi), undefined, "viewer"],
      ["GET", "/catalogue", undefined, "viewer"],
      ["GET", "/stats", undefined, "viewer"],
      ["GET", "/mme-connections", undefined, "viewer"],
      ["POST", `${at(imsi)}/actions`, { action: "reread" }, "installer"],
      ["PATCH", at(imsi), { label: "x" }, "engineer"],
      ["PUT", "/plans/absent", { revision: 1 }, "engineer"],
      ["POST", "/eir", { subject: { kind: "imei", imei: "490154203237518" }, list: "grey" }, "engineer"],
      ["PATCH", "/settings", {}, "admin"],
    ];
    const roles: Role[] = ["viewer", "installer", "engineer", "admin"];
    const tokens = await Promise.all(roles.map(async (role) => idToken(await makePerson(world.deps, ours, role))));
    const q = `?tenant_id=${ours.id}`;
    for (const [method, path, body, least] of acts) {
      for (const [n, role] of roles.entries()) {
        const reply = await send(method, path + q, body, { authorization: `Bearer ${tokens[n]}` });
        expect(reply.status === 403, `${role} ${method} ${path}: ${reply.status}`).toBe(n < roles.indexOf(least));
      }
      expect((await send(method, path + q, body, as(theirs))).status).toBe(404);
      expect((await send(method, path, body, {})).status).toBe(401);
    }
    for (const [method, path, body] of acts.filter(([, path]) => path.startsWith(at(imsi)))) {
      expect((await send(method, path, body, as(theirs))).status, `${method} ${path}`).toBe(404);
    }
    expect((await send("DELETE", at(imsi), undefined, as(theirs))).status).toBe(404);
    const listed = (await send("GET", "/subscribers", undefined, as(theirs))).body.subscribers;
    expect(listed.filter((one: { imsi: string }) => one.imsi === imsi)).toEqual([]);
  });
});
