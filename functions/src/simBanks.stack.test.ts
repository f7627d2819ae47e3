import {
  type BankSlot,
  may,
  PERMISSIONS,
  type Permission,
  paths,
  type RemsimServerId,
  ROLES,
  SIM_BANKS_MAX,
  type SimBank,
  type SimSlot,
} from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSimBank } from "./operations/remsim/banks.ts";
import { createKiPool, updateKiPool } from "./operations/remsim/pools.ts";
import { updateSimBank } from "./operations/remsim/updateSimBank.ts";
import { call, type Reply } from "./testing/client.ts";
import { killEverywhere } from "./testing/kill.ts";
import { hold, makeServer, newCard, setSlot } from "./testing/simWorld.ts";
import { idToken, makePerson, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let server: RemsimServerId;

beforeAll(async () => {
  world = await startWorld();
  theirs = await makeTenant(world.deps);
});
afterAll(() => world.close());
beforeEach(async () => {
  world.deps.clock.offsetMs = 0;
  ours = await makeTenant(world.deps);
  server = await makeServer(world.deps, ours);
});

const send = (method: string, path: string, body?: unknown, tenant = ours): Promise<Reply> =>
  call(world.url, method, `/api/backend/v1/simbank${path}`, body, { "x-api-key": tenant.apiKey });
const said = ({ status, body }: Reply) => [status, body.error?.code, body.error?.field];
const fault = ({ status, body }: Reply) => [status, body.error?.message];
const bankBody = (bank_id: number, slots: number, fields: object = {}) => ({
  bank_id,
  label: `Bank ${bank_id}`,
  server_id: server,
  slots,
  ...fields,
});
async function made(reply: Promise<Reply>, as = 200): Promise<Reply["body"]> {
  const { status, body } = await reply;
  expect(status, JSON.stringify(body)).toBe(as);
  return body;
}
/** What was not there before. */
const created = (reply: Promise<Reply>) => made(reply, 201);
const makeBank = (bankId: number, slots: number, tenant = ours) =>
  created(send("POST", "/banks", bankBody(bankId, slots), tenant));
const slotsOf = async (bankId: number, tenant = ours) =>
  ((await world.deps.store.raw(paths.simSlots(tenant.id, bankId))) as SimSlot[]).sort((a, b) => a.slotId - b.slotId);
const slotAt = async ({ bankId, slotId }: BankSlot) =>
  (await world.deps.store.simSlots.need("slot", ours.id, bankId, slotId)).data;
const bankAt = async (bankId: number) => (await world.deps.store.simBanks.get(ours.id, bankId))?.data;
const putCard = async (slot?: BankSlot, tenant = ours) => {
  const card = newCard();
  await made(send("POST", "/cards", { ...card, ...(slot ? { slot } : {}) }, tenant));
  return card;
};
async function actions(tenant = ours): Promise<string[]> {
  return (await world.deps.store.raw(paths.audits(tenant.id))).map(({ action }) => action);
}

describe("a server", () => {
  const fields = { label: "Main", host: "remsim.example", port: 9998, rest_url: "http://10.0.0.5:9997" };
  const put = (id: string, body: object, headers: Record<string, string>) =>
    call(world.url, "PUT", `/api/backend/v1/simbank/servers/${id}`, body, headers);

  it("is set by platform administrators alone, as daemons call its address", async () => {
    const platform = { ...(await makePerson(world.deps, undefined)), platformAdmin: true };
    await world.deps.store.people.put(platform, "secret-word");
    const admin = { authorization: `Bearer ${await idToken(platform)}` };
    const owner = { authorization: `Bearer ${await idToken(ours.owner)}` };
    expect(said(await put(server, fields, owner))).toEqual([403, "permission-denied", undefined]);
    expect(said(await put(server, fields, { "x-api-key": ours.apiKey }))).toEqual([401, "unauthenticated", undefined]);
    await makeBank(1, 1);
    await made(put(server, fields, admin));
    const [one] = (await made(send("GET", "/servers"))).servers.filter(
      (each: { server_id: string }) => each.server_id === server,
    );
    const view = { server_id: server, label: "Main", host: "remsim.example", port: 9998 };
    expect(one).toMatchObject(view); // whether it is reachable, some daemon of another test may have said
    expect(await bankAt(1)).toMatchObject({ serverHost: "remsim.example", serverPort: 9998 });
    expect(await actions()).toContain("remsimServer.put");
    expect(await actions(theirs)).not.toContain("remsimServer.put");
    const shut = await put(server, { ...fields, tenants: [theirs.id] }, admin);
    expect(fault(shut)).toEqual([412, `tenants: ${ours.id} has bank 1 on this server`]);
    expect(said(await put(server, { ...fields, rest_url: "file:///etc/passwd" }, admin))[0]).toBe(400);
    expect(said(await put(server, { ...fields, host: "[::1]" }, admin))).toEqual([400, "invalid-argument", "host"]);
  });

  it("of others is none of a tenant's", async () => {
    const own = await makeServer(world.deps, ours, [ours]);
    const ids = async (tenant: TestTenant) =>
      (await made(send("GET", "/servers", undefined, tenant))).servers.map(
        (one: { server_id: string }) => one.server_id,
      );
    expect(await ids(ours)).toContain(own);
    expect(await ids(theirs)).not.toContain(own);
    const body = { ...bankBody(1, 1), server_id: own };
    expect(said(await send("POST", "/banks", body, theirs))).toEqual([404, "not-found", "server_id"]);
    await created(send("POST", "/banks", body));
  });
});

describe("a bank", () => {
  it("has its slots, and is listed", async () => {
    const { bank } = await created(send("POST", "/banks", bankBody(7, 3, { regions: ["north"] })));
    const view = { bank_id: 7, label: "Bank 7", server_id: server, regions: ["north"], slots: 3 };
    expect(bank).toEqual({ ...view, enabled: true, connected: null });
    expect((await made(send("GET", "/banks"))).banks).toEqual([bank]);
    expect((await slotsOf(7)).map(({ id, state, iccid }) => [id, state, iccid])).toEqual([
      ["7-1", "empty", ""],
      ["7-2", "empty", ""],
      ["7-3", "empty", ""],
    ]);
    expect(await actions()).toContain("simBank.create");
  });

  it("has a number that no other of its server has, whose tenant it may be", async () => {
    await makeBank(1, 1);
    const again = await send("POST", "/banks", bankBody(1, 1));
    expect(fault(again)).toEqual([409, "bank_id: there is a bank 1 already"]);
    const foreign = await send("POST", "/banks", bankBody(1, 1), theirs);
    expect(said(foreign)).toEqual([409, "already-exists", "bank_id"]);
    expect(foreign.body.error.message).not.toContain(ours.id);
    await created(send("POST", "/banks", { ...bankBody(1, 1), server_id: await makeServer(world.deps, ours) }, theirs));
    await made(send("DELETE", "/banks/1"));
    await created(send("POST", "/banks", bankBody(1, 2)));
  });

  it("is one of a hundred at most", async () => {
    await makeBank(1, 1);
    const one = await world.deps.store.simBanks.need("bank", ours.id, 1);
    const write = world.deps.store.write();
    for (let bankId = 2; bankId <= SIM_BANKS_MAX; bankId++) {
      write.create(paths.simBank(ours.id, bankId), { ...one.data, id: String(bankId), bankId });
    }
    await write.commit();
    expect(said(await send("POST", "/banks", bankBody(500, 1)))).toEqual([429, "resource-exhausted", "bank_id"]);
    expect(await world.deps.store.simBanks.get(ours.id, 500)).toBeUndefined();
    await created(send("POST", "/banks", bankBody(500, 1), theirs));
  });

  it("is one when it is asked for ten times at once", async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => send("POST", "/banks", bankBody(1, 20))));
    expect(replies.filter(({ status }) => status === 201).length).toBe(1);
    expect(replies.filter(({ status }) => status === 409).length).toBe(9);
    expect((await slotsOf(1)).length).toBe(20);
  });

  it("of 1023 slots is completed by the same call however often its maker dies", async () => {
    const input = { bank_id: 9, label: "Big", server_id: server, regions: [], slots: 1023 };
    const deaths = await killEverywhere(
      world.deps,
      (deps) => createSimBank(deps, ours.caller, input),
      async (_, died) => {
        world.deps.clock.offsetMs += 31_000;
        const bank = await bankAt(9);
        if (died) expect([bank?.enabled ?? false, bank?.slots ?? 0]).toEqual([false, 0]);
        if (died && bank) expect(said(await send("PATCH", "/banks/9", { enabled: true }))[0]).toBe(412);
      },
    );
    expect(deaths).toBeGreaterThan(2);
    expect(await bankAt(9)).toMatchObject({ enabled: true, slots: 1023 });
    expect(new Set((await slotsOf(9)).map(({ slotId }) => slotId)).size).toBe(1023);
    await made(send("DELETE", "/banks/9"));
    expect([await bankAt(9), await slotsOf(9)]).toEqual([undefined, []]);
    expect(await world.deps.store.remsimBankIds.get(server, 9)).toBeUndefined();
  });

  it("changes its words, is switched off, and gets or loses slots", async () => {
    await makeBank(1, 5);
    await putCard({ bankId: 1, slotId: 3 });
    const { bank } = await made(send("PATCH", "/banks/1", { label: "New", regions: ["south"], enabled: false }));
    expect(bank).toMatchObject({ label: "New", regions: ["south"], enabled: false, slots: 5 });
    await made(send("PATCH", "/banks/1", { slots: 8 }));
    expect((await slotsOf(1)).length).toBe(8);
    const cut = await send("PATCH", "/banks/1", { slots: 2 });
    expect(fault(cut)).toMatchObject([412, expect.stringMatching(/^slots: slot 1-3 has card 8901/)]);
    expect([(await bankAt(1))?.slots, (await slotsOf(1)).length]).toEqual([8, 8]);
    await made(send("PATCH", "/banks/1", { slots: 3 }));
    expect([(await bankAt(1))?.slots, (await slotsOf(1)).length]).toEqual([3, 3]);
  });

  it("gets slots however often the call dies", async () => {
    await makeBank(1, 500);
    const grow = (deps: World["deps"]) => updateSimBank(deps, ours.caller, 1, { slots: 1000 });
    await killEverywhere(
      world.deps,
      (deps) => grow(deps as World["deps"]),
      async () => {},
    );
    expect((await slotsOf(1)).length).toBe(1000);
    const shrink = (deps: World["deps"]) => updateSimBank(deps, ours.caller, 1, { slots: 10 });
    await killEverywhere(
      world.deps,
      (deps) => shrink(deps as World["deps"]),
      async () => {},
    );
    expect((await slotsOf(1)).length).toBe(10);
  });

  it("does not go while a client holds a slot; then its cards stay", async () => {
    await makeBank(1, 2);
    const { iccid } = await putCard({ bankId: 1, slotId: 2 });
    await hold(world.deps, ours, { bankId: 1, slotId: 2 });
    expect(fault(await send("DELETE", "/banks/1"))).toEqual([412, "slot 1-2: client roof-slot0 holds it"]);
    await setSlot(world.deps, ours, { bankId: 1, slotId: 2 }, { client: null, profiles: 0, state: "available" });
    await made(send("DELETE", "/banks/1"));
    expect((await world.deps.store.simCards.need("card", ours.id, iccid)).data.slot).toBeUndefined();
    expect(await slotsOf(1)).toEqual([]);
  });

  it("does not go while a client that was moved away has an identity by its number", async () => {
    await makeBank(21, 2);
    const [client, bank] = [
      { bankId: 21, slotId: 2 },
      { bankId: 22, slotId: 1 },
    ];
    const map = { schemaVersion: 1, id: "21-2", tenantId: ours.id, serverId: server, client, bank };
    const rest = { clientKey: `rc_${"0".repeat(24)}`, createdAt: new Date(), mappedAt: new Date() };
    const path = paths.slotMap(ours.id, "21-2");
    await world.deps.store
      .write()
      .create(path, { ...map, ...rest })
      .commit();
    expect(fault(await send("DELETE", "/banks/21"))).toEqual([
      412,
      "a client has the RSPRO identity 21-2: release it first",
    ]);
    await world.deps.store.write().delete(path).commit();
    await made(send("DELETE", "/banks/21"));
  });

  it("is another tenant's to neither see nor touch", async () => {
    await makeBank(20, 2);
    await putCard({ bankId: 20, slotId: 1 });
    const { banks } = await made(send("GET", "/banks", undefined, theirs));
    expect(banks.map((bank: { bank_id: number }) => bank.bank_id)).not.toContain(20);
    const { slots } = await made(send("GET", "/slots?status=available", undefined, theirs));
    expect(slots).toEqual([]);
    expect((await made(send("GET", "/slots?bank_id=20", undefined, theirs))).slots).toEqual([]);
    const before = await slotsOf(20);
    expect(said(await send("PATCH", "/banks/20", { enabled: false }, theirs))[0]).toBe(404);
    expect(said(await send("DELETE", "/banks/20", undefined, theirs))[0]).toBe(404);
    expect(said(await send("PATCH", "/banks/20/slots/1", { status: "disabled" }, theirs))[0]).toBe(404);
    const asOurs = await send("GET", `/banks?tenant_id=${ours.id}`, undefined, theirs);
    expect(said(asOurs)).toEqual([404, "not-found", undefined]);
    expect([await slotsOf(20), (await bankAt(20))?.enabled]).toEqual([before, true]);
  });
});

