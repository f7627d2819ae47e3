import { afterAll, beforeAll, expect, it } from "vitest";
import { call, type Reply } from "./testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

// What each call of /api/hss costs in Firestore, as docs/data-model.md states it; the API key is known to the instance.
const KEYS = { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" };
const ARP = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
const PLAN = { name: "x", description: "", rates: { downlink: 10e6, uplink: 5e6 }, qci: 9, arp: ARP, rules: [] };
const NETWORK = { mcc: "905", mnc: String(Math.floor(Math.random() * 900) + 100) };

let world: World;
let ours: TestTenant;
let serial = 0;
const newImsi = () => NETWORK.mcc + NETWORK.mnc + String(++serial).padStart(9, "0");

beforeAll(async () => {
  world = await startWorld();
  ours = await makeTenant(world.deps, { plmns: [NETWORK] });
  await send("GET", "/subscribers");
});
afterAll(() => world.close());

const send = (method: string, path: string, body?: unknown) =>
  call(world.url, method, `/api/hss${path}`, body, { "x-api-key": ours.apiKey });

async function cost(method: string, path: string, body?: unknown): Promise<string> {
  const before = { ...world.deps.store.meter };
  const reply: Reply = await send(method, path, body);
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  const { reads, writes } = world.deps.store.meter;
  return `${reads - before.reads} reads, ${writes - before.writes} writes`;
}

it("costs for subscribers what the data model says", async () => {
  const imsi = newImsi();
  const at = `/subscribers/${imsi}`;
  expect.soft(await cost("POST", "/subscribers", { imsi, keys: KEYS })).toBe("4 reads, 4 writes");
  const group = { name: "x", description: "", planId: "default", apnIds: ["internet"] };
  expect.soft(await cost("PUT", "/groups/g", group)).toBe("3 reads, 2 writes");
  const inGroup = { imsi: newImsi(), keys: KEYS, group_id: "g" };
  expect.soft(await cost("POST", "/subscribers", inGroup)).toBe("4 reads, 4 writes");
  expect.soft(await cost("GET", at)).toBe("1 reads, 0 writes");
  expect.soft(await cost("GET", "/subscribers")).toBe("2 reads, 0 writes");
  expect.soft(await cost("GET", `/subscribers?search=${imsi}`)).toBe("2 reads, 0 writes");
  expect.soft(await cost("PATCH", at, { label: "x" })).toBe("1 reads, 3 writes");
  expect.soft(await cost("PATCH", at, { label: "x" })).toBe("1 reads, 0 writes");
  expect.soft(await cost("PATCH", at, { keys: KEYS })).toBe("2 reads, 3 writes");
  expect.soft(await cost("PATCH", at, { group_id: "g" })).toBe("4 reads, 3 writes");
  expect.soft(await cost("POST", `${at}/actions`, { action: "reread" })).toBe("1 reads, 2 writes");
  expect.soft(await cost("GET", "/export")).toBe("2 reads, 1 writes");
  expect.soft(await cost("GET", "/export?format=open5gs")).toBe("5 reads, 1 writes");
  expect.soft(await cost("DELETE", at)).toBe("2 reads, 4 writes");
});

it("costs for an import what the data model says", async () => {
  const imsis = Array.from({ length: 10 }, newImsi);
  const text = (label: string) =>
    ["imsi,label,k,opc", ...imsis.map((imsi) => `${imsi},${label},${KEYS.k},${KEYS.opc}`)].join("\n");
  const part = (label: string) => ({ format: "csv", text: text(label) });
  const begin = async (hash: string) => {
    const reply = await send("POST", "/imports", { file_name: "x", sha256: hash.repeat(64), total: 10 });
    return `/imports/${reply.body.import_id}/rows`;
  };
  const start = { file_name: "x", sha256: "9".repeat(64), total: 1 };
  expect.soft(await cost("POST", "/imports", start)).toBe("1 reads, 2 writes");
  expect.soft(await cost("POST", "/imports/preview", part("x"))).toBe("14 reads, 0 writes");
  const rows = await begin("a");
  expect.soft(await cost("POST", rows, { ...part("x"), offset: 0 })).toBe("15 reads, 41 writes");
  expect.soft(await cost("POST", rows, { ...part("x"), offset: 0 })).toBe("1 reads, 0 writes");
  const known = await begin("b");
  expect.soft(await cost("POST", known, { ...part("x"), offset: 0 })).toBe("33 reads, 1 writes");
  const changed = await begin("c");
  expect.soft(await cost("POST", changed, { ...part("y"), offset: 0 })).toBe("33 reads, 31 writes");
});

it("costs for plans, APNs, equipment, settings and figures what the data model says", async () => {
  expect.soft(await cost("PUT", "/plans/p", PLAN)).toBe("1 reads, 2 writes");
  expect.soft(await cost("PUT", "/plans/p", { ...PLAN, revision: 1 })).toBe("1 reads, 2 writes");
  expect.soft(await cost("DELETE", "/plans/p")).toBe("3 reads, 2 writes");
  expect.soft(await cost("PUT", "/apns/a", { apn: "a", pdnType: "ipv4" })).toBe("1 reads, 2 writes");
  expect.soft(await cost("DELETE", "/apns/a")).toBe("3 reads, 2 writes");
  await send("PUT", "/groups/unused", { name: "x", description: "" });
  expect.soft(await cost("DELETE", "/groups/unused")).toBe("2 reads, 2 writes");
  const equipment = { subject: { kind: "imei", imei: "490154203237518" }, list: "black" };
  expect.soft(await cost("POST", "/eir", equipment)).toBe("1 reads, 2 writes");
  expect.soft(await cost("DELETE", "/eir/imei-490154203237518")).toBe("1 reads, 2 writes");
  expect.soft(await cost("PATCH", "/settings", { unknown_equipment: "white" })).toBe("1 reads, 2 writes");
  expect.soft(await cost("GET", "/catalogue")).toBe("3 reads, 0 writes");
  const daemons = Math.max(1, (await world.deps.store.daemons.all()).length);
  expect.soft(await cost("GET", "/stats")).toBe(`${7 + daemons} reads, 0 writes`);
  expect.soft(await cost("GET", "/mme-connections")).toBe("1 reads, 0 writes");
});
