import {
  bankSlotId,
  type ClientKey,
  paths,
  type RemsimClient,
  type SimSlot,
  type SlotPolicy,
  SlotPolicyId,
  type TenantId,
} from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let login: Login;
let foreign: Login;

beforeAll(async () => {
  world = await startWorld();
  theirs = await makeTenant(world.deps);
  foreign = await makeLogin(world.deps, theirs.id);
});
beforeEach(async () => {
  world.deps.clock.offsetMs = 0;
  ours = await makeTenant(world.deps, { remsimTenantId: 7 });
  login = await makeLogin(world.deps, ours.id);
});
afterAll(() => world.close());

type Wish = Parameters<typeof registerRouter>[3];
const register = (clientId: string, wish: Wish = {}) => registerRouter(world, login, clientId, wish);
const unregister = (clientId: string) => unregisterRouter(world, login, clientId);
const operate = (method: string, path: string, body?: unknown, tenant = ours): Promise<Reply> =>
  call(world.url, method, `/api/backend/v1/remsim${path}`, body, { "x-api-key": tenant.apiKey });
const keyOf = (clientId: string, of = login): ClientKey => clientKeyOf(of.id, clientId);
const later = (seconds: number) => {
  world.deps.clock.offsetMs += seconds * 1000;
};

async function slotOf(bankId: number, slotId: number, tenantId: TenantId = ours.id): Promise<SimSlot> {
  return (await world.deps.store.simSlots.need("slot", tenantId, bankId, slotId)).data;
}
async function clientOf(clientId: string): Promise<RemsimClient> {
  return (await world.deps.store.remsimClients.need("client", ours.id, keyOf(clientId))).data;
}
const documents = (path: string) => world.deps.store.raw(path);
const eventTypes = async () => (await documents(`tenants/${ours.id}/remsimEvents`)).map(({ type }) => type).sort();
const audited = async () =>
  (await documents(paths.audits(ours.id))).filter(({ action }) => action.startsWith("remsimClient")).map((one) => one);

let policies = 0;
function policy(changes: Partial<SlotPolicy>): SlotPolicy {
  const id = SlotPolicyId.parse(`sp_${(++policies).toString(16).padStart(16, "0")}`);
  const name = `policy ${policies}`;
  return { id, name, enabled: true, match: {}, choose: {}, strategy: "sticky", remap: true, ...changes };
}

/** Everything that says who holds what agrees: each client's slot, claim and map are its own, and nothing else is taken. */
async function expectConsistent(): Promise<RemsimClient[]> {
  const clients = (await documents(paths.remsimClients(ours.id))) as RemsimClient[];
  const holders = clients.filter(({ assignment }) => assignment !== null);
  const banks = await documents(paths.simBanks(ours.id));
  const slots = (await Promise.all(banks.map(({ bankId }) => documents(paths.simSlots(ours.id, bankId))))).flat();
  const maps = await documents(paths.slotMaps(ours.id));
  const claims = await documents(`tenants/${ours.id}/slotClaims`);
  const taken = slots.filter(({ client }) => client !== null);
  const whole = holders.filter(({ assignment }) => assignment?.poolId === null);
  expect(new Map(taken.map((slot) => [slot.client.key, slot.id]))).toEqual(
    new Map(whole.map(({ key, assignment }) => [key, assignment && bankSlotId(assignment.slot)])),
  );
  for (const slot of slots.filter(({ poolId }) => poolId !== null)) {
    const profiles = holders.filter(({ assignment }) => assignment && bankSlotId(assignment.slot) === slot.id);
    expect(slot.profiles).toBe(profiles.length);
  }
  const keys = holders.map(({ key }) => key).sort();
  expect(maps.map(({ clientKey }) => clientKey).sort()).toEqual(keys);
  expect(claims.map(({ clientKey }) => clientKey).sort()).toEqual(keys);
  expect(new Set(maps.map(({ bank }) => bankSlotId(bank))).size).toBe(maps.length);
  for (const { key, assignment } of holders) {
    expect(maps.find(({ clientKey }) => clientKey === key)?.client).toEqual(assignment?.client);
  }
  return holders;
}