describe("slots", () => {
  it("are listed in the order of their numbers, in pages, of one bank or of all", async () => {
    await makeBank(10, 12);
    await makeBank(2, 3);
    for (const slotId of [2, 11]) await putCard({ bankId: 10, slotId });
    const all: string[] = [];
    let token: string | null = "";
    do {
      const page: Reply["body"] = await made(send("GET", `/slots?page_size=4${token && `&page_token=${token}`}`));
      expect(page.slots.length).toBeLessThanOrEqual(4);
      all.push(...page.slots.map((slot: { bank_id: number; slot_id: number }) => `${slot.bank_id}-${slot.slot_id}`));
      token = page.next_page_token;
    } while (token !== null);
    const range = (bank: number, count: number) => Array.from({ length: count }, (_, n) => `${bank}-${n + 1}`);
    expect(all).toEqual([...range(2, 3), ...range(10, 12)]);
    const free = await made(send("GET", "/slots?status=available"));
    expect(free.slots.map((slot: { slot_id: number }) => slot.slot_id)).toEqual([2, 11]);
    expect(free.slots[0]).toMatchObject({ status: "available", mcc_mnc: "310410", client_id: null, pool_id: null });
    const rest = await made(send("GET", "/slots?bank_id=10&status=empty&page_token=10-9"));
    expect(rest.slots.map((slot: { slot_id: number }) => slot.slot_id)).toEqual([10, 12]);
    expect(said(await send("GET", "/slots?page_token=x"))).toEqual([400, "invalid-argument", "page_token"]);
    expect(said(await send("GET", "/slots?bank_id=0"))).toEqual([400, "invalid-argument", "bank_id"]);
  });

  it("are switched off, marked and taken back by a person, and leave who holds them alone", async () => {
    await makeBank(1, 2);
    await putCard({ bankId: 1, slotId: 1 });
    const place = { bankId: 1, slotId: 1 };
    const set = (status: string, slot = 1) => send("PATCH", `/banks/1/slots/${slot}`, { status });
    expect(fault(await set("disabled", 2))).toEqual([412, "status: slot 1-2 has no card"]);
    expect(said(await set("assigned"))).toEqual([400, "invalid-argument", "status"]);
    expect(said(await set("faulty", 3))[0]).toBe(404);
    await hold(world.deps, ours, place);
    for (const status of ["disabled", "faulty"]) {
      await made(set(status));
      expect(await slotAt(place)).toMatchObject({ state: status, client: { clientId: "roof-slot0" } });
    }
    const tried = { failedOverAt: new Date(0), sweepAt: new Date(Date.now() + 3_600_000) };
    await setSlot(world.deps, ours, place, tried);
    await made(set("faulty")); // says: try at once
    expect((await slotAt(place)).sweepAt?.getTime()).toBeLessThan(tried.sweepAt.getTime());
    expect(await slotAt(place)).not.toHaveProperty("failedOverAt");
    await made(set("available"));
    expect((await slotAt(place)).state).toBe("assigned");
    expect(await slotAt(place)).not.toHaveProperty("sweepAt");
    const later = new Date(Date.now() + 60_000);
    await setSlot(world.deps, ours, place, { client: null, profiles: 0, state: "available", availableAt: later });
    await made(set("available"));
    expect((await slotAt(place)).availableAt.getTime()).toBeLessThan(later.getTime());
    expect((await actions()).filter((action) => action === "simSlot.state").length).toBe(5);
  });
});

