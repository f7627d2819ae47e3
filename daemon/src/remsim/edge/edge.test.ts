import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registerRemsimClient } from "../../../../scripts/dev/simulator/remsimClient.ts";
import { eventually, removeFolder, temporaryFolder } from "../../mirror/testing/mirrors.ts";
import { EdgeUnderTest, rawExchange } from "../testing/edgeUnderTest.ts";
import { json, refused, type Seen, type StandInAnswer, StandInCloud } from "../testing/standInCloud.ts";

const ROUTER = "router1:wt_remsim_secret";
const OTHER = "router2:wt_remsim_other";
const CLIENT = "vm-slot0";
const BASE = "/api/backend/v1/remsim";

/** As the function answers a registration, the flat fields first. */
const registered = (slot = 17): StandInAnswer => ({
  status: 200,
  body:
    `{"status":"success","bank_id":1,"slot_id":${slot},"iccid":"8901410000000000017","imsi":"310410000000017",` +
    '"bankd_endpoint":"10.0.0.5:9998","mapping_mode":"ONE_TO_ONE_SWSIM","profile_id":"7d0e","heartbeat_interval":45,' +
    `"existing":true,"slot":{"bank_id":1,"slot_id":${slot}}}`,
});

let folder: string;
let cloud: StandInCloud;
let edge: EdgeUnderTest;
beforeEach(async () => {
  folder = temporaryFolder();
  cloud = await new StandInCloud().start();
  edge = await new EdgeUnderTest(cloud.url, folder).start();
});
afterEach(async () => {
  await edge.stop();
  await cloud.cut();
  removeFolder(folder);
});

/** Known to the edge, and mapped. */
async function known(): Promise<void> {
  cloud.answer = () => registered();
  edge.want(ROUTER, CLIENT, { bankId: 1, slotId: 17 }, { bankId: 1, slotId: 17 });
  expect((await edge.register(ROUTER, CLIENT)).status).toBe(200);
}

async function restart(now = edge.now): Promise<void> {
  const { maps } = edge;
  await edge.stop();
  edge = new EdgeUnderTest(cloud.url, folder);
  edge.now = now;
  for (const [id, map] of maps) edge.maps.set(id, map);
  await edge.start();
}