describe("registration", () => {
  it("answers with the fields in the client's order, compact", async () => {
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 1 });
    const response = await fetch(`${world.url}/api/backend/v1/remsim/register-client`, {
      method: "POST",
      headers: { "content-type": "application/json", ...login.headers },
      body: '{"client_id":"vm-slot0","mapping_mode":"ONE_TO_ONE_VSIM","mcc_mnc":"310410","tenant_id":7}',
    });
    expect(response.status).toBe(200);
    const { profileId } = await clientOf("vm-slot0");
    expect(await response.text()).toBe(
      '{"status":"success","bank_id":3,"slot_id":1,"iccid":"8988211000003000001","imsi":"310410000003001",' +
        `"bankd_endpoint":"10.0.0.5:9998","mapping_mode":"ONE_TO_ONE_VSIM","profile_id":"${profileId}",` +
        '"heartbeat_interval":60,"existing":false,"slot":{"bank_id":3,"slot_id":1}}',
    );
  });

  it("writes card, claim, map, event and audit together", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2 });
    const reply = await register("vm-slot0");
    expect(reply.status).toBe(200);
    const holders = await expectConsistent();
    expect(holders).toHaveLength(1);
    expect(await slotOf(1, reply.body.slot.slot_id)).toMatchObject({
      state: "assigned",
      profiles: 1,
      client: { key: keyOf("vm-slot0"), clientId: "vm-slot0" },
    });
    expect(await eventTypes()).toEqual(["client_registered"]);
    const [entry] = await audited();
    expect(entry).toMatchObject({ action: "remsimClient.register", target: keyOf("vm-slot0") });
    expect(entry?.actor).toMatch(/^router:r[0-9a-f]{12}$/);
  });

  it("gives the same card again, as often as a client asks", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 5 });
    const first = await register("vm-slot0");
    const again = await register("vm-slot0");
    expect(again.body).toEqual({ ...first.body, existing: true });
    expect((await clientOf("vm-slot0")).registrations).toBe(2);
    expect(await eventTypes()).toEqual(["client_registered"]);
    expect(await expectConsistent()).toHaveLength(1);
  });

  it("follows its server to another host", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("vm-slot0");
    await world.deps.store.write().patch(paths.simBank(ours.id, 1), { serverHost: "sim.example.net" }).commit();
    expect((await register("vm-slot0")).body.bankd_endpoint).toBe("sim.example.net:9998");
  });

  it("tells routers of one name apart by their logins", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2 });
    const other = await makeLogin(world.deps, ours.id);
    const [one, two] = [await register("vm-slot0"), await registerRouter(world, other, "vm-slot0")];
    expect(one.body.slot_id).not.toBe(two.body.slot_id);
    expect(await expectConsistent()).toHaveLength(2);
  });

  it("keeps a card that fits what the client now asks for, and its profile's number", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("vm-slot0");
    const changed = await register("vm-slot0", { mode: "ONE_TO_ONE_VSIM", mccMnc: "310410" });
    expect(changed.body).toMatchObject({ existing: true, slot_id: 1, mapping_mode: "ONE_TO_ONE_VSIM" });
    expect(await clientOf("vm-slot0")).toMatchObject({ mode: "ONE_TO_ONE_VSIM", mccMnc: "310410" });
    await expectConsistent();
  });

  it("swaps the card when the client asks for another network, in one write", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1, mccMnc: "26201" });
    await register("vm-slot0", { mccMnc: "310410" });
    const changed = await register("vm-slot0", { mccMnc: "26201" });
    expect(changed.body).toMatchObject({ existing: false, slot: { bank_id: 2, slot_id: 1 }, bank_id: 1, slot_id: 1 });
    expect(await slotOf(1, 1)).toMatchObject({ state: "available", client: null, profiles: 0 });
    expect(await expectConsistent()).toHaveLength(1);
  });

  it("leaves the client its card when there is none of the network it now asks for", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("vm-slot0", { mccMnc: "310410" });
    expect((await register("vm-slot0", { mccMnc: "26201" })).status).toBe(503);
    expect((await clientOf("vm-slot0")).assignment?.slot).toEqual({ bankId: 1, slotId: 1 });
    await expectConsistent();
  });

  it("gives a card another RSPRO identity while a client that was moved away keeps the card's own", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1, enabled: false });
    await register("first");
    await world.deps.store.write().patch(paths.simBank(ours.id, 2), { enabled: true }).commit();
    const moved = await operate("POST", "/reassign", { client_key: keyOf("first") });
    expect(moved.body.to).toEqual({ bank_id: 2, slot_id: 1 });
    later(120);
    const second = await register("second");
    expect(second.body).toMatchObject({ bank_id: 1, slot: { bank_id: 1, slot_id: 1 } });
    expect(second.body.slot_id).toBeGreaterThan(1);
    expect((await register("first")).body).toMatchObject({ bank_id: 1, slot_id: 1, slot: { bank_id: 2, slot_id: 1 } });
    expect(await expectConsistent()).toHaveLength(2);
  });
});