describe("settings and policies", () => {
  const settings = async () => (await world.deps.store.remsimSettings.get(ours.id))?.data;
  const policy = (name: string, fields: object = {}) => ({
    name,
    enabled: true,
    match: {},
    choose: {},
    strategy: "sticky",
    remap: true,
    ...fields,
  });

  it("keep what is not named, and their bounds", async () => {
    await made(send("PATCH", "/settings", { cool_down_seconds: 0 }));
    await made(send("PATCH", "/settings", { heartbeat_seconds: 30, grace_seconds: 90 }));
    const expected = { heartbeatSeconds: 30, graceSeconds: 90, coolDownSeconds: 0, bankGraceSeconds: 60, pools: [] };
    expect(await settings()).toMatchObject(expected);
    expect(said(await send("PATCH", "/settings", { grace_seconds: 1 }))).toEqual([
      400,
      "invalid-argument",
      "grace_seconds",
    ]);
    expect(await world.deps.store.remsimSettings.get(theirs.id)).toBeUndefined();
  });

  it("are replaced only by who saw the list that is", async () => {
    const put = (based_on: string | null, policies: object[], tenant = ours) =>
      send("PUT", "/policies", { based_on, policies }, tenant);
    const first = await made(put(null, [policy("a"), policy("b")]));
    const [a, b] = first.policies;
    expect(a.id).toMatch(/^sp_[0-9a-f]{16}$/);
    const stale = await put(null, [policy("c")]);
    expect([stale.status, stale.body.error.code, stale.body.error.reason]).toEqual([
      409,
      "aborted",
      "settings_changed",
    ]);
    const seen = (await settings())?.updatedAt.toISOString() ?? null;
    await made(send("PATCH", "/settings", { grace_seconds: 100 }));
    expect((await put(seen, [])).body.error?.reason).toBe("settings_changed");
    const now = (await settings())?.updatedAt.toISOString() ?? null;
    const { policies } = await made(put(now, [b, policy("new"), { ...a, name: "renamed" }]));
    expect(policies.map(({ name }: { name: string }) => name)).toEqual(["b", "new", "renamed"]);
    expect([policies[0].id, policies[2].id]).toEqual([b.id, a.id]);
    expect((await settings())?.policies).toEqual(policies);
    const last = (await settings())?.updatedAt.toISOString() ?? null;
    expect(said(await put(last, [a, a]))).toEqual([400, "invalid-argument", "policies.1.id"]);
    expect(said(await put(null, [a], theirs))).toEqual([400, "invalid-argument", "policies.0.id"]);
    const unknown = policy("x", { choose: { poolId: `kp_${"0".repeat(16)}` } });
    expect(said(await put(last, [unknown]))).toEqual([400, "invalid-argument", "policies.0.choose.poolId"]);
    expect((await settings())?.policies).toEqual(policies);
  });

  it("change one after the other when twelve editors save at once: one wins", async () => {
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, n) => send("PUT", "/policies", { based_on: null, policies: [policy(`p${n}`)] })),
    );
    const won = replies.filter(({ status }) => status === 200);
    expect(won.length).toBe(1);
    expect((await settings())?.policies).toEqual(won[0]?.body.policies);
  });
});

