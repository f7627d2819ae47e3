import { api, paths } from "@wisptools/core";
import { serverTime } from "@wisptools/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, type Reply } from "./testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const KEYS = { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" };
const ARP = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
const PLAN = { name: "Plan", description: "", rates: { downlink: 10e6, uplink: 5e6 }, qci: 9, arp: ARP, rules: [] };
const GROUP = { name: "Group", description: "" };
const APN = { apn: "voice", pdnType: "ipv4" };
const DAY_MS = 24 * 3_600_000;

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let serial = 0;
const NETWORK = { mcc: "903", mnc: String(Math.floor(Math.random() * 900) + 100) };
const newImsi = () => NETWORK.mcc + NETWORK.mnc + String(++serial).padStart(9, "0");
const newId = (kind: string) => `${kind}-${++serial}`;

beforeAll(async () => {
  world = await startWorld();
  const plmns = { plmns: [NETWORK] };
  [ours, theirs] = await Promise.all([makeTenant(world.deps, plmns), makeTenant(world.deps, plmns)]);
});
afterAll(() => world.close());

const send = (method: string, path: string, body?: unknown, tenant = ours, headers: Record<string, string> = {}) =>
  call(world.url, method, `/api/hss${path}`, body, { "x-api-key": tenant.apiKey, ...headers });
const said = ({ status, body }: Reply) => [status, body.error?.code, body.error?.field];
const create = (fields: object) => send("POST", "/subscribers", { imsi: newImsi(), keys: KEYS, ...fields });
const catalogue = async (tenant = ours) => (await send("GET", "/catalogue", undefined, tenant)).body;

describe("a new tenant", () => {
  it("has a plan and an APN profile to begin with", async () => {
    const fresh = await makeTenant(world.deps);
    const body = await catalogue(fresh);
    expect(api.readCatalogue.reply.parse(body)).toMatchObject({
      plans: [{ id: "default", rates: { downlink: 50_000_000, uplink: 10_000_000 }, qci: 9, revision: 1 }],
      groups: [],
      apns: [{ id: "internet", apn: "internet", pdnType: "ipv4", revision: 1 }],
    });
  });
});

describe.each([
  ["plans", "plan", PLAN],
  ["groups", "group", GROUP],
  ["apns", "apnProfile", APN],
] as const)("%s", (name, path, settings) => {
  const at = (id: string) => `/${name}/${id}`;
  const document = (id: string) => world.deps.store.rawDocument(paths[path](ours.id, id));
  const listed = async (id: string) => (await catalogue())[name].find((one: { id: string }) => one.id === id);

  it("are created, replaced whole by their revision, deleted to a tombstone and made anew", async () => {
    const id = newId(path.toLowerCase());
    const extra = name === "apns" ? { qci: 5 } : name === "groups" ? { deniedRats: ["utran"] } : { quota: quota() };
    expect((await send("PUT", at(id), { ...settings, ...extra })).body).toEqual({ success: true, id, revision: 1 });
    expect(await listed(id)).toEqual({ ...settings, ...extra, id, revision: 1 });
    expect(said(await send("PUT", at(id), settings))).toEqual([409, "already-exists", "id"]);
    const before = await document(id);
    expect((await send("PUT", at(id), { ...settings, revision: 1 })).body.revision).toBe(2);
    expect(await listed(id)).toEqual({ ...settings, id, revision: 2 }); // what the new settings lack is gone
    const after = await document(id);
    expect(after?.updatedAt.toMillis()).toBeGreaterThan(before?.updatedAt.toMillis());
    expect(after?.createdAt).toEqual(before?.createdAt);
    const stale = await send("PUT", at(id), { ...settings, revision: 1 });
    expect([...said(stale), stale.body.error.reason]).toEqual([409, "aborted", "revision", "stale_revision"]);
    expect((await send("PUT", at(id), settings, ours, { "if-match": '"2"' })).body.revision).toBe(3);

    expect((await send("DELETE", at(id))).status).toBe(200);
    expect(await listed(id)).toBeUndefined();
    const tombstone = await document(id);
    expect(tombstone).toMatchObject({ deleted: true, revision: 3 });
    expect(tombstone?.updatedAt.toMillis()).toBeGreaterThan(after?.updatedAt.toMillis());
    expect(tombstone?.expireAt.toMillis()).toBeGreaterThan(Date.now() + 29 * DAY_MS);
    expect((await send("DELETE", at(id))).status).toBe(404);
    expect((await send("PUT", at(id), { ...settings, revision: 3 })).status).toBe(404);
    expect((await send("PUT", at(id), settings)).body.revision).toBe(4);
    expect((await document(id))?.expireAt).toBeUndefined();
  });

  it("are each tenant's own", async () => {
    const id = newId(path.toLowerCase());
    expect((await send("PUT", at(id), settings)).status).toBe(200);
    expect((await send("DELETE", at(id), undefined, theirs)).status).toBe(404);
    expect((await send("PUT", at(id), { ...settings, revision: 1 }, theirs)).status).toBe(404);
    const alike = { ...settings, ...(name === "apns" ? { apn: "theirs" } : { name: "theirs" }) };
    expect((await send("PUT", at(id), alike, theirs)).status).toBe(200);
    expect(await listed(id)).toEqual({ ...settings, id, revision: 1 });
  });

  it("let one of many who saw the same revision win", async () => {
    const id = newId(path.toLowerCase());
    const firsts = await Promise.all(Array.from({ length: 4 }, () => send("PUT", at(id), settings)));
    expect(firsts.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const seconds = await Promise.all(
      Array.from({ length: 4 }, () => send("PUT", at(id), { ...settings, revision: 1 })),
    );
    expect(seconds.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });
});

function quota() {
  return { period: "month", octets: 1_000_000_000 };
}

describe("what is used", () => {
  it("is not deleted, and the message says what uses it", async () => {
    const [plan, group, apn] = [newId("plan"), newId("group"), newId("apn")];
    await send("PUT", `/plans/${plan}`, PLAN);
    await send("PUT", `/apns/${apn}`, APN);
    await send("PUT", `/groups/${group}`, { ...GROUP, planId: plan, apnIds: [apn] });
    for (const path of [`/plans/${plan}`, `/apns/${apn}`]) {
      const reply = await send("DELETE", path);
      expect([reply.status, reply.body.error.message]).toEqual([412, expect.stringContaining(`group ${group} uses`)]);
    }
    const { imsi } = (await create({ group_id: group })).body.subscriber;
    const inUse = await send("DELETE", `/groups/${group}`);
    expect([inUse.status, inUse.body.error.message]).toEqual([412, expect.stringContaining(`subscriber ${imsi} uses`)]);
    const taken = await send("PUT", `/groups/${group}`, { ...GROUP, apnIds: [apn], revision: 1 });
    expect(said(taken)).toEqual([412, "failed-precondition", "planId"]);
    await send("PATCH", `/subscribers/${imsi}`, { group_id: null, plan_id: plan, apn_ids: [apn] });
    expect((await send("DELETE", `/groups/${group}`)).status).toBe(200);
    for (const path of [`/plans/${plan}`, `/apns/${apn}`]) {
      const reply = await send("DELETE", path);
      expect([reply.status, reply.body.error.message]).toEqual([
        412,
        expect.stringContaining(`subscriber ${imsi} uses`),
      ]);
    }
    await send("DELETE", `/subscribers/${imsi}`);
    for (const path of [`/plans/${plan}`, `/apns/${apn}`]) expect((await send("DELETE", path)).status).toBe(200);
    expect(said(await create({ plan_id: plan }))).toEqual([400, "invalid-argument", "plan_id"]);
  });

  it("decides what a subscriber inherits", async () => {
    const [group, voice] = [newId("group"), newId("apn")];
    await send("PUT", `/apns/${voice}`, APN);
    await send("PUT", `/groups/${group}`, { ...GROUP, planId: "default", apnIds: [voice] });
    const fixed = { group_id: group, static_addresses: { [voice]: "10.9.9.9" } };
    const reply = await create(fixed);
    expect(reply.body.subscriber).toMatchObject({ plan_id: null, apn_ids: null, group_id: group });
    const moved = await send("PATCH", `/subscribers/${reply.body.subscriber.imsi}`, { apn_ids: ["internet"] });
    expect(said(moved)).toEqual([400, "invalid-argument", `static_addresses.${voice}`]);
  });
});

describe("settings that cannot be served", () => {
  it.each([
    ["a guaranteed default bearer", "/plans/x", { ...PLAN, qci: 1 }, "qci"],
    ["a rate of nothing", "/plans/x", { ...PLAN, rates: { downlink: 1, uplink: 5e6 } }, "rates.downlink"],
    ["an unknown field", "/plans/x", { ...PLAN, speed: 1 }, "speed"],
    ["an id that is none", "/plans/Gold%20Plan", PLAN, "id"],
    ["a group of an unknown plan", "/groups/x", { ...GROUP, planId: "absent" }, "planId"],
    ["a group of an unknown APN", "/groups/x", { ...GROUP, apnIds: ["absent"] }, "apnIds"],
    ["a name that is no APN", "/apns/x", { ...APN, apn: "voice mail" }, "apn"],
    ["odd charging characteristics", "/apns/x", { ...APN, chargingCharacteristics: "8" }, "chargingCharacteristics"],
  ])("are refused: %s", async (_, path, body, field) => {
    expect(said(await send("PUT", path, body))).toEqual([400, "invalid-argument", field]);
  });
});

describe("equipment", () => {
  const imei = { kind: "imei", imei: "490154203237518" };
  const document = (id: string) => world.deps.store.rawDocument(paths.eirEntry(ours.id, id));

  it("goes on a list, moves to another, and comes off it", async () => {
    const id = "imei-490154203237518";
    const put = (list: string, reason = "stolen") => send("POST", "/eir", { subject: imei, list, reason });
    expect((await put("black")).body).toEqual({ success: true, id, revision: 1 });
    expect((await put("black")).body.revision).toBe(1);
    expect((await put("grey")).body.revision).toBe(2);
    expect(await document(id)).toMatchObject({ list: "grey", reason: "stolen", deleted: false });
    expect((await send("DELETE", `/eir/${id}`, undefined, theirs)).status).toBe(404);
    expect((await send("DELETE", `/eir/${id}`)).status).toBe(200);
    expect(await document(id)).toMatchObject({ deleted: true });
    expect((await send("DELETE", `/eir/${id}`)).status).toBe(404);
    expect((await put("white")).body.revision).toBe(3);
    expect((await document(id))?.expireAt).toBeUndefined();
  });

  it("may be a range of type allocation codes", async () => {
    const subject = { kind: "tac", from: "35000000", to: "35000099" };
    const reply = await send("POST", "/eir", { subject, list: "grey" });
    expect(reply.body.id).toBe("tac-35000000-35000099");
    expect(said(await send("POST", "/eir", { subject: { ...subject, to: "1" }, list: "grey" }))[2]).toBe("subject.to");
    const backwards = { kind: "tac", from: "35000099", to: "35000000" };
    expect(said(await send("POST", "/eir", { subject: backwards, list: "grey" }))[2]).toBe("subject.to");
    const wrong = { kind: "imei", imei: "490154203237519" };
    expect(said(await send("POST", "/eir", { subject: wrong, list: "grey" }))[2]).toBe("subject.imei");
    expect(said(await send("DELETE", "/eir/anything"))).toEqual([400, "invalid-argument", "id"]);
  });
});

describe("the HSS's settings", () => {
  it("change what unknown equipment gets and who may serve our subscribers", async () => {
    const body = { unknown_equipment: "grey", roaming_partners: [theirs.id] };
    expect((await send("PATCH", "/settings", body)).status).toBe(200);
    const tenant = (await world.deps.store.tenants.get(ours.id))?.data;
    expect(tenant).toMatchObject({ unknownEquipment: "grey", roamingPartners: [theirs.id] });
    expect((await world.deps.store.tenants.get(theirs.id))?.data.roamingPartners).toBeUndefined();
    for (const partners of [["x"], [ours.id], [theirs.id, theirs.id]]) {
      const reply = await send("PATCH", "/settings", { roaming_partners: partners });
      expect(said(reply)).toEqual([400, "invalid-argument", `roaming_partners.${partners.length - 1}`]);
    }
  });
});

describe("figures", () => {
  it("count what is the tenant's, and show its peers and the daemons", async () => {
    const tenant = await makeTenant(world.deps, { plmns: [NETWORK] });
    const imsis = [newImsi(), newImsi(), newImsi()];
    for (const imsi of imsis) await send("POST", "/subscribers", { imsi, keys: KEYS }, tenant);
    await send("PATCH", `/subscribers/${imsis[2]}`, { status: "suspended" }, tenant);
    const now = new Date();
    const live = { state: "attached", sessions: {}, updatedAt: now };
    const write = world.deps.store.write().patch(paths.subscriber(tenant.id, imsis[0] ?? ""), { live });
    const peer = (originHost: string, role: string, state: string) =>
      write.put(paths.mmeConnection(tenant.id, originHost), {
        ...{ schemaVersion: 1, originHost, tenantId: tenant.id, role, state, reason: "", address: "127.0.0.1" },
        ...{ tls: true, since: now, daemonId: "d", updatedAt: now },
      });
    peer("mme.a", "mme", "connected");
    peer("mme.b", "mme", "refused");
    peer("smf.a", "smf", "connected");
    const daemonId = `d-${tenant.id}`;
    write.put(paths.daemon(daemonId), {
      ...{ schemaVersion: 1, id: daemonId, sqnIndex: 3, roles: ["hss"], startedAt: now, heartbeatAt: serverTime() },
      ...{ lagSeconds: 0.2, queued: 0, peers: 2, subscribers: 3 },
    });
    await write.commit();
    const { body } = await send("GET", "/stats", undefined, tenant);
    const stats = api.hssStats.reply.parse(body);
    expect(stats).toMatchObject({
      subscribers: { total: 3, active: 2, suspended: 1, attached: 1 },
      open_sessions: 0,
      connections: { mme: 1, smf: 1 },
    });
    expect(stats.daemons).toContainEqual(expect.objectContaining({ id: daemonId, online: true, lag_seconds: 0.2 }));
    const { connections } = api.mmeConnections.reply.parse(
      (await send("GET", "/mme-connections", undefined, tenant)).body,
    );
    expect(connections.map((one) => [one.origin_host, one.state])).toEqual([
      ["mme.a", "connected"],
      ["mme.b", "refused"],
      ["smf.a", "connected"],
    ]);
    expect((await send("GET", "/mme-connections", undefined, theirs)).body.connections).toEqual([]);
    world.deps.clock.offsetMs = 300_000;
    const later = (await send("GET", "/stats", undefined, tenant)).body.daemons;
    world.deps.clock.offsetMs = 0;
    expect(later).toContainEqual(expect.objectContaining({ id: daemonId, online: false }));
    await world.deps.store.write().delete(paths.daemon(daemonId)).commit();
  });
});