describe("refusals", () => {
  it.each<[string, string, number, object]>([
    ["a bad mode", '{"client_id":"a","mapping_mode":"MANY","mcc_mnc":""}', 400, { field: "mapping_mode" }],
    ["a bad network", '{"client_id":"a","mapping_mode":"ONE_TO_ONE_VSIM","mcc_mnc":"31"}', 400, { field: "mcc_mnc" }],
    ["a bad name", '{"client_id":"a b","mapping_mode":"ONE_TO_ONE_VSIM"}', 400, { field: "client_id" }],
    ["no name", '{"mapping_mode":"ONE_TO_ONE_VSIM"}', 400, { field: "client_id" }],
    ["another tenant's number", '{"client_id":"a","mapping_mode":"ONE_TO_ONE_VSIM","tenant_id":8}', 403, {}],
    ["a pool where none is", '{"client_id":"a","mapping_mode":"KI_PROXY_SWSIM"}', 404, { reason: "no_pool" }],
    ["a card where none is", '{"client_id":"a","mapping_mode":"ONE_TO_ONE_VSIM"}', 503, { reason: "no_slot" }],
    ["what is no JSON", "{", 400, {}],
  ])("of %s say what the client's reader looks for", async (_, body, status, error) => {
    const reply = await call(world.url, "POST", "/api/backend/v1/remsim/register-client", body, login.headers);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ status: "error", success: false, error });
    expect(JSON.stringify(reply.body)).toContain('"status":"error"');
    expect(await documents(paths.remsimClients(ours.id))).toEqual([]);
  });

  it("name the modes there are", async () => {
    const reply = await register("a", { mode: "MANY" });
    expect(reply.body.available_modes).toEqual(["ONE_TO_ONE_SWSIM", "ONE_TO_ONE_VSIM", "KI_PROXY_SWSIM"]);
  });

  it("without or with a wrong login", async () => {
    const path = "/api/backend/v1/remsim/register-client";
    const body = '{"client_id":"a","mapping_mode":"ONE_TO_ONE_VSIM"}';
    const wrong = { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` };
    for (const headers of [{}, wrong]) {
      const reply = await call(world.url, "POST", path, body, headers);
      expect(reply.status).toBe(401);
      expect(reply.body.status).toBe("error");
    }
  });

  it("say which filters left no card", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 3, slot: (n) => (n === 3 ? { state: "faulty" } : {}) });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1, connected: false });
    await makeBank(world.deps, ours.id, {
      bankId: 4,
      cards: 1,
      mccMnc: "26201",
      slot: () => ({ availableAt: new Date(Date.now() + 1e6) }),
    });
    const only = policy({ name: "night", match: { regions: ["eu"] } });
    await putSettings(world.deps, ours.id, { policies: [only] });
    await register("a");
    await register("b");
    const { status, body, headers } = await register("c", { mccMnc: "310410" });
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("60");
    expect(body.error.message).toContain(
      "policy night does not match: it is for logins of eu; this one is of no region",
    );
    expect(body.error.message).toContain("bank 1 has 3 cards of 310410: 2 held, 1 switched off or faulty");
    expect(body.error.message).toContain("bank 2 is not connected");
    expect(body.error.message).toContain("bank 4 has no card of 310410");
    const cooling = await register("c", { mccMnc: "26201" });
    expect(cooling.body.error.message).toContain("bank 4 has 1 card of 26201: 1 cooling down");
  });

  it("are told as events once in ten minutes", async () => {
    world.deps.clock.offsetMs = 600_000 - (Date.now() % 600_000);
    await register("a");
    await register("b");
    expect(await eventTypes()).toEqual(["pool_exhausted"]);
    later(600);
    await register("a");
    expect(await eventTypes()).toEqual(["pool_exhausted", "pool_exhausted"]);
  });

  it("slow down one router, not its neighbours with the same login", async () => {
    const { now } = world.deps;
    const stopped = now();
    world.deps.now = () => stopped;
    try {
      const replies = await Promise.all(Array.from({ length: 101 }, () => unregister("busy")));
      expect(replies.filter(({ status }) => status === 429)).toHaveLength(1);
      expect((await unregister("calm")).status).toBe(404);
    } finally {
      world.deps.now = now;
    }
  });
});

describe("two routers of one login and name", () => {
  const alive = async (clientId: string) =>
    world.deps.store
      .write()
      .patch(paths.remsimClient(ours.id, keyOf(clientId)), { heartbeatAt: world.deps.now(), state: "connected" })
      .commit();

  it("are refused the second while the first is alive elsewhere, and told of once", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2 });
    await register("OpenWrt-slot0", { address: "192.0.2.1" });
    await alive("OpenWrt-slot0");
    const clash = await register("OpenWrt-slot0", { address: "192.0.2.2" });
    expect(clash.status).toBe(409);
    expect(clash.body).toMatchObject({ status: "error", error: { reason: "client_clash", field: "client_id" } });
    await register("OpenWrt-slot0", { address: "192.0.2.2" });
    expect(await eventTypes()).toEqual(["client_clash", "client_registered"]);
    expect((await clientOf("OpenWrt-slot0")).clashAt).not.toBeNull();
    expect((await register("OpenWrt-slot0", { address: "192.0.2.1" })).status).toBe(200);
  });

  it("are told apart behind one edge, which says where each is", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2 });
    const edge = "203.0.113.1";
    expect((await register("OpenWrt-slot0", { address: edge, router: "192.168.1.1" })).status).toBe(200);
    expect((await clientOf("OpenWrt-slot0")).address).toBe("192.168.1.1");
    await alive("OpenWrt-slot0");
    expect((await register("OpenWrt-slot0", { address: edge, router: "192.168.1.2" })).status).toBe(409);
    expect((await register("OpenWrt-slot0", { address: edge, router: "<b>" })).status).toBe(409);
    expect((await register("OpenWrt-slot0", { address: "203.0.113.9", router: "192.168.1.1" })).status).toBe(200);
  });

  it("are not one that moved: a heartbeat takes its address along", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2 });
    const beat = (router: string) => {
      const body = { client_id: "OpenWrt-slot0", status: "connected", instance_id: "a" };
      const headers = { ...login.headers, "x-wisptools-router-address": router };
      return call(world.url, "POST", "/api/backend/v1/remsim/heartbeat", body, headers);
    };
    await register("OpenWrt-slot0", { router: "192.168.1.1" });
    expect((await beat("192.168.1.1")).status).toBe(200);
    expect((await register("OpenWrt-slot0", { router: "192.168.1.2" })).status).toBe(409);
    expect((await beat("192.168.1.2")).status).toBe(200);
    expect((await register("OpenWrt-slot0", { router: "192.168.1.2" })).status).toBe(200);
    expect((await register("OpenWrt-slot0", { router: "192.168.1.1" })).status).toBe(409);
  });

  it("are not suspected without heartbeats, nor once the first is silent", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("OpenWrt-slot0", { address: "192.0.2.1" });
    expect((await register("OpenWrt-slot0", { address: "192.0.2.2" })).status).toBe(200);
    await alive("OpenWrt-slot0");
    later(30);
    expect((await register("OpenWrt-slot0", { address: "192.0.2.3" })).status).toBe(200);
  });
});

describe("many at once", () => {
  it("give 60 of 200 a card each and refuse 140 with reasons", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 60 });
    const ids = Array.from({ length: 200 }, (_, n) => `vm${n}-slot0`);
    const replies = await Promise.all(ids.map((id) => register(id)));
    const given = replies.filter(({ status }) => status === 200);
    expect(given).toHaveLength(60);
    expect(new Set(given.map(({ body }) => body.slot_id)).size).toBe(60);
    const refused = replies.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(140);
    for (const { body } of refused) {
      expect(body.error.reason).toBe("no_slot");
      expect(body.error.message).toContain("60 cards of any network: 60 held");
    }
    expect(await expectConsistent()).toHaveLength(60);
  });

  it("of one client hold one card", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 60 });
    const replies = await Promise.all(Array.from({ length: 30 }, () => register("vm-slot0")));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(new Set(replies.map(({ body }) => body.slot_id)).size).toBe(1);
    expect(replies.filter(({ body }) => !body.existing)).toHaveLength(1);
    expect(await expectConsistent()).toHaveLength(1);
    expect((await clientOf("vm-slot0")).registrations).toBe(30);
  });

  it("spread over two banks, and by round-robin", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 20 });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 20 });
    await putSettings(world.deps, ours.id, { policies: [policy({ strategy: "round-robin" })] });
    const replies = await Promise.all(Array.from({ length: 40 }, (_, n) => register(`vm${n}-slot0`)));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(await expectConsistent()).toHaveLength(40);
  });

  it("fill the cards of a pool to their limit and no further", async () => {
    const pool = { profilesPerSlot: 20, maxProfiles: 75 };
    await makePool(world.deps, ours.id, { bankId: 1, cards: 4 }, pool);
    const ids = Array.from({ length: 100 }, (_, n) => `vm${n}-slot0`);
    const replies = await Promise.all(ids.map((id) => register(id, { mode: "KI_PROXY_SWSIM" })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(75);
    const refused = replies.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(25);
    expect(refused[0]?.body.error.message).toContain("pool pool 1 has 75 of 75 profiles");
    expect(await expectConsistent()).toHaveLength(75);
    expect((await eventTypes()).filter((type) => type === "pool_exhausted")).toHaveLength(1);
  });

  it("come and go without losing a card", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 10 });
    await putSettings(world.deps, ours.id, { coolDownSeconds: 0 });
    const live = async (n: number) => {
      for (let turn = 0; turn < 3; turn++) {
        expect([200, 503]).toContain((await register(`vm${n}-slot0`)).status);
        expect([200, 404]).toContain((await unregister(`vm${n}-slot0`)).status);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, n) => live(n)));
    expect(await expectConsistent()).toEqual([]);
    const slots = (await documents(paths.simSlots(ours.id, 1))) as unknown as SimSlot[];
    expect(slots.map(({ state }) => state)).toEqual(slots.map(() => "available"));
  });
});

describe("profiles of a KI pool", () => {
  const proxy = { mode: "KI_PROXY_SWSIM" };

  it("have a number above the bank's slots as bank slot and identity, and stay with their card", async () => {
    await makePool(world.deps, ours.id, { bankId: 1, cards: 2 });
    const reply = await register("vm-slot0", proxy);
    expect(reply.body.slot_id).toBeGreaterThan(2);
    expect(reply.body.slot.slot_id).toBeLessThanOrEqual(2);
    const [map] = await documents(paths.slotMaps(ours.id));
    expect(map?.bank).toEqual(map?.client);
    expect((await register("vm-slot0", proxy)).body).toEqual({ ...reply.body, existing: true });
    await expectConsistent();
  });

  it("go to the card with fewest, and make room when they go", async () => {
    const pool = await makePool(world.deps, ours.id, { bankId: 1, cards: 2 }, { profilesPerSlot: 2 });
    for (const id of ["a", "b", "c", "d"]) expect((await register(id, proxy)).status).toBe(200);
    expect([await slotOf(1, 1), await slotOf(1, 2)].map(({ profiles, state }) => [profiles, state])).toEqual([
      [2, "assigned"],
      [2, "assigned"],
    ]);
    expect((await register("e", proxy)).status).toBe(503);
    const freed = (await clientOf("b")).assignment?.slot.slotId ?? 0;
    await unregister("b");
    expect(await slotOf(1, freed)).toMatchObject({ profiles: 1, state: "available", poolId: pool.id });
    expect((await register("e", proxy)).body.slot.slot_id).toBe(freed);
    expect(await expectConsistent()).toHaveLength(4);
  });

  it("end with the RSPRO numbers, whatever the cards could carry", async () => {
    await makePool(world.deps, ours.id, { bankId: 1, cards: 2, slots: 1021 });
    expect((await register("a", proxy)).status).toBe(200);
    expect((await register("b", proxy)).status).toBe(200);
    const third = await register("c", proxy);
    expect(third.status).toBe(503);
    expect(third.body.error).toMatchObject({ reason: "no_slot", message: expect.stringContaining("RSPRO number") });
    expect(await expectConsistent()).toHaveLength(2);
  });

  it("never take a whole card, nor whole cards a pool's", async () => {
    await makePool(world.deps, ours.id, { bankId: 1, cards: 1 });
    expect((await register("a")).status).toBe(503);
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1 });
    expect((await register("a")).body.bank_id).toBe(2);
    expect((await register("b", proxy)).body.bank_id).toBe(1);
  });

  it("turn into a whole card and back as the client asks", async () => {
    await makePool(world.deps, ours.id, { bankId: 1, cards: 1 });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1 });
    await register("a", proxy);
    expect((await register("a")).body.slot).toEqual({ bank_id: 2, slot_id: 1 });
    await expectConsistent();
    expect((await register("a", proxy)).body.slot).toEqual({ bank_id: 1, slot_id: 1 });
    expect(await expectConsistent()).toHaveLength(1);
  });

  it("of a pool at its limit are moved within it, but none into it", async () => {
    const limit = { profilesPerSlot: 2, maxProfiles: 2 };
    const first = await makePool(world.deps, ours.id, { bankId: 1, cards: 2 }, limit);
    for (const id of ["a", "b"]) expect((await register(id, proxy)).status).toBe(200);
    // At its limit with one, so that a move of others has no choice of it.
    await makePool(world.deps, ours.id, { bankId: 2, cards: 1 }, { ...limit, maxProfiles: 1 });
    expect((await register("c", proxy)).body.slot.bank_id).toBe(2);
    const move = (id: string, to?: object) => operate("POST", "/reassign", { client_key: keyOf(id), to });
    const refused = await move("c", { bankId: 1, slotId: 1 });
    expect(refused.status).toBe(412);
    expect(refused.body.error).toMatchObject({ field: "to", message: `to: pool ${first.name} has its 2 profiles` });
    const { slot } = (await register("a", proxy)).body;
    expect((await move("a")).body.to).toEqual({ bank_id: 1, slot_id: 3 - slot.slot_id });
    expect((await move("a", { bankId: 1, slotId: slot.slot_id })).status).toBe(200);
    await unregister("b");
    expect((await move("c", { bankId: 1, slotId: 1 })).status).toBe(200);
    expect(await expectConsistent()).toHaveLength(2);
  });

  it("are moved to another card as another profile", async () => {
    await makePool(world.deps, ours.id, { bankId: 1, cards: 2 });
    const { body } = await register("a", proxy);
    const moved = await operate("POST", "/reassign", { client_key: keyOf("a") });
    expect(moved.body.to).not.toEqual(body.slot);
    expect(moved.body.from).toEqual(body.slot);
    const after = await clientOf("a");
    expect(after.profileId).not.toBe(body.profile_id);
    expect(after.assignment?.client).toEqual({ bankId: body.bank_id, slotId: body.slot_id });
    await expectConsistent();
    expect((await unregister("a")).body.released).toBe(true);
    expect(await expectConsistent()).toEqual([]);
  });
});

describe("giving back", () => {
  it("frees the card after its cool-down, for its last client at once", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("a");
    expect((await unregister("a")).body).toEqual({ status: "success", released: true });
    expect(await clientOf("a")).toMatchObject({ state: "released", assignment: null, leaseUntil: null });
    expect(await expectConsistent()).toEqual([]);
    expect((await register("b")).status).toBe(503);
    expect((await register("a")).status).toBe(200);
    await unregister("a");
    later(61);
    expect((await register("b")).status).toBe(200);
  });

  it("may be repeated, and is unknown of a client that never registered", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("a");
    await unregister("a");
    expect((await unregister("a")).body).toEqual({ status: "success", released: false });
    expect((await unregister("never")).status).toBe(404);
    expect((await audited()).map(({ action }) => action).sort()).toEqual([
      "remsimClient.register",
      "remsimClient.unregister",
    ]);
  });

  it("never frees what has gone to someone else", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("a");
    const someone = { key: keyOf("b"), clientId: "b" };
    const write = world.deps.store.write();
    write.patch(paths.simSlot(ours.id, 1, 1), { client: someone });
    write.patch(paths.slotMap(ours.id, "1-1"), { clientKey: someone.key });
    write.patch(paths.slotClaim(ours.id, "1-1"), { clientKey: someone.key });
    await write.commit();
    expect((await unregister("a")).body.released).toBe(true);
    expect(await slotOf(1, 1)).toMatchObject({ client: someone, state: "assigned" });
    expect((await documents(paths.slotMaps(ours.id))).map(({ clientKey }) => clientKey)).toEqual([someone.key]);
    expect((await documents(`tenants/${ours.id}/slotClaims`)).map(({ clientKey }) => clientKey)).toEqual([someone.key]);
  });

  it("leaves a card switched off that was so meanwhile, and no pool below zero", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await makePool(world.deps, ours.id, { bankId: 2, cards: 1 });
    await register("a");
    await register("b", { mode: "KI_PROXY_SWSIM" });
    await world.deps.store
      .write()
      .patch(paths.simSlot(ours.id, 1, 1), { state: "disabled" })
      .commit();
    await world.deps.store
      .write()
      .patch(paths.simSlot(ours.id, 2, 1), { profiles: 0 })
      .commit();
    await unregister("a");
    await unregister("b");
    expect(await slotOf(1, 1)).toMatchObject({ state: "disabled", client: null });
    expect(await slotOf(2, 1)).toMatchObject({ profiles: 0 });
  });

  it("is done by an operator too, before the client can be forgotten", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("a");
    const key = keyOf("a");
    expect((await operate("DELETE", `/clients/${key}`)).status).toBe(412);
    expect((await operate("POST", `/clients/${key}/release`)).body).toEqual({ success: true });
    expect((await operate("POST", `/clients/${key}/release`)).body).toEqual({ success: true });
    expect(await expectConsistent()).toEqual([]);
    expect((await operate("DELETE", `/clients/${key}`)).body).toEqual({ success: true });
    expect(await documents(paths.remsimClients(ours.id))).toEqual([]);
    expect((await operate("DELETE", `/clients/${key}`)).status).toBe(404);
    expect((await audited()).map(({ action }) => action).sort()).toEqual([
      "remsimClient.delete",
      "remsimClient.register",
      "remsimClient.release",
    ]);
  });
});

describe("moving", () => {
  it("changes the map of a client that keeps its identity, and tells its add-on", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 3 });
    const { body } = await register("a", {});
    const to = { bankId: 3 - body.bank_id, slotId: 1 };
    const moved = await operate("POST", "/reassign", { client_key: keyOf("a"), to });
    expect(moved.body).toMatchObject({ success: true, from: body.slot, to: { bank_id: to.bankId, slot_id: 1 } });
    const [map] = await documents(paths.slotMaps(ours.id));
    expect(map).toMatchObject({ client: { bankId: body.bank_id, slotId: body.slot_id }, bank: to });
    const client = await clientOf("a");
    expect(client.pendingCommands.map(({ request }) => request)).toEqual([
      { type: "reassign", iccid: moved.body.iccid, imsi: moved.body.imsi },
    ]);
    expect(client.profileId).toBe(body.profile_id);
    expect(await eventTypes()).toEqual(["client_registered", "slot_reassigned"]);
    expect(await expectConsistent()).toHaveLength(1);
  });

  it("takes the client's place in turn with others", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 6 });
    await Promise.all(["a", "b", "c"].map((id) => register(id)));
    const moves = ["a", "b", "c", "a"].map((id) => operate("POST", "/reassign", { client_key: keyOf(id) }));
    const statuses = (await Promise.all(moves)).map(({ status }) => status);
    expect(statuses.filter((status) => ![200, 412, 503].includes(status))).toEqual([]);
    expect(await expectConsistent()).toHaveLength(3);
  });

  it("keeps to the network of the card that is left", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1, mccMnc: "26201", enabled: false });
    await register("a");
    await world.deps.store.write().patch(paths.simBank(ours.id, 2), { enabled: true }).commit();
    const refused = await operate("POST", "/reassign", { client_key: keyOf("a") });
    expect(refused.status).toBe(503);
    expect(refused.body.error.message).toContain("bank 2 has no card of 310410");
    expect((await operate("POST", "/reassign", { client_key: keyOf("a"), to: { bankId: 2, slotId: 1 } })).status).toBe(
      200,
    );
  });

  it.each<[string, object, number, string]>([
    ["there is none", { bankId: 1, slotId: 9 }, 404, "there is no slot 1-9"],
    ["it has it", { bankId: 1, slotId: 1 }, 412, "it has slot 1-1 already"],
    ["another holds it", { bankId: 1, slotId: 2 }, 412, "slot 1-2 is assigned"],
    ["its bank is off", { bankId: 2, slotId: 1 }, 412, "bank 2 is switched off"],
    ["its server is another", { bankId: 3, slotId: 1 }, 412, "bank 3 is on another server"],
    ["it is a pool's", { bankId: 4, slotId: 1 }, 412, "slot 4-1 is in a KI pool"],
  ])("to a named card is refused when %s", async (_, to, status, message) => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("a");
    const held = { key: keyOf("b"), clientId: "b" };
    const slot = (n: number) =>
      n === 1
        ? { client: { key: keyOf("a"), clientId: "a" }, state: "assigned" as const, profiles: 1 }
        : { client: held, state: "assigned" as const };
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2, slot });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1, enabled: false });
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 1, serverId: "other" as never });
    await makePool(world.deps, ours.id, { bankId: 4, cards: 1 });
    const reply = await operate("POST", "/reassign", { client_key: keyOf("a"), to });
    expect(reply.status).toBe(status);
    expect(reply.body.error.message).toContain(message);
    expect((await clientOf("a")).assignment?.slot).toEqual({ bankId: 1, slotId: 1 });
  });

  it("is refused for a client that holds nothing", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("a");
    await unregister("a");
    expect((await operate("POST", "/reassign", { client_key: keyOf("a") })).status).toBe(412);
  });
});

describe("policies", () => {
  it("decide in order, by the login's region too", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2, regions: ["us"] });
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 2, regions: ["eu"] });
    await putSettings(world.deps, ours.id, {
      policies: [
        policy({ match: { regions: ["eu"] }, choose: { regions: ["eu"] } }),
        policy({ choose: { banks: [1, 2] } }),
      ],
    });
    const european = await makeLogin(world.deps, ours.id, { region: "eu" });
    expect((await registerRouter(world, european, "a")).body.bank_id).toBe(2);
    const assigned = await register("b");
    expect(assigned.body.bank_id).toBe(1);
    expect((await clientOf("b")).assignment?.policyId).not.toBeNull();
  });

  it("are explained by the very decision, with nothing written", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    const night = policy({ name: "only 26201", choose: { carriers: ["26201"] } });
    await putSettings(world.deps, ours.id, { policies: [night] });
    await operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM" }); // the key's first use is written down
    const { writes } = world.deps.store.meter;
    const reply = await operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM" });
    expect(reply.body).toMatchObject({
      success: true,
      slot: { bank_id: 1, slot_id: 1 },
      iccid: "8988211000001000001",
      carrier: "carrier 310410",
      summary: "Policy built-in gives slot 1 of bank 1 (310410, carrier 310410).",
      steps: [
        { policy_id: night.id, matches: true, reasons: ["bank 1 has no card of 26201"], slot: null },
        { policy_id: null, policy: "built-in", matches: true, slot: { bank_id: 1, slot_id: 1 } },
      ],
    });
    expect(world.deps.store.meter.writes).toBe(writes);
    expect((await register("a")).body.slot).toEqual(reply.body.slot);
    const none = await operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM" });
    expect(none.body).toMatchObject({ slot: null, iccid: null, summary: expect.stringMatching(/^No card/) });
    expect(none.body.steps[1].reasons).toEqual(["bank 1 has 1 card of any network: 1 held"]);
  });

  it("are explained for a client as it is: what it holds, held last, and asked for", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1, regions: ["eu"] });
    const european = await makeLogin(world.deps, ours.id, { region: "eu" });
    await putSettings(world.deps, ours.id, { policies: [policy({ name: "eu", match: { regions: ["eu"] } })] });
    const { slot } = (await registerRouter(world, european, "a", { mccMnc: "310410" })).body;
    const client_key = keyOf("a", european);
    const explained = async (more: object = {}) => (await operate("POST", "/explain", { client_key, ...more })).body;
    expect(await explained()).toMatchObject({ slot, steps: [{ policy: "eu", matches: true }] });
    expect(await explained({ region: null })).toMatchObject({ slot, steps: [{ policy: "eu", matches: false }, {}] });
    expect((await explained({ mcc_mnc: "26201" })).slot).toBeNull();
    // Another finds the one card held; and while it cools down, only its last client has it back.
    const other = { mapping_mode: "ONE_TO_ONE_SWSIM", client_id: "a" };
    expect((await operate("POST", "/explain", other)).body.slot).toBeNull();
    await unregisterRouter(world, european, "a");
    expect((await operate("POST", "/explain", other)).body.slot).toBeNull();
    expect((await explained()).slot).toEqual(slot);
    const nobody = await operate("POST", "/explain", { client_id: "a" });
    expect([nobody.status, nobody.body.error.field]).toEqual([400, "mapping_mode"]);
  });

  it("are explained beside the card that a client keeps while it asks for the same", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    await register("a");
    await makeBank(world.deps, ours.id, { bankId: 2, cards: 1, mccMnc: "26201" });
    await putSettings(world.deps, ours.id, { policies: [policy({ name: "two", choose: { banks: [2] } })] });
    const ask = async (more: object) => (await operate("POST", "/explain", { client_key: keyOf("a"), ...more })).body;
    expect(await ask({})).toMatchObject({
      slot: { bank_id: 2, slot_id: 1 },
      summary:
        "It keeps slot 1 of bank 1 while it asks for the same. If it had to choose anew: " +
        "Policy two gives slot 1 of bank 2 (26201, carrier 26201).",
    });
    expect((await register("a")).body.slot).toEqual({ bank_id: 1, slot_id: 1 });
    const changed = await ask({ mcc_mnc: "26201" });
    expect(changed.summary).toBe("Policy two gives slot 1 of bank 2 (26201, carrier 26201).");
    expect((await register("a", { mccMnc: "26201" })).body.slot).toEqual(changed.slot);
  });

  it("are tried at another time and with other policies than the stored", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 1 });
    const window = { days: [0, 1, 2, 3, 4, 5, 6], start: "22:00", end: "02:00", timeZone: "Europe/Vienna" };
    const { id: _, ...night } = policy({ name: "night", match: { window } });
    const at = (time: string) =>
      operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM", at: time, policies: [night] });
    expect((await at("2026-03-28T23:30:00Z")).body.steps).toMatchObject([
      { policy_id: null, policy: "night", matches: true },
    ]);
    const closed = (await at("2026-03-29T00:30:00Z")).body;
    expect(closed.steps[0]).toMatchObject({ matches: true });
    expect((await at("2026-03-29T01:30:00Z")).body.steps[0].matches).toBe(false);
    expect((await documents(`tenants/${ours.id}/remsimSettings`)).length).toBe(0);
  });
});

describe("what is offered", () => {
  it("is the modes there are cards for, and the servers of open banks", async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 0 });
    await makeBank(world.deps, ours.id, {
      bankId: 2,
      cards: 0,
      serverHost: "off.example",
      serverId: "off" as never,
      enabled: false,
    });
    const discover = () => call(world.url, "GET", "/api/backend/v1/remsim/discover", undefined, login.headers);
    expect((await discover()).body).toEqual({
      status: "success",
      api: "v1",
      available_modes: ["ONE_TO_ONE_SWSIM", "ONE_TO_ONE_VSIM"],
      heartbeat_interval: 60,
      servers: [{ host: "10.0.0.5", port: 9998 }],
    });
    await makePool(world.deps, ours.id, { bankId: 1, cards: 1 });
    expect((await discover()).body.available_modes).toContain("KI_PROXY_SWSIM");
  });
});

describe("tenants", () => {
  beforeEach(async () => {
    await makeBank(world.deps, ours.id, { bankId: 1, cards: 2 });
    await register("a");
  });

  it("cannot touch each other's clients", async () => {
    const key = keyOf("a");
    for (const [method, path, body] of [
      ["POST", "/reassign", { client_key: key }],
      ["POST", `/clients/${key}/release`, undefined],
      ["DELETE", `/clients/${key}`, undefined],
    ] as const) {
      expect((await operate(method, path, body, theirs)).status).toBe(404);
    }
    expect((await unregisterRouter(world, foreign, "a")).status).toBe(404);
    expect((await operate("POST", "/reassign", { client_key: key })).status).toBe(200);
    expect(await expectConsistent()).toHaveLength(1);
  });

  it("get no card of each other's, nor hear of one", async () => {
    const refused = await registerRouter(world, foreign, "a");
    expect(refused.status).toBe(503);
    expect(refused.body.error.message).toContain("there is no bank");
    expect((await operate("POST", "/explain", { client_key: keyOf("a") }, theirs)).status).toBe(404);
    expect((await operate("POST", "/explain", { client_key: keyOf("a") })).status).toBe(200);
    const explained = await operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM" }, theirs);
    expect(explained.body.slot).toBeNull();
    expect((await operate("POST", "/explain", { mapping_mode: "ONE_TO_ONE_VSIM" })).body.slot).not.toBeNull();
  });

  it("cannot move a client to each other's slots", async () => {
    await makeBank(world.deps, theirs.id, { bankId: 9, cards: 1 });
    const to = { bankId: 9, slotId: 1 };
    expect((await operate("POST", "/reassign", { client_key: keyOf("a"), to })).status).toBe(404);
  });
});