describe("a KI pool", () => {
  const fields = (changes: object = {}) => ({
    name: "Pool",
    enabled: true,
    bankId: 2,
    firstSlot: 1,
    lastSlot: 4,
    profilesPerSlot: 10,
    maxProfiles: 1000,
    ...changes,
  });
  const pools = async () => (await world.deps.store.remsimSettings.get(ours.id))?.data.pools ?? [];
  const marked = async () => (await slotsOf(2)).map(({ poolId }) => poolId);

  beforeEach(async () => {
    await makeBank(2, 6);
    for (const slotId of [1, 2, 3]) await putCard({ bankId: 2, slotId });
  });

  it("has its cards, and says how many profiles they can carry", async () => {
    const { pool, capacity } = await created(send("POST", "/pools", fields()));
    expect(capacity).toEqual({ profiles: 30, limit: 1000, numbers: 1017, cards: 30 });
    expect(await marked()).toEqual([pool.id, pool.id, pool.id, pool.id, null, null]);
    expect(await pools()).toEqual([pool]);
    await putCard({ bankId: 2, slotId: 4 });
    expect(await slotAt({ bankId: 2, slotId: 4 })).toMatchObject({ state: "available", poolId: pool.id });
    const changed = await made(send("PUT", `/pools/${pool.id}`, fields({ profilesPerSlot: 500, maxProfiles: 6000 })));
    expect(changed.capacity).toEqual({ profiles: 1017, limit: 6000, numbers: 1017, cards: 2000 });
    await made(send("PATCH", "/banks/2/slots/1", { status: "faulty" }));
    const less = await made(send("PUT", `/pools/${pool.id}`, fields({ profilesPerSlot: 500, maxProfiles: 6000 })));
    expect(less.capacity.cards).toBe(1500);
    await made(send("DELETE", `/pools/${pool.id}`));
    expect([await marked(), await pools()]).toEqual([[null, null, null, null, null, null], []]);
    expect(await actions()).toEqual(expect.arrayContaining(["kiPool.put", "kiPool.delete"]));
  });

  it("is refused outside its bank and its bounds", async () => {
    const refusals: [object, number, string | undefined][] = [
      [{ lastSlot: 0 }, 400, "lastSlot"],
      [{ firstSlot: 3, lastSlot: 2 }, 400, "lastSlot"],
      [{ lastSlot: 7 }, 400, "lastSlot"],
      [{ bankId: 3 }, 404, undefined],
      [{ maxProfiles: 6001 }, 400, "maxProfiles"],
      [{ strategy: "round-robin" }, 400, "strategy"],
    ];
    for (const [changes, status, field] of refusals) {
      const reply = await send("POST", "/pools", fields(changes));
      expect([reply.status, reply.body.error.field], JSON.stringify(changes)).toEqual([status, field]);
    }
    expect(await pools()).toEqual([]);
  });

  it("takes no slot of another pool, and none that a client holds", async () => {
    await hold(world.deps, ours, { bankId: 2, slotId: 3 });
    const held = await send("POST", "/pools", fields());
    expect(fault(held)).toEqual([412, "lastSlot: slot 3 cannot join the pool while client roof-slot0 holds it"]);
    expect([await pools(), await marked()]).toEqual([[], [null, null, null, null, null, null]]);
    const { pool } = await created(send("POST", "/pools", fields({ lastSlot: 2 })));
    const overlap = await send("POST", "/pools", fields({ name: "B", firstSlot: 2, lastSlot: 2 }));
    expect(fault(overlap)).toEqual([409, "firstSlot: pool Pool has slots 1 to 2"]);
    const grown = await send("PUT", `/pools/${pool.id}`, fields({ lastSlot: 3 }));
    expect(grown.status).toBe(412);
    expect(await pools()).toEqual([pool]);
  });

  it("gives up a card only while no profile uses it, and is full by its limit", async () => {
    const { pool } = await created(send("POST", "/pools", fields()));
    await setSlot(world.deps, ours, { bankId: 2, slotId: 2 }, { profiles: 5 });
    for (const changes of [{ lastSlot: 1 }, { firstSlot: 3 }]) {
      const reply = await send("PUT", `/pools/${pool.id}`, fields(changes));
      expect(fault(reply)).toMatchObject([
        412,
        expect.stringContaining("slot 2 cannot leave the pool while 5 profiles"),
      ]);
    }
    expect((await send("DELETE", `/pools/${pool.id}`)).status).toBe(412);
    expect((await send("DELETE", "/banks/2")).status).toBe(412);
    await made(send("PUT", `/pools/${pool.id}`, fields({ firstSlot: 2, profilesPerSlot: 5 })));
    expect((await slotAt({ bankId: 2, slotId: 2 })).state).toBe("assigned");
    expect(await marked()).toEqual([null, pool.id, pool.id, pool.id, null, null]);
    await made(send("PUT", `/pools/${pool.id}`, fields({ firstSlot: 2, profilesPerSlot: 6 })));
    expect((await slotAt({ bankId: 2, slotId: 2 })).state).toBe("available");
  });

  it("stays on its bank, which keeps its slots and the numbers of its profiles", async () => {
    const { pool } = await created(send("POST", "/pools", fields()));
    await makeBank(3, 6);
    expect(said(await send("PUT", `/pools/${pool.id}`, fields({ bankId: 3 })))).toEqual([
      400,
      "invalid-argument",
      "bankId",
    ]);
    expect(fault(await send("PATCH", "/banks/2", { slots: 3 }))).toEqual([412, "slots: pool Pool goes to slot 4"]);
    expect(fault(await send("DELETE", "/banks/2"))).toEqual([412, "bank 2 has the pool Pool: delete that first"]);
    const claim = { schemaVersion: 1, tenantId: ours.id, clientKey: `rc_${"0".repeat(24)}`, createdAt: new Date() };
    await world.deps.store.write().create(paths.slotClaim(ours.id, "2-9"), claim).commit();
    expect(fault(await send("PATCH", "/banks/2", { slots: 9 }))).toEqual([412, "slots: a profile has the number 2-9"]);
    await made(send("PATCH", "/banks/2", { slots: 8 }));
    expect((await slotsOf(2)).length).toBe(8);
  });

  it("that a policy chooses from stays", async () => {
    const { pool } = await created(send("POST", "/pools", fields()));
    const based_on = (await world.deps.store.remsimSettings.get(ours.id))?.data.updatedAt.toISOString();
    const policy = {
      name: "VSIM",
      enabled: true,
      match: {},
      choose: { poolId: pool.id },
      strategy: "sticky",
      remap: true,
    };
    await made(send("PUT", "/policies", { based_on, policies: [policy] }));
    expect(fault(await send("DELETE", `/pools/${pool.id}`))).toEqual([
      412,
      "the policy VSIM chooses from this pool: change that first",
    ]);
  });

  it("of a bank without a number left is refused", async () => {
    await makeBank(3, 1023);
    expect(said(await send("POST", "/pools", fields({ bankId: 3 })))).toEqual([412, "failed-precondition", "bankId"]);
  });

  it("of 900 slots is completed by a change however often its writer dies, and is off until then", async () => {
    await makeBank(4, 900);
    const input = fields({ bankId: 4, lastSlot: 900 }) as Parameters<typeof createKiPool>[2];
    const known = async () => (await pools())[0];
    await killEverywhere(
      world.deps,
      async (deps) => {
        const before = await known();
        if (!before) return createKiPool(deps, ours.caller, input);
        return updateKiPool(deps, ours.caller, before.id, input);
      },
      async (_, died) => {
        if (died) expect((await known())?.enabled ?? false).toBe(false);
      },
    );
    const pool = await known();
    expect(pool?.enabled).toBe(true);
    expect((await slotsOf(4)).every(({ poolId }) => poolId === pool?.id)).toBe(true);
  });

  it("is another tenant's to neither change nor delete", async () => {
    const { pool } = await created(send("POST", "/pools", fields()));
    await makeBank(5, 6, theirs);
    expect((await send("PUT", `/pools/${pool.id}`, fields({ bankId: 5 }), theirs)).status).toBe(404);
    expect((await send("DELETE", `/pools/${pool.id}`, undefined, theirs)).status).toBe(404);
    expect((await send("POST", "/pools", fields(), theirs)).status).toBe(404);
    expect(await pools()).toEqual([pool]);
  });
});

