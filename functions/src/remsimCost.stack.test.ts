import { type SlotPolicy, SlotPolicyId } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { clientKeyOf } from "./operations/remsim/clientIdentity.ts";
import { call, type Reply } from "./testing/client.ts";
import {
  type Login,
  makeBank,
  makeLogin,
  makePool,
  putSettings,
  registerRouter,
  unregisterRouter,
} from "./testing/simBanks.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

// What each call about cards costs in Firestore, as docs/data-model.md states it; the login and the API key are known to the instance.
let world: World;
let ours: TestTenant;
let login: Login;

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(async () => {
  ours = await makeTenant(world.deps);
  login = await makeLogin(world.deps, ours.id);
  await unregisterRouter(world, login, "nobody");
  await operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM" });
});
afterAll(() => world.close());

const operate = (method: string, path: string, body?: unknown): Promise<Reply> =>
  call(world.url, method, `/api/backend/v1/remsim${path}`, body, { "x-api-key": ours.apiKey });

async function cost(act: () => Promise<Reply>, status = 200): Promise<string> {
  const before = { ...world.deps.store.meter };
  const reply = await act();
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  const { reads, writes } = world.deps.store.meter;
  return `${reads - before.reads} reads, ${writes - before.writes} writes`;
}

const anyone: SlotPolicy = {
  id: SlotPolicyId.parse(`sp_${"0".repeat(16)}`),
  name: "anyone",
  enabled: true,
  match: {},
  choose: {},
  strategy: "least-loaded",
  remap: true,
};
const register = (clientId: string, wish = {}) => registerRouter(world, login, clientId, wish);
const keyOf = (clientId: string) => clientKeyOf(login.id, clientId);

it("costs for whole cards of one bank what the data model says", async () => {
  await makeBank(world.deps, ours.id, { bankId: 1, cards: 20 });
  expect.soft(await cost(() => register("a"))).toBe("11 reads, 6 writes");
  expect.soft(await cost(() => register("a"))).toBe("4 reads, 2 writes");
  expect.soft(await cost(() => register("a", { mode: "ONE_TO_ONE_VSIM" }))).toBe("5 reads, 2 writes");
  const reassign = () => operate("POST", "/reassign", { client_key: keyOf("a") });
  expect.soft(await cost(reassign)).toBe("14 reads, 8 writes");
  const explainIt = () => operate("POST", "/explain", { client_key: keyOf("a") });
  expect.soft(await cost(explainIt)).toBe("5 reads, 0 writes");
  expect.soft(await cost(() => unregisterRouter(world, login, "a"))).toBe("5 reads, 6 writes");
  expect.soft(await cost(() => unregisterRouter(world, login, "a"))).toBe("1 reads, 0 writes");
  expect.soft(await cost(() => register("a"))).toBe("4 reads, 6 writes");
  expect.soft(await cost(() => operate("POST", `/clients/${keyOf("a")}/release`))).toBe("5 reads, 6 writes");
  expect.soft(await cost(() => operate("DELETE", `/clients/${keyOf("a")}`))).toBe("2 reads, 2 writes");
  const discover = () => call(world.url, "GET", "/api/backend/v1/remsim/discover", undefined, login.headers);
  expect.soft(await cost(discover)).toBe("2 reads, 0 writes");
  const explain = () => operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM" });
  expect.soft(await cost(explain)).toBe("10 reads, 0 writes");
});

it("costs for several banks a read more of each", async () => {
  for (const bankId of [1, 2, 3]) await makeBank(world.deps, ours.id, { bankId, cards: 20 });
  expect(await cost(() => register("a"))).toBe("16 reads, 6 writes");
});

it("costs for a refusal no write but the one that tells of it", async () => {
  await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
  await register("a");
  world.deps.clock.offsetMs = 600_000 - (Date.now() % 600_000);
  await unregisterRouter(world, login, "nobody");
  expect.soft(await cost(() => register("b"), 503)).toBe("9 reads, 1 writes");
  expect.soft(await cost(() => register("b"), 503)).toBe("9 reads, 0 writes");
  expect.soft(await cost(() => register("c", { mccMnc: "310410" }), 503)).toBe("15 reads, 1 writes");
  for (const bankId of [2, 3]) await makeBank(world.deps, ours.id, { bankId, cards: 0 });
  // 2, 3 banks, and 6 for each of 3 banks, by network and by country, under a policy and the built-in one.
  await putSettings(world.deps, ours.id, { policies: [anyone] });
  expect.soft(await cost(() => register("c", { mccMnc: "310410" }), 503)).toBe("77 reads, 0 writes");
  await putSettings(world.deps, ours.id, { policies: [{ ...anyone, match: { modes: ["KI_PROXY_SWSIM"] } }] });
  expect.soft(await cost(() => register("c", { mccMnc: "310410" }), 503)).toBe("41 reads, 0 writes");
  world.deps.clock.offsetMs = 0;
});

it("costs for a refusal by a pool what the data model says", async () => {
  const full = { profilesPerSlot: 1, maxProfiles: 9 };
  const pool = await makePool(world.deps, ours.id, { bankId: 1, cards: 1, slot: () => ({ profiles: 1 }) }, full);
  const mode = "KI_PROXY_SWSIM";
  await cost(() => register("a", { mode }), 503); // tells of it
  expect.soft(await cost(() => register("a", { mode }), 503)).toBe("8 reads, 0 writes");
  await putSettings(world.deps, ours.id, { pools: [{ ...pool, profilesPerSlot: 10, maxProfiles: 1 }] });
  expect.soft(await cost(() => register("a", { mode }), 503)).toBe("8 reads, 0 writes");
});

it("costs for profiles of a pool what the data model says", async () => {
  await makePool(world.deps, ours.id, { bankId: 1, cards: 20 });
  const mode = "KI_PROXY_SWSIM";
  expect.soft(await cost(() => register("a", { mode }))).toBe("11 reads, 6 writes");
  expect.soft(await cost(() => register("a", { mode }))).toBe("4 reads, 2 writes");
  expect.soft(await cost(() => unregisterRouter(world, login, "a"))).toBe("5 reads, 6 writes");
  const pool = (await world.deps.store.remsimSettings.get(ours.id))?.data.pools.map((one) => ({
    ...one,
    maxProfiles: 50,
  }));
  await putSettings(world.deps, ours.id, { pools: pool ?? [] });
  expect.soft(await cost(() => register("b", { mode }))).toBe("12 reads, 6 writes");
});
