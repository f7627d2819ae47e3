import type { EpcId } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { call, type Reply, registration } from "./testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const ARP = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
const PLAN = { name: "Default", description: "", rates: { downlink: 7e6, uplink: 3e6 }, qci: 9, arp: ARP, rules: [] };

let world: World;
let ours: TestTenant;
let epcId: EpcId;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  ours = await makeTenant(world.deps);
  const box = registration({ tenant_id: ours.id, enrollment_token: ours.token });
  epcId = (await call(world.url, "POST", "/api/epc/auto-register", box)).body.epc_id;
});

const send = (method: string, path: string, body?: unknown) =>
  call(world.url, method, path, body, { "x-api-key": ours.apiKey });
const set = (settings: object) => send("PATCH", `/api/epc/${epcId}`, { settings });
const redeploy = () => send("POST", `/api/epc/${epcId}/commands`, { type: "redeploy" });
const version = async () => (await world.deps.store.epcs.need("EPC", ours.id, epcId)).data.scriptVersion;
const script = async () => (await send("GET", `/api/epc/${epcId}/scripts/${await version()}`)).body as string;
const said = ({ status, body }: Reply) => [status, body.error?.code, body.error?.field];
const REFUSED = [412, "failed-precondition", "settings.localPcrf"];

describe("an EPC's own PCRF", () => {
  it("grants what the tenant's default plan and APN profiles say, from the setting on until it is taken back", async () => {
    expect(await script()).not.toContain("127.0.0.9");
    expect((await set({ localPcrf: true })).body).toMatchObject({ script_version: 2 });
    expect(await script()).toMatch(/name: "internet"\n *type: 1\n *ambr:\n *downlink:\n *value: 50000000\n/);
    expect((await set({})).body).toMatchObject({ script_version: 3 });
    expect(await script()).not.toContain("127.0.0.9");
  });

  it("takes a changed plan or APN profile with the next redeployment, which else makes no new version", async () => {
    await set({ localPcrf: true });
    expect([(await redeploy()).status, await version()]).toEqual([200, 2]);
    expect((await send("PUT", "/api/hss/plans/default", { ...PLAN, revision: 1 })).status).toBe(200);
    expect([(await redeploy()).status, await version()]).toEqual([200, 3]);
    expect(await script()).toContain("value: 7000000\n");
    const apn = { apn: "internet", pdnType: "ipv4", rates: { downlink: 2e6, uplink: 1e6 }, revision: 1 };
    expect((await send("PUT", "/api/hss/apns/internet", apn)).status).toBe(200);
    expect([(await redeploy()).status, await version()]).toEqual([200, 4]);
    expect(await script()).toContain("value: 2000000\n");
    expect(await script()).not.toContain("value: 7000000\n");
  });

  it("is refused without that plan, and with what Open5GS could not start with; nothing changes then", async () => {
    expect((await send("PUT", "/api/hss/plans/default", { ...PLAN, qci: 200, revision: 1 })).status).toBe(200);
    const refused = await set({ localPcrf: true });
    expect(said(refused)).toEqual(REFUSED);
    expect(refused.body.error.message).toContain("apns.internet.qci: Open5GS does not start with 200");
    expect((await send("DELETE", "/api/hss/plans/default")).status).toBe(200);
    expect(said(await set({ localPcrf: true }))).toEqual(REFUSED);
    expect(await version()).toBe(1);
    expect((await world.deps.store.epcs.need("EPC", ours.id, epcId)).data.settings).toEqual({});
  });
});