describe("a login", () => {
  const create = (login: string, tenant = ours) => send("POST", "/credentials", { login, label: "Roof" }, tenant);
  const discover = (login: string, secret: string) => {
    const authorization = `Basic ${Buffer.from(`${login}:${secret}`).toString("base64")}`;
    return call(world.url, "GET", "/api/backend/v1/remsim/discover", undefined, { authorization });
  };

  it("lets routers in until it is revoked, its secret shown once and kept nowhere", async () => {
    const { id, login, secret } = await created(create("roof"));
    expect([login, secret]).toEqual(["roof", expect.stringMatching(/^wt_remsim_[0-9a-f]{40}$/)]);
    expect((await discover(login, secret)).status).toBe(200);
    expect((await discover(login, `${secret}x`)).status).toBe(401);
    expect((await discover("other", secret)).status).toBe(401);
    const documents = [
      ...(await world.deps.store.raw(paths.remsimCredentials(ours.id))),
      ...(await world.deps.store.raw(paths.audits(ours.id))),
    ];
    expect(JSON.stringify(documents)).not.toContain(secret);
    expect((await send("DELETE", `/credentials/${id}`, undefined, theirs)).status).toBe(404);
    expect((await discover(login, secret)).status).toBe(200);
    await made(send("DELETE", `/credentials/${id}`));
    expect((await send("DELETE", `/credentials/${id}`)).status).toBe(412);
    world.deps.clock.offsetMs = 61_000;
    expect((await discover(login, secret)).status).toBe(401);
  });

  it("has a name that no other living one of the tenant has", async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => create("mast")));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    expect(said(await create("mast"))).toEqual([409, "already-exists", "login"]);
    await created(create("mast", theirs));
    const { id } = replies.find(({ status }) => status === 201)?.body ?? {};
    await made(send("DELETE", `/credentials/${id}`));
    await created(create("mast"));
    expect(said(await create("no spaces"))).toEqual([400, "invalid-argument", "login"]);
  });

  it("is an administrator's to make", async () => {
    const engineer = await makePerson(world.deps, ours, "engineer");
    const headers = { authorization: `Bearer ${await idToken(engineer)}` };
    const path = `/api/backend/v1/simbank/credentials?tenant_id=${ours.id}`;
    expect((await call(world.url, "POST", path, { login: "x", label: "x" }, headers)).status).toBe(403);
    const banks = `/api/backend/v1/simbank/banks?tenant_id=${ours.id}`;
    expect((await call(world.url, "POST", banks, bankBody(1, 1), headers)).status).toBe(201);
  });
});

