import {
  type ClientKey,
  paths,
  REMSIM_SAMPLES,
  type RemsimClient,
  RemsimHistoryHour,
  type RemsimLog,
} from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, type Reply } from "./testing/client.ts";
import { putClient, routerCall } from "./testing/router.ts";
import { type Login, makeLogin } from "./testing/simBanks.ts";
import { idToken, makePerson, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let login: Login;
let owner: Record<string, string>;
let made = 0;

beforeAll(async () => {
  world = await startWorld();
  ours = await makeTenant(world.deps, { remsimTenantId: 7 });
  theirs = await makeTenant(world.deps, { remsimTenantId: 8 });
  login = await makeLogin(world.deps, ours.id);
  owner = { authorization: `Bearer ${await idToken(ours.owner)}` };
});
afterAll(() => world.close());

/** A registered client with a name of its own. */
async function newClient(fields: Partial<RemsimClient> = {}): Promise<{ name: string; key: ClientKey }> {
  const name = `vm${++made}-slot0`;
  return { name, key: await putClient(world.deps, ours, login, name, fields) };
}
const beat = (name: string, fields: object = {}, as = login): Promise<Reply> =>
  routerCall(world.url, as, "heartbeat", { client_id: name, status: "connected", ...fields });
const events = (name: string, list: object[], as = login) =>
  routerCall(world.url, as, "events", { client_id: name, events: list });
const logs = (name: string, lines: string[], as = login) =>
  routerCall(world.url, as, "logs", { client_id: name, lines });
async function documentOf(key: ClientKey): Promise<RemsimClient> {
  return (await world.deps.store.remsimClients.need("client", ours.id, key)).data;
}
async function logOf(key: ClientKey): Promise<RemsimLog[]> {
  return (await world.deps.store.raw(paths.remsimLogs(ours.id, key))) as RemsimLog[];
}
async function eventsOf(key: ClientKey): Promise<string[]> {
  const all = await world.deps.store.raw(paths.remsimEvents(ours.id));
  return all.filter((one) => one.clientKey === key).map((one) => one.type);
}
const operator = (
  method: string,
  key: string,
  what: string,
  body: unknown,
  as = owner,
  tenant = ours,
): Promise<Reply> =>
  call(world.url, method, `/api/backend/v1/remsim/clients/${key}/${what}?tenant_id=${tenant.id}`, body, as);
async function cost(act: () => Promise<Reply>): Promise<string> {
  const before = { ...world.deps.store.meter };
  const reply = await act();
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  const { reads, writes } = world.deps.store.meter;
  return `${reads - before.reads} reads, ${writes - before.writes} writes`;
}

describe("a heartbeat", () => {
  it("keeps the lease, the figures and the modem's description", async () => {
    const { name, key } = await newClient();
    const reply = await beat(name, {
      stats: { uptime_seconds: 60, tpdus_sent: 5, tpdus_received: 4, errors: 0, signal_rsrp: -97 },
      modem_info: { imei: "359072061234567", firmware: "R1", temperature: 41 },
    });
    expect(reply.body).toEqual({ status: "success", next_heartbeat_interval: 60, commands: [] });
    const { state, status, samples, modem, leaseUntil, heartbeatAt } = await documentOf(key);
    expect({ state, status, modem }).toEqual({
      state: "connected",
      status: "connected",
      modem: { imei: "359072061234567", firmware: "R1", temperature: "41" },
    });
    expect(samples).toMatchObject([{ uptime: 60, tpdusSent: 5, tpdusReceived: 4, errors: 0, signal: { rsrp: -97 } }]);
    expect((leaseUntil?.getTime() ?? 0) - (heartbeatAt?.getTime() ?? 0)).toBe(300_000);
  });

  it("flushes a full ring into its hours, with one write more", async () => {
    const begun = world.deps.now().getTime() - REMSIM_SAMPLES * 60_000;
    const samples = Array.from({ length: REMSIM_SAMPLES }, (_, n) => ({ at: begun + n * 60_000, tpdusSent: n }));
    const { name, key } = await newClient({ samples });
    await beat((await newClient()).name); // knows the login from now on
    expect(await cost(() => beat(name, { stats: { tpdus_sent: REMSIM_SAMPLES } }))).toMatch(/^1 reads, [23] writes$/); // 3 over the full hour
    expect((await documentOf(key)).samples.map(({ tpdusSent }) => tpdusSent)).toEqual([
      REMSIM_SAMPLES - 1,
      REMSIM_SAMPLES,
    ]);
    const hours = (await world.deps.store.raw(paths.remsimHistory(ours.id, key))).map((one) =>
      RemsimHistoryHour.parse(one),
    );
    const kept = hours.flatMap((hour) => Object.values(hour.samples)).map(({ tpdusSent }) => tpdusSent ?? -1);
    expect(kept.sort((a, b) => a - b)).toEqual(Array.from({ length: REMSIM_SAMPLES + 1 }, (_, n) => n));
  });

  it("follows the tenant's own intervals", async () => {
    const tenant = await makeTenant(world.deps);
    const own = await makeLogin(world.deps, tenant.id);
    const settings = { schemaVersion: 1, tenantId: tenant.id, heartbeatSeconds: 20, graceSeconds: 90 };
    const rest = { coolDownSeconds: 0, bankGraceSeconds: 0, policies: [], pools: [], updatedAt: new Date() };
    await world.deps.store
      .write()
      .put(paths.remsimSettings(tenant.id), { ...settings, ...rest })
      .commit();
    const key = await putClient(world.deps, tenant, own, "vm-slot0");
    expect((await beat("vm-slot0", {}, own)).body.next_heartbeat_interval).toBe(20);
    const { leaseUntil, heartbeatAt } = (await world.deps.store.remsimClients.need("client", tenant.id, key)).data;
    expect((leaseUntil?.getTime() ?? 0) - (heartbeatAt?.getTime() ?? 0)).toBe(90_000);
  });

  it("is refused from a client that is unknown or released, which must register", async () => {
    const { name } = await newClient({ state: "released", assignment: null, leaseUntil: null });
    for (const client of [name, "nobody-slot0"]) {
      const { status, body } = await beat(client);
      expect([status, body.error.reason]).toEqual([404, "not_registered"]);
      expect(body.error.message).toContain("must register");
    }
  });

  it("is refused with a tenant number that is not the credential's", async () => {
    const { name, key } = await newClient();
    const { status, body } = await beat(name, { tenant_id: 8 });
    expect([status, body.error.reason]).toEqual([403, "tenant_mismatch"]);
    expect((await documentOf(key)).heartbeatAt).toBeNull();
    expect((await beat(name, { tenant_id: 7 })).status).toBe(200);
    expect((await beat(name, { tenant_id: 0 })).status).toBe(200);
  });

  it("names the field that is wrong, and changes nothing", async () => {
    const { name, key } = await newClient();
    const bad: [object, string][] = [
      [{ client_id: "-x" }, "client_id"],
      [{ stats: { tpdus_sent: -1 } }, "stats.tpdus_sent"],
      [{ acks: [{ id: "rcmd_1", ok: true }] }, "acks.0.id"],
      [{ configuration_version: 1.5 }, "configuration_version"],
      [{ modem_info: { imei: { nested: true } } }, "modem_info.imei"],
    ];
    for (const [fields, field] of bad) {
      const { status, body } = await beat(name, fields);
      expect([status, body.error.field]).toEqual([400, field]);
    }
    expect((await documentOf(key)).heartbeatAt).toBeNull();
  });

  it("asks for a login", async () => {
    const { name } = await newClient();
    const nobody = { id: "", name: "a", headers: { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` } };
    expect((await beat(name, {}, nobody)).status).toBe(401);
  });

  it("does not get lost among others of the same moment", async () => {
    const { name, key } = await newClient();
    await operator("POST", key, "commands", { type: "restart" });
    const replies = await Promise.all([
      beat(name, { stats: { tpdus_sent: 1 } }),
      events(name, [{ event: "event-bankd-connect", age_seconds: 0 }]),
      operator("POST", key, "commands", { type: "log_level", level: "debug" }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { samples, links, pendingCommands } = await documentOf(key);
    expect([samples.length, links?.bankd, pendingCommands.length]).toEqual([1, true, 2]);
  });

  it("is limited to 100 a minute for each router", async () => {
    const { name } = await newClient();
    const other = await newClient();
    const { now } = world.deps;
    const moment = now();
    world.deps.now = () => moment; // the clock stands, however slow the machine
    const statuses: number[] = [];
    for (let n = 0; n < 102; n++) statuses.push((await beat(name)).status);
    world.deps.now = now;
    expect(statuses).toEqual([...Array(100).fill(200), 429, 429]);
    expect((await beat(other.name)).status).toBe(200);
  });
});

it("tells once that two routers use one login and name", async () => {
  const { name, key } = await newClient();
  for (const instance_id of ["a", "a", "b", "a", "b", "a"]) await beat(name, { instance_id });
  expect(await eventsOf(key)).toEqual(["client_clash"]);
  expect((await documentOf(key)).clashAt).not.toBeNull();
  const calm = await newClient();
  for (const instance_id of ["a", "b", "c"]) await beat(calm.name, { instance_id });
  expect(await eventsOf(calm.key)).toEqual([]);
});

describe("commands", () => {
  it("ride in each reply until they are acknowledged, and leave a line in the client's log", async () => {
    const { name, key } = await newClient();
    const { body } = await operator("POST", key, "commands", { type: "send_logs" });
    const command = { id: body.command_id, type: "send_logs", lines: 500 };
    expect((await beat(name)).body.commands).toEqual([command]);
    expect((await beat(name)).body.commands).toEqual([command]);
    const acks = [{ id: body.command_id, ok: false, message: "no logread" }];
    expect((await beat(name, { acks })).body.commands).toEqual([]);
    expect((await beat(name, { acks })).body.commands).toEqual([]);
    const kept = await logOf(key);
    expect(kept).toMatchObject([{ kind: "command", lines: [`send_logs (${body.command_id}): failed: no logread`] }]);
  });

  it("are bounded, audited, and refused for clients that hold nothing", async () => {
    const { name, key } = await newClient();
    for (let n = 0; n < 19; n++) {
      expect((await operator("POST", key, "commands", { type: "restart" })).status).toBe(200);
    }
    expect((await operator("POST", key, "commands", { type: "restart" })).status).toBe(429);
    expect((await operator("PUT", key, "configuration", { values: { loglevel: "debug" } })).status).toBe(200);
    expect((await beat(name)).body.commands).toHaveLength(20);
    const audits = (await world.deps.store.raw(paths.audits(ours.id))).filter((one) => one.target === key);
    expect(audits.map((one) => one.action).sort()).toEqual([
      ...Array(19).fill("remsim.client.command"),
      "remsim.client.configure",
    ]);
    const gone = await newClient({ state: "released", assignment: null, leaseUntil: null });
    expect((await operator("POST", gone.key, "commands", { type: "restart" })).status).toBe(412);
  });

  it("other than those a person may give are refused", async () => {
    const { key } = await newClient();
    for (const body of [
      { type: "reassign", iccid: "1", imsi: "2" },
      { type: "config_update", version: 1, values: {} },
      { type: "log_level", level: "loud" },
      { type: "send_logs", lines: 5 },
    ]) {
      expect((await operator("POST", key, "commands", body)).status).toBe(400);
    }
  });
});

describe("configuration", () => {
  it("has versions; the latest rides along until the client says that it applied it", async () => {
    const { name, key } = await newClient();
    expect((await operator("PUT", key, "configuration", { values: { loglevel: "info" } })).body.version).toBe(1);
    expect((await operator("PUT", key, "configuration", { values: { loglevel: "debug" } })).body.version).toBe(2);
    const update = { type: "config_update", version: 2, values: { loglevel: "debug" } };
    expect((await beat(name, { configuration_version: 0 })).body.commands).toMatchObject([update]);
    expect((await beat(name, { configuration_version: 1 })).body.commands).toMatchObject([update]);
    expect((await beat(name, { configuration_version: 2 })).body.commands).toEqual([]);
    expect((await documentOf(key)).configuration).toEqual({ wanted: 2, applied: 2 });
    const versions = await world.deps.store.raw(paths.remsimConfigurations(ours.id, key));
    expect(versions.map((one) => [one.version, one.values.loglevel])).toEqual([
      [1, "info"],
      [2, "debug"],
    ]);
  });

  it("comes again to a router that lost it", async () => {
    const { name, key } = await newClient();
    await operator("PUT", key, "configuration", { values: { loglevel: "info" } });
    await beat(name, { configuration_version: 1 });
    expect((await beat(name, { configuration_version: 0 })).body.commands).toMatchObject([{ version: 1 }]);
    expect((await beat(name, { configuration_version: 0 })).body.commands).toHaveLength(1);
    expect((await beat(name, { configuration_version: 1 })).body.commands).toEqual([]);
  });

  it("gets each writer a version of its own, and a number no forgotten client's has", async () => {
    const { key } = await newClient();
    const replies = await Promise.all(
      ["a", "b", "c", "d"].map((hostname) => operator("PUT", key, "configuration", { values: { hostname } })),
    );
    expect(replies.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4]);
    const reset = { configuration: { wanted: 0, applied: 0 }, pendingCommands: [] };
    await world.deps.store.write().patch(paths.remsimClient(ours.id, key), reset).commit();
    expect((await operator("PUT", key, "configuration", { values: {} })).body.version).toBe(5);
  });

  it("is refused with options that are none, by name", async () => {
    const { key } = await newClient();
    const { status, body } = await operator("PUT", key, "configuration", { values: { "Log Level": "debug" } });
    expect([status, body.error.field]).toEqual([400, "values.Log Level"]);
    expect(await world.deps.store.raw(paths.remsimConfigurations(ours.id, key))).toEqual([]);
  });
});

describe("events", () => {
  it("show what is connected, count as a sign of life, and leave a line each", async () => {
    const { name, key } = await newClient({ state: "disconnected", leaseUntil: new Date(0) });
    const reply = await events(name, [
      { event: "event-bankd-disconnect", detail: "timeout", age_seconds: 2 },
      { event: "event-server-connect", age_seconds: 60 },
      { event: "event-modem-status", detail: "on", age_seconds: 0 },
    ]);
    expect(reply.status).toBe(200);
    const { state, status, links, leaseUntil } = await documentOf(key);
    expect({ state, status, links }).toMatchObject({
      state: "connected",
      status: "disconnected",
      links: { bankd: false, server: true },
    });
    expect(leaseUntil?.getTime()).toBeGreaterThan(world.deps.now().getTime());
    const [log] = await logOf(key);
    expect(log?.kind).toBe("event");
    expect(log?.lines.map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "event-server-connect",
      "event-bankd-disconnect timeout",
      "event-modem-status on",
    ]);
  });

  it("are bounded", async () => {
    const { name } = await newClient();
    const many = Array.from({ length: 51 }, () => ({ event: "x", age_seconds: 0 }));
    expect((await events(name, many)).status).toBe(400);
    expect((await events(name, [])).status).toBe(400);
    expect((await events("nobody-slot0", many.slice(0, 1))).status).toBe(404);
  });
});

describe("logs", () => {
  it("are kept as they come, for a week", async () => {
    const { name, key } = await newClient();
    expect((await logs(name, ["first", "second\u0007"])).status).toBe(200);
    const [log] = (await logOf(key)) as unknown as { lines: string[]; at: Reply["body"]; expireAt: Reply["body"] }[];
    expect(log?.lines).toEqual(["first", "second"]);
    expect(log?.expireAt.toMillis() - log?.at.toMillis()).toBe(7 * 24 * 3_600_000);
  });

  it("are bounded in size, and refused whole", async () => {
    const { name, key } = await newClient();
    const line = "é".repeat(500);
    expect((await logs(name, Array(66).fill(line))).status).toBe(413);
    expect((await logs(name, ["x".repeat(1001)])).status).toBe(400);
    expect(await logOf(key)).toEqual([]);
    expect((await logs(name, Array(65).fill(line))).status).toBe(200);
    expect((await logs("nobody-slot0", ["x"])).status).toBe(404);
  });

  it("are bounded in number: 30 an hour for each client", async () => {
    const { name } = await newClient();
    const statuses: number[] = [];
    for (let n = 0; n < 31; n++) statuses.push((await logs(name, [`line ${n}`])).status);
    expect(statuses).toEqual([...Array(30).fill(200), 429]);
  });
});

describe("tenants", () => {
  it("do not reach each other's clients, whoever asks", async () => {
    const { name, key } = await newClient();
    const foreign = await makeLogin(world.deps, theirs.id);
    const before = await documentOf(key);
    for (const reply of [
      await beat(name, {}, foreign),
      await events(name, [{ event: "x", age_seconds: 0 }], foreign),
      await logs(name, ["x"], foreign),
    ]) {
      expect(reply.status).toBe(404);
    }
    const stranger = { authorization: `Bearer ${await idToken(theirs.owner)}` };
    for (const tenant of [ours, theirs]) {
      expect((await operator("POST", key, "commands", { type: "restart" }, stranger, tenant)).status).toBe(404);
      expect((await operator("PUT", key, "configuration", { values: {} }, stranger, tenant)).status).toBe(404);
    }
    expect(await documentOf(key)).toEqual(before);
    expect(await logOf(key)).toEqual([]);
    expect((await beat(name)).status).toBe(200);
    expect((await operator("POST", key, "commands", { type: "restart" })).status).toBe(200);
  });

  it("end a login: at once for cards, within ten minutes for heartbeats", async () => {
    const { name, key } = await newClient();
    const short = await makeLogin(world.deps, ours.id);
    await putClient(world.deps, ours, short, name);
    expect((await beat(name, {}, short)).status).toBe(200);
    const path = paths.remsimCredential(ours.id, short.id);
    await world.deps.store.write().patch(path, { revokedAt: world.deps.now() }).commit();
    world.deps.clock.offsetMs += 61_000;
    const discover = () => call(world.url, "GET", "/api/backend/v1/remsim/discover", undefined, short.headers);
    expect((await discover()).status).toBe(401);
    expect((await beat(name, {}, short)).status).toBe(200);
    world.deps.clock.offsetMs += 540_000;
    expect((await beat(name, {}, short)).status).toBe(401);
    expect((await documentOf(key)).heartbeatAt).toBeNull();
  });

  it("have routers that do not reach each other's clients by another login either", async () => {
    const { name } = await newClient();
    expect((await beat(name, {}, await makeLogin(world.deps, ours.id))).status).toBe(404);
  });

  it("let installers command, engineers configure, viewers neither", async () => {
    const { key } = await newClient();
    const as = async (role: "viewer" | "installer" | "engineer") => {
      const headers = { authorization: `Bearer ${await idToken(await makePerson(world.deps, ours, role))}` };
      return [
        (await operator("POST", key, "commands", { type: "restart" }, headers)).status,
        (await operator("PUT", key, "configuration", { values: {} }, headers)).status,
      ];
    };
    expect(await as("viewer")).toEqual([403, 403]);
    expect(await as("installer")).toEqual([200, 403]);
    expect(await as("engineer")).toEqual([200, 200]);
  });
});

it("costs what the data model says", async () => {
  const { name, key } = await newClient();
  await beat(name); // each instance keeps logins and settings in memory for a minute
  expect.soft(await cost(() => beat(name, { stats: { tpdus_sent: 1 } }))).toBe("1 reads, 1 writes");
  const report = [{ event: "event-bankd-connect", age_seconds: 0 }];
  expect.soft(await cost(() => events(name, report))).toBe("1 reads, 2 writes");
  expect.soft(await cost(() => logs(name, ["x"]))).toBe("1 reads, 1 writes");
  world.deps.clock.offsetMs += 61_000; // a minute later: nobody is looked up anew
  await beat((await newClient()).name); // but the settings
  world.deps.clock.offsetMs += 30_000;
  expect.soft(await cost(() => beat(name))).toBe("1 reads, 1 writes");
  let id = "";
  const command = async () => {
    const reply = await operator("POST", key, "commands", { type: "restart" });
    id = reply.body.command_id;
    return reply;
  };
  expect.soft(await cost(command)).toBe("2 reads, 2 writes"); // the member's role, the client
  expect.soft(await cost(() => beat(name))).toBe("1 reads, 1 writes");
  expect.soft(await cost(() => beat(name, { acks: [{ id, ok: true }] }))).toBe("1 reads, 2 writes");
  const configure = () => operator("PUT", key, "configuration", { values: { loglevel: "debug" } });
  expect.soft(await cost(configure)).toBe("2 reads, 3 writes");
  expect.soft(await cost(() => beat(name, { configuration_version: 0 }))).toBe("1 reads, 1 writes");
  await beat(name, { configuration_version: 1 });
  expect.soft(await cost(() => beat(name, { configuration_version: 0 }))).toBe("2 reads, 1 writes");
});
