import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { log } from "./logs.ts";
import { call, type Reply } from "./testing/client.ts";
import { routerCall } from "./testing/router.ts";
import { type Login, makeBank, makeLogin, registerRouter, unregisterRouter } from "./testing/simBanks.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

// Each request of a router leaves a line that says which credential made it, whatever became of it.
let world: World;
let ours: TestTenant;
let login: Login;
const lines = vi.spyOn(log, "remsimRequest");

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(async () => {
  lines.mockReturnValue(undefined);
  ours = await makeTenant(world.deps, { remsimTenantId: 7 });
  login = await makeLogin(world.deps, ours.id);
  await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
});
afterEach(() => lines.mockReset());
afterAll(() => world.close());

const path = (rest: string) => `/api/backend/v1/remsim/${rest}`;
const ask = (what: string, body: object) => routerCall(world.url, login, what, body);
const discover = (headers: Record<string, string>) => call(world.url, "GET", path("discover"), undefined, headers);

/** What was logged of one request, beside its id, which must be the reply's. */
async function lineOf(act: () => Promise<Reply>): Promise<unknown[]> {
  lines.mockClear();
  const reply = await act();
  await vi.waitFor(() => expect(lines).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  const { requestId, endpoint, tenantId, credentialId, clientId, status, outcome } = lines.mock.calls[0]?.[0] ?? {};
  expect(requestId).toBe(reply.headers.get("x-request-id"));
  expect(status).toBe(reply.status);
  const byOurs = tenantId === ours.id && credentialId === login.id;
  return [endpoint, byOurs || [tenantId, credentialId], clientId, status, outcome];
}

it("says who did what", async () => {
  const register = `POST ${path("register-client")}`;
  expect(await lineOf(() => registerRouter(world, login, "a"))).toEqual([register, true, "a", 200, "done"]);
  const heartbeat = { client_id: "a", status: "connected" };
  const beaten = [`POST ${path("heartbeat")}`, true, "a", 200, "done"];
  expect(await lineOf(() => ask("heartbeat", heartbeat))).toEqual(beaten);
  const events = { client_id: "a", events: [{ event: "event-modem-reset", age_seconds: 0 }] };
  expect(await lineOf(() => ask("events", events))).toEqual([`POST ${path("events")}`, true, "a", 200, "done"]);
  const logs = { client_id: "a", lines: ["x"] };
  expect(await lineOf(() => ask("logs", logs))).toEqual([`POST ${path("logs")}`, true, "a", 200, "done"]);
  const discovered = [`GET ${path("discover")}`, true, null, 200, "done"];
  expect(await lineOf(() => discover(login.headers))).toEqual(discovered);
  const gone = [`DELETE ${path("unregister/:client_id")}`, true, "a", 200, "done"];
  expect(await lineOf(() => unregisterRouter(world, login, "a"))).toEqual(gone);
});

it("says who was refused, and why", async () => {
  const register = `POST ${path("register-client")}`;
  const refusal = async (act: () => Promise<Reply>) => (await lineOf(act)).slice(1);
  await registerRouter(world, login, "a", { address: "198.51.100.1" });
  const wrong = () => registerRouter(world, login, "b", { mode: "NONE" });
  expect(await lineOf(wrong)).toEqual([register, true, "b", 400, "invalid-argument"]);
  const foreign = () => registerRouter(world, login, "b", { tenant: 8 });
  expect(await refusal(foreign)).toEqual([true, "b", 403, "tenant_mismatch"]);
  const beat = { client_id: "b", status: "connected" };
  expect(await refusal(() => ask("heartbeat", beat))).toEqual([true, "b", 404, "not_registered"]);
  await ask("heartbeat", { client_id: "a", status: "connected" });
  const second = () => registerRouter(world, login, "a", { address: "198.51.100.2" });
  expect(await refusal(second)).toEqual([true, "a", 409, "client_clash"]);
  expect(await refusal(() => registerRouter(world, login, "b"))).toEqual([true, "b", 503, "no_slot"]);
});

it("names no tenant for a credential that does not hold, and never a secret", async () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const guessed = await lineOf(() => discover(basic("roof:guessed-secret")));
  expect(guessed).toEqual([`GET ${path("discover")}`, [null, null], null, 401, "login_invalid"]);
  expect(JSON.stringify(lines.mock.calls)).not.toContain("guessed-secret");
  const byKey = await lineOf(() => discover({ "x-api-key": ours.apiKey }));
  expect(byKey[1]).toEqual([ours.id, expect.stringMatching(/^key:/)]);
  expect(JSON.stringify(lines.mock.calls)).not.toContain(ours.apiKey);
  const unsaid = await call(world.url, "POST", path("heartbeat"), '{"client_id":"no spaces"', login.headers);
  expect(unsaid.status).toBe(400);
});