it("asks of each role what the permission table says", async () => {
  const none = `kp_${"0".repeat(16)}`;
  const client = `/remsim/clients/rc_${"0".repeat(24)}`;
  const card = { ...newCard(), slot: { bankId: 1023, slotId: 1 } };
  const pool = {
    name: "x",
    enabled: true,
    bankId: 1023,
    firstSlot: 1,
    lastSlot: 1,
    profilesPerSlot: 1,
    maxProfiles: 1,
  };
  // None of them finds what it would act on.
  const requests: [Permission, string, string, unknown?][] = [
    ["remsim.read", "GET", "/simbank/servers"],
    ["remsim.read", "GET", "/simbank/banks"],
    ["remsim.read", "GET", "/simbank/slots"],
    ["remsim.read", "POST", "/remsim/explain", { mapping_mode: "ONE_TO_ONE_SWSIM" }],
    ["remsim.operate", "PATCH", "/simbank/banks/1023/slots/1", { status: "faulty" }],
    ["remsim.operate", "POST", "/remsim/reassign", { client_key: `rc_${"0".repeat(24)}` }],
    ["remsim.operate", "POST", `${client}/release`],
    ["remsim.operate", "DELETE", client],
    ["remsim.operate", "POST", `${client}/commands`, { type: "restart" }],
    ["remsim.manage", "PUT", `${client}/configuration`, { values: {} }],
    ["remsim.manage", "POST", "/simbank/banks", { ...bankBody(1, 1), server_id: "absent" }],
    ["remsim.manage", "PATCH", "/simbank/banks/1023", { enabled: false }],
    ["remsim.manage", "DELETE", "/simbank/banks/1023"],
    ["remsim.manage", "POST", "/simbank/cards", card],
    ["remsim.manage", "PATCH", `/simbank/cards/${card.iccid}`, { label: "x" }],
    ["remsim.manage", "DELETE", `/simbank/cards/${card.iccid}`],
    ["remsim.manage", "POST", "/simbank/cards/import", { csv: "x" }],
    ["remsim.manage", "PATCH", "/simbank/settings", {}],
    ["remsim.manage", "PUT", "/simbank/policies", { based_on: "never", policies: [] }],
    ["remsim.manage", "POST", "/simbank/pools", pool],
    ["remsim.manage", "PUT", `/simbank/pools/${none}`, pool],
    ["remsim.manage", "DELETE", `/simbank/pools/${none}`],
    ["remsim.credentials", "POST", "/simbank/credentials", { login: "", label: "x" }],
    ["remsim.credentials", "DELETE", `/simbank/credentials/${"0".repeat(64)}`],
  ];
  const people = await Promise.all(
    ROLES.map(async (role) => ({ role, token: await idToken(await makePerson(world.deps, ours, role)) })),
  );
  const outsider = await idToken(theirs.owner);
  for (const [permission, method, path, body] of requests) {
    const ask = async (token: string) => {
      const url = `/api/backend/v1${path}?tenant_id=${ours.id}`;
      return (await call(world.url, method, url, body, { authorization: `Bearer ${token}` })).status;
    };
    for (const { role, token } of people) {
      const status = await ask(token);
      expect(status === 403, `${role} ${method} ${path}: ${status}`).toBe(!may(role, permission));
      expect(status, `${role} ${method} ${path}`).not.toBe(500);
    }
    expect(await ask(outsider), `outsider ${method} ${path}`).toBe(404);
  }
  const used = new Set(requests.map(([permission]) => permission));
  const all = Object.keys(PERMISSIONS).filter((name) => name.startsWith("remsim."));
  expect([...used, "remsim.connect"].sort()).toEqual(all.sort());
  const connect = (token: string) =>
    call(world.url, "GET", "/api/backend/v1/remsim/discover", undefined, { authorization: `Bearer ${token}` });
  expect((await connect(people[0]?.token ?? "")).status).toBe(401);
}, 60_000);