describe("the edge, with the cloud there", () => {
  it("gives the real client the cloud's very bytes, in one piece", async () => {
    cloud.answer = () => registered();
    const client = { host: `${ROUTER}@127.0.0.1`, port: edge.port, clientId: CLIENT, mode: "ONE_TO_ONE_SWSIM" };
    const { assignment, raw } = await registerRemsimClient({ ...client, mccMnc: "310410", tenantNumber: 1 });
    expect(assignment).toMatchObject({ bankId: 1, slotId: 17, serverHost: "10.0.0.5", imsi: "310410000000017" });
    const [head = "", body] = raw.split("\r\n\r\n");
    expect(body).toBe(registered().body);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain(`content-length: ${body?.length}`);
    expect(head.toLowerCase()).not.toContain("transfer-encoding");
    const [seen] = cloud.seen as [Seen];
    expect(seen).toMatchObject({ method: "POST", path: `${BASE}/register-client` });
    expect(seen.body).toBe(
      '{"client_id":"vm-slot0","mapping_mode":"ONE_TO_ONE_SWSIM","mcc_mnc":"310410","tenant_id":1}',
    );
    expect(seen.headers.authorization).toBe(`Basic ${Buffer.from(ROUTER).toString("base64")}`);
    expect(seen.headers["x-forwarded-for"]).toBe("127.0.0.1");
  });

  it("says where a router is, and not what that says of itself", async () => {
    const lie = "X-Wisptools-Router-Address: 192.0.2.99\r\nX-Forwarded-For: 192.0.2.98\r\nConnection: close\r\n";
    await rawExchange(edge.port, `GET ${BASE}/discover HTTP/1.1\r\nHost: x\r\n${lie}\r\n`);
    expect(cloud.seen[0]?.headers).toMatchObject({
      ...{ "x-wisptools-router-address": "127.0.0.1", "x-forwarded-for": "127.0.0.1" },
    });
    await known();
    await cloud.cut();
    await edge.heartbeat(ROUTER, CLIENT);
    cloud.seen.length = 0;
    await cloud.start();
    await restart();
    await eventually("the heartbeat", () => edge.waiting() === 0);
    expect(cloud.seen[0]?.headers["x-wisptools-router-address"]).toBe("127.0.0.1");
  });

  it("closes the connection when asked to, and keeps it when not", async () => {
    const request = `GET ${BASE}/discover HTTP/1.1\r\nHost: x\r\n`;
    const closed = await rawExchange(edge.port, `${request}Connection: close\r\n\r\n`);
    expect(closed.head.toLowerCase()).toContain("connection: close");
    const twice = await rawExchange(edge.port, `${request}\r\n${request}Connection: close\r\n\r\n`);
    expect(`${twice.head}${twice.body}`.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it("passes an API key, and every endpoint of routers", async () => {
    const key = "X-API-Key: wt_key\r\nConnection: close\r\n";
    await rawExchange(edge.port, `GET ${BASE}/discover?x=1 HTTP/1.1\r\nHost: x\r\n${key}\r\n`);
    await edge.heartbeat(ROUTER, CLIENT);
    await edge.call("POST", `${BASE}/events`, ROUTER, '{"client_id":"vm-slot0"}');
    await edge.call("POST", `${BASE}/logs`, ROUTER, '{"client_id":"vm-slot0"}');
    await edge.unregister(ROUTER, "vm%2Dslot0");
    expect(cloud.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET ${BASE}/discover`,
      ...["heartbeat", "events", "logs"].map((name) => `POST ${BASE}/${name}`),
      `DELETE ${BASE}/unregister/vm-slot0`,
    ]);
    expect(cloud.seen[0]?.headers).toMatchObject({ "x-api-key": "wt_key" });
  });

  it.each([
    ["POST", `${BASE}/reassign`],
    ["GET", `${BASE}/register-client`],
    ["GET", "/api/backend/v1/simbank/slots"],
    ["POST", `${BASE}/register-client/../reassign`],
    ["DELETE", `${BASE}/unregister/a%2Fb`],
    ["DELETE", `${BASE}/unregister/%ff`],
    ["GET", "/"],
    ["OPTIONS", "*"],
  ])("knows no %s %s", async (method, path) => {
    expect((await edge.call(method, path, ROUTER)).status).toBe(404);
    expect(cloud.seen).toEqual([]);
  });

  it.each([
    ["events", 65_536],
    ["logs", 524_288],
  ])("refuses a body of %s that is longer than %i bytes, announced or not", async (name, limit) => {
    const head = `POST ${BASE}/${name} HTTP/1.1\r\nHost: x\r\n`;
    const announced = await rawExchange(edge.port, `${head}Content-Length: ${limit + 1}\r\n\r\n`);
    expect(announced.status).toBe(413);
    const chunk = `${(limit + 1).toString(16)}\r\n${"x".repeat(limit + 1)}\r\n`;
    const found = await rawExchange(edge.port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    expect(found.status).toBe(413);
    const most = await edge.call("POST", `${BASE}/${name}`, ROUTER, "x".repeat(limit));
    expect(most.status).toBe(200);
    expect(cloud.seen).toHaveLength(1);
  });

  it("lets a client call a hundred times a minute, each for itself", async () => {
    const statuses = [];
    for (let i = 0; i < 101; i++) statuses.push((await edge.heartbeat(ROUTER, CLIENT)).status);
    expect(statuses.slice(0, 100)).toEqual(Array(100).fill(200));
    expect(statuses[100]).toBe(429);
    expect((await edge.heartbeat(ROUTER, "vm-slot1")).status).toBe(200);
    expect((await edge.heartbeat(OTHER, CLIENT)).status).toBe(200);
    edge.now += 1000;
    expect((await edge.heartbeat(ROUTER, CLIENT)).status).toBe(200);
    expect(edge.results.filter((each) => each === "heartbeat limited")).toHaveLength(1);
  });

  it("passes on what the cloud refuses, and why there is no card", async () => {
    for (const answer of [
      refused(400, "invalid-argument"),
      refused(409, "already-exists"),
      refused(503, "unavailable", "no_slot"),
    ]) {
      cloud.answer = () => answer;
      expect(await edge.register(ROUTER, CLIENT)).toMatchObject({ status: answer.status, body: answer.body });
    }
  });
});

describe("the edge, with the cloud away", () => {
  const answering = (answer: StandInAnswer) => () => {
    cloud.answer = () => answer;
  };
  const away: [string, () => Promise<void> | void][] = [
    ["is cut off", () => cloud.cut()],
    ["answers 500", answering(refused(500, "internal"))],
    ["answers 502 by a proxy", answering({ status: 502, body: "<html>", type: "text/html" })],
    [
      "is behind a front end that is out of instances",
      answering({ status: 429, body: "Rate exceeded.", type: "text/html" }),
    ],
    ["is behind a front end that answers 403", answering({ status: 403, body: "<html>403", type: "text/html" })],
    ["is behind a front end that answers 404", answering({ status: 404, body: "<html>404", type: "text/html" })],
    ["is behind a front end that answers 401 in JSON", answering(json(401, { error: { code: 401, message: "x" } }))],
    ["has too many of the login's requests", answering(refused(429, "resource-exhausted"))],
    ["redirects", answering({ status: 302, body: "", headers: { location: "http://x/" } })],
  ];

  it.each(away)("answers a known client when it %s, and nobody else", async (_, leave) => {
    await known();
    await leave();
    const reply = await edge.register(ROUTER, CLIENT);
    expect(reply).toMatchObject({ status: 200, body: registered().body });
    expect(reply.head.toLowerCase()).toContain("content-type: application/json; charset=utf-8");
    expect((await edge.register(OTHER, CLIENT)).status).not.toBe(200);
    expect((await edge.register(ROUTER, "vm-slot1")).status).not.toBe(200);
    expect((await edge.register(ROUTER, CLIENT, "310260")).status).not.toBe(200);
  });

  it.each(away)("goes on to answer a known client and its heartbeats when it %s, then goes", async (_, leave) => {
    await known();
    await leave();
    await edge.register(ROUTER, CLIENT);
    expect((await edge.heartbeat(ROUTER, CLIENT)).status).toBe(200);
    expect(edge.waiting()).toBe(1);
    await cloud.cut();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(200);
  });

  it.each([429, 403, 404])(
    "never passes on a front end's %i, which a router would take for a decision",
    async (status) => {
      cloud.answer = () => ({ status, body: "<html>", type: "text/html" });
      for (const reply of [await edge.register(ROUTER, CLIENT), await edge.heartbeat(ROUTER, CLIENT)]) {
        expect(reply.status).toBe(503);
        expect(JSON.parse(reply.body)).toMatchObject({ error: { code: "unavailable", reason: "cloud_away" } });
      }
    },
  );

  it("answers a known client within the time it waits, when the cloud hangs", async () => {
    await known();
    cloud.answer = () => undefined;
    const begun = performance.now();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(9_000);
  }, 15_000);

  it("waits longer for whom it cannot answer itself: a function may have to start first", async () => {
    await known();
    cloud.delayMs = 5_000;
    cloud.answer = () => registered(18);
    const [first, again] = await Promise.all([edge.register(ROUTER, "vm-slot1"), edge.register(ROUTER, CLIENT)]);
    expect(first).toMatchObject({ status: 200, body: registered(18).body });
    expect(again).toMatchObject({ status: 200, body: registered(17).body });
  }, 15_000);

  it("says 503 to an unknown client, and to logs and events", async () => {
    await known();
    await cloud.cut();
    expect(await edge.register(OTHER, CLIENT)).toMatchObject({ status: 503 });
    expect((await edge.call("POST", `${BASE}/logs`, ROUTER, `{"client_id":"${CLIENT}"}`)).status).toBe(503);
    expect((await edge.call("GET", `${BASE}/discover`, ROUTER)).status).toBe(503);
    expect((await edge.register(OTHER, CLIENT)).body).not.toContain('"status":"success"');
  });

  it("goes on after a restart", async () => {
    await known();
    await cloud.cut();
    await restart();
    expect(await edge.register(ROUTER, CLIENT)).toMatchObject({ status: 200, body: registered().body });
    expect((await edge.register(OTHER, CLIENT)).status).toBe(503);
  });

  it("answers no more for a client whose map is gone, or somebody else's", async () => {
    await known();
    await cloud.cut();
    edge.maps.clear();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(503);
    expect((await edge.heartbeat(ROUTER, CLIENT)).status).toBe(503);
    edge.want(OTHER, CLIENT, { bankId: 1, slotId: 17 }, { bankId: 1, slotId: 17 });
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(503);
  });

  it.each([401, 403])("forgets a login that was refused with %i, in whatever call", async (status) => {
    await known();
    cloud.answer = () => refused(status, "unauthenticated", "login_invalid");
    expect((await edge.call("GET", `${BASE}/discover`, ROUTER)).status).toBe(status);
    await cloud.cut();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(503);
    await restart();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(503);
  });

  it("forgets one client, not its login's others, when the tenant number was wrong or the client is unknown", async () => {
    await known();
    edge.want(ROUTER, "vm-slot1", { bankId: 1, slotId: 18 }, { bankId: 1, slotId: 18 });
    cloud.answer = () => registered(18);
    await edge.register(ROUTER, "vm-slot1");
    cloud.answer = () => refused(403, "permission-denied", "tenant_mismatch");
    expect((await edge.register(ROUTER, "vm-slot1")).status).toBe(403);
    await cloud.cut();
    expect((await edge.register(ROUTER, "vm-slot1")).status).toBe(503);
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(200);
    await cloud.start();
    cloud.answer = () => refused(404, "not-found", "not_registered");
    expect((await edge.heartbeat(ROUTER, CLIENT)).status).toBe(404);
    await cloud.cut();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(503);
  });

  it("takes heartbeats, and tells the cloud the latest of each client when it is back", async () => {
    await known();
    cloud.answer = () => json(200, { status: "success", next_heartbeat_interval: 30, commands: [] });
    await edge.heartbeat(ROUTER, CLIENT);
    await cloud.cut();
    const reply = await edge.heartbeat(ROUTER, CLIENT, 100);
    expect(reply).toMatchObject({ status: 200 });
    expect(reply.body).toBe('{"status":"success","next_heartbeat_interval":30,"commands":[]}');
    await edge.heartbeat(ROUTER, CLIENT, 200);
    expect((await edge.heartbeat(OTHER, CLIENT)).status).toBe(503);
    expect(edge.stored()).not.toContain(ROUTER.slice(8));
    expect(edge.stored()).not.toContain(Buffer.from(ROUTER).toString("base64").slice(0, 20));
    await restart();
    cloud.seen.length = 0;
    await cloud.start();
    await eventually("the heartbeat", () => edge.waiting() === 0);
    expect(cloud.seen.map(({ path, body }) => `${path} ${JSON.parse(body).stats.uptime_seconds}`)).toEqual([
      `${BASE}/heartbeat 200`,
    ]);
    expect(cloud.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from(ROUTER).toString("base64")}`);
  });

  it("does not send a heartbeat that says nothing of now, nor one that a later overtook", async () => {
    await known();
    await cloud.cut();
    await edge.heartbeat(ROUTER, CLIENT, 100);
    const later = edge.now + 301_000;
    await restart(later);
    cloud.seen.length = 0;
    await cloud.start();
    cloud.answer = () => json(200, { status: "success", next_heartbeat_interval: 30, commands: [] });
    await eventually("its end", () => edge.waiting() === 0);
    await edge.heartbeat(ROUTER, CLIENT, 500);
    await cloud.cut();
    await edge.heartbeat(ROUTER, CLIENT, 600);
    await cloud.start();
    await edge.heartbeat(ROUTER, CLIENT, 700);
    expect(edge.waiting()).toBe(0);
    expect(cloud.seen.map(({ body }) => JSON.parse(body).stats.uptime_seconds)).toEqual([500, 700]);
  });

  it("keeps an unregistration for the cloud, and takes no heartbeat of that client meanwhile", async () => {
    await known();
    await cloud.cut();
    const reply = await edge.unregister(ROUTER, CLIENT);
    expect(reply).toMatchObject({ status: 200, body: '{"status":"success","released":false}' });
    expect((await edge.unregister(ROUTER, CLIENT)).status).toBe(200);
    expect((await edge.unregister(OTHER, CLIENT)).status).toBe(503);
    expect((await edge.heartbeat(ROUTER, CLIENT)).status).toBe(503);
    await restart();
    cloud.seen.length = 0;
    await cloud.start();
    cloud.answer = () => json(200, { status: "success", released: true });
    await eventually("the unregistration", () => edge.waiting() === 0);
    expect(cloud.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`DELETE ${BASE}/unregister/${CLIENT}`]);
  });

  it("gives a router its card again that restarts in good order while the cloud is away, and tells the cloud of neither", async () => {
    await known();
    await cloud.cut();
    await edge.unregister(ROUTER, CLIENT);
    await restart();
    expect((await edge.register(ROUTER, CLIENT, "310260")).status).toBe(503);
    expect(edge.waiting()).toBe(1);
    expect(await edge.register(ROUTER, CLIENT)).toMatchObject({ status: 200, body: registered().body });
    expect(edge.waiting()).toBe(0);
    expect((await edge.heartbeat(ROUTER, CLIENT)).status).toBe(200);
    cloud.seen.length = 0;
    await cloud.start();
    await restart();
    await eventually("the heartbeat", () => edge.waiting() === 0);
    expect(cloud.seen.map(({ path }) => path)).toEqual([`${BASE}/heartbeat`]);
  });

  it("does not give a card back to one that went, when its map is gone meanwhile, or the cloud took its leave", async () => {
    await known();
    await cloud.cut();
    await edge.unregister(ROUTER, CLIENT);
    const maps = new Map(edge.maps);
    edge.maps.clear();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(503);
    expect(edge.waiting()).toBe(1);
    for (const [id, map] of maps) edge.maps.set(id, map);
    await cloud.start();
    cloud.answer = () => json(200, { status: "success", released: true });
    await restart();
    await eventually("the unregistration", () => edge.waiting() === 0);
    await cloud.cut();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(503);
  });

  it.each([
    ["tells of a leave that is nearly a day old", 24 * 3_600_000, ["DELETE"]],
    ["tells no more of one that is older: who left may live elsewhere", 24 * 3_600_000 + 1, []],
  ])("%s", async (_, age, methods) => {
    await known();
    await cloud.cut();
    await edge.unregister(ROUTER, CLIENT);
    const later = edge.now + age;
    cloud.seen.length = 0;
    await cloud.start();
    await restart(later);
    await eventually("its end", () => edge.waiting() === 0);
    expect(cloud.seen.map(({ method }) => method)).toEqual(methods);
    const dropped = edge.lines.filter(({ event }) => event === "router's queued request dropped");
    expect(dropped).toHaveLength(methods.length === 0 ? 1 : 0);
  });

  it("lets a registration after the cloud's return win over an unregistration before", async () => {
    await known();
    await cloud.cut();
    await edge.unregister(ROUTER, CLIENT);
    cloud.seen.length = 0;
    await cloud.start();
    cloud.answer = () => registered();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(200);
    expect(edge.waiting()).toBe(0);
    await new Promise((wake) => setTimeout(wake, 200));
    expect(cloud.seen.map(({ method }) => method)).toEqual(["POST"]);
    await cloud.cut();
    expect((await edge.register(ROUTER, CLIENT)).status).toBe(200);
  });

  it("drops what waited under a login that was revoked meanwhile", async () => {
    await known();
    await cloud.cut();
    await edge.heartbeat(ROUTER, CLIENT);
    await restart();
    await cloud.start();
    cloud.answer = () => refused(401, "unauthenticated", "login_invalid");
    await eventually("the refusal", () => edge.waiting() === 0);
    await cloud.cut();
    expect((await edge.heartbeat(ROUTER, CLIENT)).status).toBe(503);
  });

  it("never logs a secret", async () => {
    await known();
    await cloud.cut();
    await edge.register(ROUTER, CLIENT);
    await edge.heartbeat(ROUTER, CLIENT);
    await edge.unregister(ROUTER, CLIENT);
    expect(edge.lines.map(({ event }) => event)).toContain("router answered without the cloud");
    expect(JSON.stringify(edge.lines)).not.toMatch(/wt_remsim|Basic|cm91dGVy/);
  });
});
