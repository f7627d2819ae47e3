// A subscriber's keys go in and never come out: neither in replies nor in any document that a client may read.
import { randomBytes } from "node:crypto";
import { paths } from "@wisptools/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACCESS } from "../../tests/rules/access.ts";
import { call } from "./testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const NETWORK = { mcc: "904", mnc: String(Math.floor(Math.random() * 900) + 100) };
const secret = () => randomBytes(16).toString("hex");
const imsiOf = (n: number) => NETWORK.mcc + NETWORK.mnc + String(n).padStart(9, "0");

let world: World;
let ours: TestTenant;
const replies: string[] = [];

beforeAll(async () => {
  world = await startWorld();
  ours = await makeTenant(world.deps, { plmns: [NETWORK] });
});
afterAll(() => world.close());

async function send(method: string, path: string, body?: unknown): Promise<number> {
  const reply = await call(world.url, method, `/api/hss${path}`, body, { "x-api-key": ours.apiKey });
  replies.push(JSON.stringify([reply.body, [...reply.headers]]));
  return reply.status;
}

/** Everything a member of the tenant may read, by the table that the rules are held to. */
async function readable(): Promise<string> {
  const open = ACCESS.filter(({ get, collection }) => get !== "nobody" && collection.startsWith("tenants/{0}"));
  const collections = open.map(({ document }) => document.slice(0, document.lastIndexOf("/")).split("/"));
  const texts: string[] = [];
  for (const [, , ...rest] of collections) {
    const path = ["tenants", ours.id, ...rest].join("/").replace(/subscribers\/\d+/, `subscribers/${imsiOf(1)}`);
    texts.push(JSON.stringify(await world.deps.store.raw(path)));
  }
  texts.push(JSON.stringify(await world.deps.store.rawDocument(paths.tenant(ours.id))));
  return texts.join("\n");
}

it("neither replies nor readable documents ever hold a key, whatever succeeds or fails", async () => {
  const first = { k: secret(), opc: secret() };
  const second = { k: secret(), op: secret() };
  const tuak = { k: secret() + secret(), topc: secret() + secret() };
  const rows = [3, 4, 5].map((n) => ({ imsi: imsiOf(n), k: secret(), opc: secret() }));
  expect(await send("POST", "/subscribers", { imsi: imsiOf(1), keys: first })).toBe(201);
  expect(await send("POST", "/subscribers", { imsi: imsiOf(2), keys: tuak, algorithm: "tuak" })).toBe(201);
  expect(await send("POST", "/subscribers", { imsi: imsiOf(1), keys: first })).toBe(409);
  expect(await send("POST", "/subscribers", { imsi: imsiOf(9), keys: { ...first, k: `${first.k}0` } })).toBe(400);
  expect(await send("POST", "/subscribers", { imsi: imsiOf(9), keys: { [first.k]: first.opc } })).toBe(400);
  expect(await send("PATCH", `/subscribers/${imsiOf(1)}`, { keys: second })).toBe(200);
  expect(await send("PATCH", `/subscribers/${imsiOf(1)}`, { keys: first, revision: 1 })).toBe(409);
  expect(await send("PATCH", `/subscribers/${imsiOf(1)}`, { keys: { ...first, topc: tuak.topc } })).toBe(400);
  const text = ["imsi,k,opc", ...rows.map(({ imsi, k, opc }) => `${imsi},${k},${opc}`), `x,${secret()},y`].join("\n");
  expect(await send("POST", "/imports/preview", { format: "csv", text })).toBe(200);
  expect(await send("POST", "/imports", { file_name: "x", sha256: "0".repeat(64), total: 4 })).toBe(200);
  const id = JSON.parse(replies.at(-1) ?? "")[0].import_id;
  expect(await send("POST", `/imports/${id}/rows`, { format: "csv", offset: 0, text })).toBe(200);
  expect(await send("POST", "/imports/preview", { format: "open5gs", text: `{"security":{"k":"${first.k}"` })).toBe(
    200,
  );
  for (const path of ["/subscribers", `/subscribers/${imsiOf(1)}`, "/export", "/export?format=open5gs", "/stats"]) {
    expect(await send("GET", path)).toBe(200);
  }
  expect(await send("DELETE", `/subscribers/${imsiOf(2)}`)).toBe(200);

  const everything = [...replies, await readable()].join("\n").toLowerCase();
  expect(everything).toContain(imsiOf(3));
  const profiles = await world.deps.store.raw(`tenants/${ours.id}/hssProfiles`);
  const sealed = profiles.map(({ keys }) => String(keys)).filter(Boolean);
  expect(sealed.length).toBe(4);
  for (const one of sealed) expect([...replies, await readable()].join("\n")).not.toContain(one);
  const keys = [first, second, tuak, ...rows].flatMap(({ ...all }) => Object.values(all));
  for (const key of keys.filter((value) => value.length >= 32)) expect(everything).not.toContain(key);
  // Nor do the mirrored documents hold them other than sealed.
  const mirrored = JSON.stringify(profiles).toLowerCase();
  for (const key of keys.filter((value) => value.length >= 32)) expect(mirrored).not.toContain(key);
});