it("every tenant has a number of its own, which routers may name it by", async () => {
  const numbers = [ours, theirs].map(({ tenant }) => tenant.remsimTenantId as number);
  expect(new Set(numbers).size).toBe(2);
  for (const [index, tenant] of [ours, theirs].entries()) {
    const holder = await world.deps.store.remsimTenantIds.get(numbers[index] as number);
    expect(holder?.data.tenantId).toBe(tenant.id);
  }
});

it("costs what the data model says", async () => {
  const cost = async (method: string, path: string, body?: unknown): Promise<string> => {
    const before = { ...world.deps.store.meter };
    const { status, body: reply } = await send(method, path, body);
    expect([200, 201], JSON.stringify(reply)).toContain(status);
    const { reads, writes } = world.deps.store.meter;
    return `${reads - before.reads} reads, ${writes - before.writes} writes`;
  };
  await send("GET", "/banks");
  expect.soft(await cost("POST", "/banks", bankBody(1, 60))).toBe("6 reads, 64 writes");
  expect.soft(await cost("GET", "/banks")).toBe("1 reads, 0 writes");
  expect.soft(await cost("PATCH", "/banks/1", { label: "x" })).toBe("2 reads, 2 writes");
  expect.soft(await cost("PATCH", "/banks/1", { slots: 61 })).toBe("63 reads, 3 writes");
  expect.soft(await cost("GET", "/slots?page_size=10")).toBe("11 reads, 0 writes");
  expect.soft(await cost("PATCH", "/settings", { grace_seconds: 90 })).toBe("1 reads, 2 writes");
  const card = { ...newCard(), slot: { bankId: 1, slotId: 1 } };
  expect.soft(await cost("POST", "/cards", card)).toBe("3 reads, 4 writes");
  expect.soft(await cost("PATCH", "/banks/1/slots/1", { status: "faulty" })).toBe("1 reads, 2 writes");
  const based_on = (await world.deps.store.remsimSettings.get(ours.id))?.data.updatedAt.toISOString();
  expect.soft(await cost("PUT", "/policies", { based_on, policies: [] })).toBe("1 reads, 2 writes");
  const pool = { name: "P", enabled: true, bankId: 1, firstSlot: 1, lastSlot: 10, profilesPerSlot: 5, maxProfiles: 50 };
  expect.soft(await cost("POST", "/pools", pool)).toBe("13 reads, 12 writes");
  const id = (await world.deps.store.remsimSettings.get(ours.id))?.data.pools[0]?.id;
  expect.soft(await cost("PUT", `/pools/${id}`, { ...pool, maxProfiles: 40 })).toBe("22 reads, 2 writes");
  expect.soft(await cost("DELETE", `/pools/${id}`)).toBe("11 reads, 12 writes");
  expect.soft(await cost("POST", "/credentials", { login: "a", label: "a" })).toBe("1 reads, 3 writes");
  expect.soft(await cost("DELETE", "/banks/1")).toBe("64 reads, 65 writes");
});

it("lists banks by their numbers", async () => {
  for (const bankId of [10, 9, 1]) await makeBank(bankId, 1);
  expect((await made(send("GET", "/banks"))).banks.map((bank: { bank_id: SimBank["bankId"] }) => bank.bank_id)).toEqual(
    [1, 9, 10],
  );
});
