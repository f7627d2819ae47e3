// A router that speaks plain HTTP, a daemon's process as its edge, the real functions behind it, and an osmo-remsim-server of our own.
import { type ClientKey, paths } from "@wisptools/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Login, makeBank, makeLogin, SERVER } from "../../functions/src/testing/simBanks.ts";
import type { TestTenant } from "../../functions/src/testing/world.ts";
import { registerRemsimClient } from "../../scripts/dev/simulator/remsimClient.ts";
import { FakeRemsimServer } from "../../scripts/dev/simulator/remsimServer.ts";
import { CloudWorld, SOON_MS, until } from "./cloudWorld.ts";
import { DaemonUnderTest } from "./daemonUnderTest.ts";

const BASE = "/api/backend/v1/remsim";

let cloud: CloudWorld;
let tenant: TestTenant;
let login: Login;
let server: FakeRemsimServer;
let daemon: DaemonUnderTest;

beforeAll(async () => {
  cloud = await CloudWorld.start();
  const { deps, url } = cloud.world;
  tenant = await cloud.tenant();
  login = await makeLogin(deps, tenant.id);
  await makeBank(deps, tenant.id, { bankId: 1, cards: 3, serverHost: "10.0.0.5" });
  await makeBank(deps, tenant.id, { bankId: 2, cards: 3, serverHost: "10.0.0.5" });
  daemon = new DaemonUnderTest({ env: cloud.daemonEnv(), cloudUrl: url, argv: ["--roles", "remsim"] });
  server = await new FakeRemsimServer({ host: daemon.pcrf.host }).start();
  for (const bank of [1, 2]) server.connectBank(bank);
  const place = { label: "Site", host: "10.0.0.5", port: 9998, restUrl: server.restUrl, tenants: [] };
  const document = { schemaVersion: 1, id: SERVER, ...place, createdAt: new Date() };
  await deps.store.write().create(paths.remsimServer(SERVER), document).commit();
  await daemon.start();
}, 120_000);
afterAll(async () => {
  await daemon?.remove();
  await server?.stop();
  await cloud?.close();
});

function register(clientId: string) {
  const pair = Buffer.from(login.headers.authorization?.replace(/^Basic /, "") ?? "", "base64").toString();
  const place = {
    host: `${pair}@${daemon.edge.host}`,
    port: daemon.edge.port,
    mode: "ONE_TO_ONE_SWSIM",
    mccMnc: "310410",
  };
  return registerRemsimClient({ ...place, clientId, tenantNumber: 0 });
}

async function call(method: string, path: string, body: object | undefined, headers = login.headers) {
  const { host, port } = daemon.edge;
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const reply = await fetch(`http://${host}:${port}${BASE}${path}`, { method, headers, ...text });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

async function clientDocument(clientId: string) {
  const all = await cloud.world.deps.store.raw(`tenants/${tenant.id}/remsimClients`);
  const key = all.find((each) => each.clientId === clientId)?.key as ClientKey;
  return (await cloud.world.deps.store.remsimClients.get(tenant.id, key))?.data;
}

it(
  "gives a router its card, and keeps it while the cloud is away and daemon and server start again",
  async () => {
    const { assignment, raw } = await register("vm-slot0");
    if (!assignment) throw new Error(raw);
    expect(assignment).toMatchObject({ serverHost: "10.0.0.5", mode: "ONE_TO_ONE_SWSIM" });
    const { bankId, slotId } = assignment;
    server.connectClient(bankId, slotId);
    await until("has a card", async () => server.cardOf(bankId, slotId) !== undefined);
    await until("is seen", async () => (await clientDocument("vm-slot0"))?.server?.connected === true);
    expect((await clientDocument("vm-slot0"))?.state).toBe("connected");
    expect((await call("POST", "/heartbeat", { client_id: "vm-slot0", status: "connected" })).status).toBe(200);

    // An API key is another credential, and so another client.
    const withKey = { "x-api-key": tenant.apiKey };
    const registration = { client_id: "vm-slot0", mapping_mode: "ONE_TO_ONE_SWSIM", mcc_mnc: "310410" };
    const byKey = await call("POST", "/register-client", registration, withKey);
    expect(byKey).toMatchObject({ status: 200, body: { status: "success" } });
    expect([byKey.body.bank_id, byKey.body.slot_id]).not.toEqual([bankId, slotId]);
    await until("has the map", async () => server.maps().filter((map) => map.endsWith("ACTIVE")).length === 2);

    await cloud.world.close();
    const again = (await register("vm-slot0")).raw;
    expect(again.split("\r\n\r\n")[1]).toBe(raw.split("\r\n\r\n")[1]);
    expect(await call("POST", "/register-client", registration, withKey)).toEqual(byKey);
    expect(await call("POST", "/heartbeat", { client_id: "vm-slot0" })).toEqual({
      ...{ status: 200, body: { status: "success", next_heartbeat_interval: 60, commands: [] } },
    });
    expect((await register("vm-slot9")).assignment).toBeUndefined();

    await daemon.stop();
    server.restart();
    await daemon.start();
    expect((await register("vm-slot0")).assignment).toEqual(assignment);
    await until("has its card again", async () => server.cardOf(bankId, slotId) !== undefined);
    const text = await daemon.metrics();
    expect(text).toContain('wisptools_remsim_edge_requests_total{request="register",result="kept"} 1');
    expect(text).toContain('wisptools_remsim_maps_desired{server="site"} 2');
    expect(text).toContain('wisptools_remsim_server_reachable{server="site"} 1');
    expect(daemon.output).not.toMatch(/Basic |wt_key/);
  },
  SOON_MS * 4,
);
