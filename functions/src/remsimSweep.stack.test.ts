import { randomBytes } from "node:crypto";
import {
  type Alert,
  type BankSlot,
  bankSlotId,
  type ClientKey,
  paths,
  type RemsimClient,
  type RemsimServer,
  RemsimServerId,
  type SimBank,
  type SimSlot,
  simBankAlertId,
} from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Deps } from "./deps.ts";
import { clientKeyOf } from "./operations/remsim/clientIdentity.ts";
import { type RemsimSwept, remsimSweep } from "./operations/remsim/remsimSweep.ts";
import { ownTenants } from "./testing/ownTenants.ts";
import { putClient, routerCall } from "./testing/router.ts";
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

const NOTHING: RemsimSwept = {
  renewed: 0,
  disconnected: 0,
  reclaimed: 0,
  banksFailed: 0,
  banksBack: 0,
  cardsFailed: 0,
};

let world: World;
let ours: TestTenant;
let login: Login;
/** The clock stands while nobody lets time pass, however slow the machine. */
let now = Date.now();
/** The world as a sweep of our tenants sees it. */
let deps: Deps;

beforeAll(async () => {
  world = await startWorld();
  world.deps.now = () => new Date(now);
});
afterAll(() => world.close());
beforeEach(async () => {
  ours = await makeTenant(world.deps);
  login = await makeLogin(world.deps, ours.id);
  deps = ownTenants(world.deps, [ours]);
});

const pass = (seconds: number) => {
  now += seconds * 1000;
};
const sweep = () => remsimSweep(deps);
const swept = (some: Partial<RemsimSwept>) => ({ ...NOTHING, ...some });
const keyOf = (name: string, of = login): ClientKey => clientKeyOf(of.id, name);

async function register(name: string, options: Parameters<typeof registerRouter>[3] = {}, of = login): Promise<string> {
  const { status, body } = await registerRouter(world, of, name, options);
  if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
  return bankSlotId({ bankId: body.slot.bank_id, slotId: body.slot.slot_id });
}
async function clientOf(name: string, tenant = ours, of = login): Promise<RemsimClient> {
  return (await world.deps.store.remsimClients.need("client", tenant.id, keyOf(name, of))).data;
}
async function placeOf(name: string): Promise<string | null> {
  const { assignment } = await clientOf(name);
  return assignment && bankSlotId(assignment.slot);
}
async function slotOf({ bankId, slotId }: BankSlot): Promise<SimSlot> {
  return (await world.deps.store.simSlots.need("slot", ours.id, bankId, slotId)).data;
}
async function eventsOf(type: string): Promise<string[]> {
  const all = await world.deps.store.raw(paths.remsimEvents(ours.id));
  return all.filter((one) => one.type === type).map((one) => String(one.data.client_id ?? one.bankId));
}
async function auditsOf(action: string): Promise<string[]> {
  const all = await world.deps.store.raw(paths.audits(ours.id));
  return all.filter((one) => one.action === action).map((one) => String(one.summary));
}
async function alertOf(bankId: number): Promise<Alert | undefined> {
  return (await world.deps.store.alerts.get(ours.id, simBankAlertId(bankId)))?.data;
}
async function bankOf(bankId: number): Promise<SimBank | undefined> {
  return (await world.deps.store.simBanks.get(ours.id, bankId))?.data;
}
async function patchClient(name: string, changes: object): Promise<void> {
  await world.deps.store
    .write()
    .patch(paths.remsimClient(ours.id, keyOf(name)), changes)
    .commit();
}
/** A bank's bankd comes or goes, as a daemon reports it. */
async function reportBank(bankId: number, connected: boolean, tenant = ours): Promise<void> {
  const at = world.deps.now();
  const changes: Partial<SimBank> = { connected, connectedAt: at, sweepAt: at, updatedAt: at };
  await world.deps.store.write().patch(paths.simBank(tenant.id, bankId), changes).commit();
}
/** A server of our tenant's, as a daemon that sees it says; the same again is seen again. */
async function seeServer(id: string): Promise<RemsimServerId> {
  const serverId = RemsimServerId.parse(id);
  const where = { host: "10.0.0.9", port: 9998, restUrl: "http://10.0.0.9:9997", tenants: [ours.id] };
  const seen = { reachable: true, seenAt: world.deps.now(), createdAt: world.deps.now() };
  const server: RemsimServer = { schemaVersion: 1, id: serverId, label: "ours", ...where, ...seen };
  await world.deps.store.write().put(paths.remsimServer(serverId), server).commit();
  return serverId;
}
const beat = (name: string) => routerCall(world.url, login, "heartbeat", { client_id: name });

describe("a silent client", () => {
  beforeEach(() => makeBank(world.deps, ours.id, { bankId: 3, cards: 2 }));

  it("is told of after the grace period, and loses its card after another", async () => {
    const place = await register("vm-slot0");
    pass(299);
    expect(await sweep()).toEqual(NOTHING);
    pass(2);
    expect(await sweep()).toEqual(swept({ disconnected: 1 }));
    expect(await clientOf("vm-slot0")).toMatchObject({ state: "disconnected", assignment: { iccid: /.+/ } });
    expect(await eventsOf("client_disconnected")).toEqual(["vm-slot0"]);
    pass(299);
    expect(await sweep()).toEqual(NOTHING);
    pass(2);
    expect(await sweep()).toEqual(swept({ reclaimed: 1 }));
    const { state, assignment, leaseUntil } = await clientOf("vm-slot0");
    expect({ state, assignment, leaseUntil }).toEqual({ state: "released", assignment: null, leaseUntil: null });
    const [bankId, slotId] = place.split("-").map(Number) as [number, number];
    expect(await slotOf({ bankId, slotId })).toMatchObject({ state: "available", client: null, profiles: 0 });
    expect(await world.deps.store.raw(paths.slotMaps(ours.id))).toEqual([]);
    expect(await world.deps.store.raw(`${paths.tenant(ours.id)}/slotClaims`)).toEqual([]);
    expect(await auditsOf("remsimClient.reclaim")).toHaveLength(1);
    expect(await eventsOf("client_unregistered")).toEqual(["vm-slot0"]);
    expect(await sweep()).toEqual(NOTHING);
    expect((await beat("vm-slot0")).status).toBe(404);
  });

  it("keeps its card when it is heard of in its second grace period", async () => {
    const place = await register("vm-slot0");
    pass(301);
    await sweep();
    pass(200);
    expect((await beat("vm-slot0")).status).toBe(200);
    expect((await clientOf("vm-slot0")).state).toBe("connected");
    pass(200);
    expect(await sweep()).toEqual(NOTHING);
    expect(await placeOf("vm-slot0")).toBe(place);
    pass(101);
    expect(await sweep()).toEqual(swept({ disconnected: 1 }));
    expect(await eventsOf("client_disconnected")).toEqual(["vm-slot0", "vm-slot0"]);
  });

  describe("that its server has connected, though it never sends a heartbeat,", () => {
    let server: RemsimServerId;
    let place: string;
    const seen = (connected: boolean) =>
      patchClient("stock-slot0", { server: { connected, at: world.deps.now() }, leaseUntil: world.deps.now() });

    beforeEach(async () => {
      server = await seeServer(`s${randomBytes(6).toString("hex")}`);
      await makeBank(world.deps, ours.id, { bankId: 9, cards: 1, mccMnc: "26201", serverId: server });
      place = await register("stock-slot0", { mccMnc: "26201" });
      await seen(true);
    });

    it("loses nothing, and is looked at once an hour", async () => {
      pass(80);
      expect(await sweep()).toEqual(swept({ renewed: 1 }));
      for (let n = 0; n < 4; n++) {
        pass(3500);
        expect(await sweep()).toEqual(NOTHING);
        await seeServer(server);
        pass(80);
        expect(await sweep()).toEqual(swept({ renewed: 1 }));
      }
      expect(await clientOf("stock-slot0")).toMatchObject({ state: "connected" });
      expect(await placeOf("stock-slot0")).toBe(place);
      await seen(false);
      pass(301);
      expect(await sweep()).toEqual(swept({ disconnected: 1 }));
      await seen(true);
      expect(await sweep()).toEqual(swept({ renewed: 1 }));
      expect((await clientOf("stock-slot0")).state).toBe("connected");
    });

    it("is believed for an hour after nobody sees the server any more, and then silent", async () => {
      pass(3599);
      expect(await sweep()).toEqual(swept({ renewed: 1 }));
      pass(301);
      expect(await sweep()).toEqual(swept({ disconnected: 1 }));
      pass(200);
      expect(await sweep()).toEqual(NOTHING);
      await seeServer(server); // the daemon is back in time
      pass(101);
      expect(await sweep()).toEqual(swept({ renewed: 1 }));
      expect((await clientOf("stock-slot0")).state).toBe("connected");
      pass(3600);
      expect(await sweep()).toEqual(swept({ disconnected: 1 }));
      pass(301);
      expect(await sweep()).toEqual(swept({ reclaimed: 1 }));
    });

    it("has nobody to speak for it once its credential is revoked", async () => {
      const path = paths.remsimCredential(ours.id, login.id);
      await world.deps.store.write().patch(path, { revokedAt: world.deps.now() }).commit();
      pass(301);
      await seeServer(server);
      expect(await sweep()).toEqual(swept({ disconnected: 1 }));
      pass(301);
      expect(await sweep()).toEqual(swept({ reclaimed: 1 }));
    });

    it("takes no word of the server with it to its next card", async () => {
      await unregisterRouter(world, login, "stock-slot0");
      expect((await clientOf("stock-slot0")).server).toBeNull();
      await seen(true); // what was under way as it left
      await register("stock-slot0", { mccMnc: "26201" });
      expect((await clientOf("stock-slot0")).server).toBeNull();
      await seen(true);
      await register("stock-slot0", { mccMnc: "26201" }); // the same card again, and the same map
      expect((await clientOf("stock-slot0")).server).toMatchObject({ connected: true });
      await register("stock-slot0", { mccMnc: "310410" }); // another on another server
      expect((await clientOf("stock-slot0")).server).toBeNull();
    });
  });

  it("gives a profile's place on a pool's card back, and no more than that", async () => {
    await makePool(world.deps, ours.id, { bankId: 4, cards: 1 });
    for (const name of ["a-slot0", "b-slot0", "c-slot0"]) await register(name, { mode: "KI_PROXY_SWSIM" });
    pass(250);
    await beat("b-slot0");
    pass(52);
    expect(await sweep()).toEqual(swept({ disconnected: 2 }));
    await beat("b-slot0");
    pass(301);
    expect(await sweep()).toMatchObject({ reclaimed: 2, disconnected: 1 });
    expect(await slotOf({ bankId: 4, slotId: 1 })).toMatchObject({ profiles: 1, state: "available" });
  });

  it("never costs its next holder the card", async () => {
    await register("vm-slot0");
    pass(301);
    await sweep();
    pass(301);
    // Between the sweep's query and its write, the client comes back.
    const due = await deps.store.remsimClients.due(deps.now(), 10);
    expect(due).toHaveLength(1);
    const late = Object.create(deps.store.remsimClients) as typeof deps.store.remsimClients;
    Object.assign(late, { due: async () => due });
    await beat("vm-slot0");
    expect(await remsimSweep({ ...deps, store: { ...deps.store, remsimClients: late } })).toEqual(NOTHING);
    expect((await clientOf("vm-slot0")).state).toBe("connected");
    expect(await placeOf("vm-slot0")).not.toBeNull();
  });

  it("is one of many: each is dealt with, page after page, by two sweeps at once", { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 250 }, (_, n) => `vm${n}-slot0`);
    const past = new Date(world.deps.now().getTime() - 1000);
    const long = new Date(past.getTime() - 3_600_000);
    for (let from = 0; from < names.length; from += 50) {
      const some = names.slice(from, from + 50);
      const old = { registeredAt: long, leaseUntil: past };
      await Promise.all(some.map((name) => putClient(world.deps, ours, login, name, old)));
    }
    const [one, two] = await Promise.all([sweep(), sweep()]);
    expect(one.disconnected + two.disconnected).toBe(250);
    expect(await eventsOf("client_disconnected")).toHaveLength(250);
    expect(await sweep()).toEqual(NOTHING);
  });
});

describe("a bank that is gone", () => {
  beforeEach(async () => {
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 2 });
  });

  it("loses its clients to equivalent cards once its grace is over, and they learn of it", async () => {
    await register("a-slot0");
    await register("b-slot0");
    const identity = (await clientOf("a-slot0")).assignment?.client;
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 3 });
    await reportBank(3, false);
    pass(59);
    expect(await sweep()).toEqual(NOTHING);
    pass(2);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
    const places = [await placeOf("a-slot0"), await placeOf("b-slot0")];
    expect(places).toEqual([expect.stringMatching(/^5-[123]$/), expect.stringMatching(/^5-[123]$/)]);
    expect(new Set(places).size).toBe(2);
    expect((await clientOf("a-slot0")).assignment?.client).toEqual(identity);
    expect((await eventsOf("slot_reassigned")).sort()).toEqual(["a-slot0", "b-slot0"]);
    expect((await beat("a-slot0")).body.commands).toMatchObject([{ type: "reassign" }]);
    expect(await alertOf(3)).toMatchObject({ kind: "sim-bank-down", state: "open", severity: "warning", target: "3" });
    expect((await alertOf(3))?.message).toContain("2 clients moved");
    expect(await auditsOf("remsim.bank.failover")).toHaveLength(1);
    expect(await sweep()).toEqual(NOTHING);
  });

  it("is back: noted, told, and failed over again the next time", async () => {
    await reportBank(3, false);
    pass(61);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
    expect((await alertOf(3))?.message).toContain("no client used it");
    await reportBank(3, true);
    expect(await sweep()).toEqual(swept({ banksBack: 1 }));
    expect(await alertOf(3)).toMatchObject({ state: "resolved" });
    expect((await world.deps.store.simBanks.get(ours.id, 3))?.data).not.toHaveProperty("failedOverAt");
    expect(await sweep()).toEqual(NOTHING);
    await reportBank(3, false);
    pass(61);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
    expect(await alertOf(3)).toMatchObject({ state: "open" });
  });

  it("leaves alone whose policy moves no client, and who finds no card; both are named", async () => {
    await putSettings(world.deps, ours.id, {
      policies: [
        {
          id: "sp_0000000000000001" as never,
          name: "fixed",
          enabled: true,
          match: { clientPrefix: "fixed" },
          choose: {},
          strategy: "sticky",
          remap: false,
        },
      ],
    });
    const fixed = await register("fixed-slot0");
    const stuck = await register("stuck-slot0");
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 5, mccMnc: "26201" }); // not of their network
    await reportBank(3, false);
    pass(61);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
    expect([await placeOf("fixed-slot0"), await placeOf("stuck-slot0")]).toEqual([fixed, stuck]);
    const alert = await alertOf(3);
    expect(alert?.severity).toBe("critical");
    expect(alert?.message).toMatch(/fixed-slot0 \(its policy moves no client\)/);
    expect(alert?.message).toMatch(/stuck-slot0 \(no card for/);
    expect(await sweep()).toEqual(NOTHING);
    pass(61);
    expect(await sweep()).toEqual(NOTHING); // tried again, and nothing to tell of
    expect(await auditsOf("remsim.bank.failover")).toHaveLength(1);
    await makeBank(world.deps, ours.id, { bankId: 6, cards: 1 });
    expect(await sweep()).toEqual(NOTHING);
    pass(62);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
    expect([await placeOf("fixed-slot0"), await placeOf("stuck-slot0")]).toEqual([fixed, "6-1"]);
    expect(await auditsOf("remsim.bank.failover")).toHaveLength(2);
    expect(await bankOf(3)).not.toHaveProperty("sweepAt"); // whose policy moves nobody is tried no more
  });

  it("is tried again after an error on our side", async () => {
    await register("a-slot0");
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 1 });
    await reportBank(3, false);
    pass(61);
    const down = () => Promise.reject(new Error("UNAVAILABLE"));
    const broken = (finds: Partial<typeof deps.store.simBanks>) => {
      const simBanks = Object.assign(Object.create(deps.store.simBanks), finds) as typeof deps.store.simBanks;
      return { ...deps, store: { ...deps.store, simBanks } };
    };
    expect(await remsimSweep(broken({ all: down }))).toEqual(swept({ banksFailed: 1 }));
    expect((await alertOf(3))?.message).toContain("a-slot0 (an error on our side)");
    pass(61);
    const clients = Object.assign(Object.create(deps.store.remsimClients), { holding: down });
    expect(await remsimSweep({ ...deps, store: { ...deps.store, remsimClients: clients } })).toEqual(NOTHING);
    expect((await bankOf(3))?.sweepAt).toEqual(new Date(now + 60_000)); // behind the others that are due
    pass(61);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
    expect(await placeOf("a-slot0")).toBe("5-1");
  });

  it("costs nothing more once all are moved, and does not keep others from their turn", async () => {
    await reportBank(3, false);
    pass(30);
    await sweep();
    expect((await bankOf(3))?.sweepAt).toEqual(new Date(now + 30_000)); // its grace
    pass(31);
    await sweep();
    expect(await bankOf(3)).toMatchObject({ connected: false, failedOverAt: new Date(now) });
    expect(await bankOf(3)).not.toHaveProperty("sweepAt");
    const long = (ms: number) => ({ connected: false, sweepAt: new Date(ms) });
    for (const [bankId, ms] of [
      [21, 30],
      [22, 10],
      [23, 20],
    ] as const) {
      await makeBank(world.deps, ours.id, { bankId, cards: 0, ...long(ms) });
    }
    const due = await world.deps.store.simBanks.due(new Date(50), 2);
    expect(due.map(({ data }) => data.bankId)).toEqual([22, 23]);
    await sweep();
    expect(await world.deps.store.simBanks.due(new Date(50), 2)).toEqual([]);
  });

  it("gives another card to a router that comes back to it, and keeps its own while there is none", async () => {
    const place = await register("a-slot0");
    await reportBank(3, false);
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 1, enabled: false });
    expect(await register("a-slot0")).toBe(place); // within the bank's grace
    pass(61);
    await sweep();
    expect(await register("a-slot0")).toBe(place);
    expect(await eventsOf("pool_exhausted")).toHaveLength(1); // of the sweep alone
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 1 });
    expect(await register("a-slot0")).toBe("5-1");
    expect((await clientOf("a-slot0")).assignment?.slot).toEqual({ bankId: 5, slotId: 1 });
    expect(await slotOf({ bankId: 3, slotId: Number(place.split("-")[1]) })).toMatchObject({ client: null });
  });

  it("with a grace of its tenant's own is left so long", async () => {
    await putSettings(world.deps, ours.id, { bankGraceSeconds: 600 });
    await reportBank(3, false);
    pass(599);
    expect(await sweep()).toEqual(NOTHING);
    pass(2);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
  });

  it("of another tenant is another matter", async () => {
    const theirs = await makeTenant(world.deps);
    const their = await makeLogin(world.deps, theirs.id);
    await makeBank(world.deps, theirs.id, { bankId: 3, cards: 2 });
    await makeBank(world.deps, theirs.id, { bankId: 5, cards: 2 });
    await register("a-slot0", {}, their);
    await register("a-slot0");
    const before = await clientOf("a-slot0", theirs, their);
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 2 });
    await reportBank(3, false);
    pass(61);
    deps = ownTenants(world.deps, [ours, theirs]);
    expect(await sweep()).toEqual(swept({ banksFailed: 1 }));
    expect(await placeOf("a-slot0")).toMatch(/^5-/);
    expect(await clientOf("a-slot0", theirs, their)).toEqual(before);
    expect(await world.deps.store.raw(paths.alerts(theirs.id))).toEqual([]);
  });
});

describe("a card that is faulty", () => {
  const markFaulty = (place: BankSlot) =>
    world.deps.store
      .write()
      .patch(paths.simSlot(ours.id, place.bankId, place.slotId), { state: "faulty", sweepAt: world.deps.now() })
      .commit();

  it("loses its client to an equivalent one", async () => {
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 2 });
    await register("a-slot0");
    const { slot } = (await clientOf("a-slot0")).assignment ?? {};
    const failed = slot as BankSlot;
    await markFaulty(failed);
    expect(await sweep()).toEqual(swept({ cardsFailed: 1 }));
    expect(await placeOf("a-slot0")).toBe(bankSlotId({ bankId: 3, slotId: 3 - failed.slotId }));
    expect(await slotOf(failed)).toMatchObject({ state: "faulty", client: null, profiles: 0 });
    expect(await sweep()).toEqual(NOTHING);
  });

  it("keeps a client that finds no other, which is tried again, the later the longer it lasts", async () => {
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 1 });
    await register("a-slot0");
    await markFaulty({ bankId: 3, slotId: 1 });
    expect(await sweep()).toEqual(swept({ cardsFailed: 1 }));
    expect(await placeOf("a-slot0")).toBe("3-1");
    expect((await auditsOf("remsim.card.failover")).at(-1)).toContain("a-slot0 (no card for");
    expect(await sweep()).toEqual(NOTHING);
    for (const wait of [60, 60, 120, 240]) {
      expect((await slotOf({ bankId: 3, slotId: 1 })).sweepAt).toEqual(new Date(now + wait * 1000));
      pass(wait);
      await beat("a-slot0");
      expect(await sweep()).toEqual(NOTHING);
    }
    expect(await auditsOf("remsim.card.failover")).toHaveLength(1);
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 1 });
    pass(480);
    await beat("a-slot0");
    expect(await sweep()).toEqual(swept({ cardsFailed: 1 }));
    expect(await placeOf("a-slot0")).toBe("5-1");
    expect(await slotOf({ bankId: 3, slotId: 1 })).not.toHaveProperty("sweepAt");
  });

  it("gives another to a router that registers again", async () => {
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 1 });
    await register("a-slot0");
    await markFaulty({ bankId: 3, slotId: 1 });
    expect(await register("a-slot0")).toBe("3-1");
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 1 });
    expect(await register("a-slot0")).toBe("5-1");
    expect(await slotOf({ bankId: 3, slotId: 1 })).toMatchObject({ state: "faulty", client: null, profiles: 0 });
    expect(await sweep()).toEqual(NOTHING);
    expect(await slotOf({ bankId: 3, slotId: 1 })).not.toHaveProperty("sweepAt");
  });

  it("of a pool loses all its profiles, each with a new identity towards the network", async () => {
    await makePool(world.deps, ours.id, { bankId: 4, cards: 2 }, { profilesPerSlot: 3 });
    const names = ["a-slot0", "b-slot0", "c-slot0"];
    for (const name of names) await register(name, { mode: "KI_PROXY_SWSIM" });
    const before = await Promise.all(names.map((name) => clientOf(name)));
    const failed = before[0]?.assignment?.slot as BankSlot;
    const touched = before.filter(({ assignment }) => bankSlotId(assignment?.slot as BankSlot) === bankSlotId(failed));
    await markFaulty(failed);
    expect(await sweep()).toEqual(swept({ cardsFailed: 1 }));
    const after = await Promise.all(names.map((name) => clientOf(name)));
    for (const { assignment } of after) expect(assignment?.slot).not.toEqual(failed);
    expect(touched.length).toBeGreaterThan(0);
    for (const { key, profileId } of touched) {
      expect(after.find((one) => one.key === key)?.profileId).not.toBe(profileId);
    }
    expect(await slotOf(failed)).toMatchObject({ profiles: 0, state: "faulty" });
    expect(await sweep()).toEqual(NOTHING);
  });
});

/** A sweep that finds this and nothing else, whatever other tests do in the same database. */
function finding({ due = [], down = [] }: { due?: Stored<RemsimClient>[]; down?: Stored<SimBank>[] }) {
  const queries: string[] = [];
  const found =
    <T>(name: string, items: T[]) =>
    async () => {
      queries.push(name);
      return items.splice(0);
    };
  const table = <T extends object>(real: T, finds: Partial<T>): T => Object.assign(Object.create(real), finds);
  const { store } = world.deps;
  const narrowed = {
    remsimClients: table(store.remsimClients, { due: found("due", due) }),
    simBanks: table(store.simBanks, { due: found("banks", down) }),
    simSlots: table(store.simSlots, { due: found("slots", []) }),
  };
  return { deps: { ...world.deps, store: { ...store, ...narrowed } } satisfies Deps, queries };
}

describe("a sweep costs", () => {
  const cost = async (finds: Parameters<typeof finding>[0]) => {
    const narrow = finding(finds);
    const before = { ...world.deps.store.meter };
    await remsimSweep(narrow.deps);
    const { reads, writes } = world.deps.store.meter;
    return `${reads - before.reads} reads, ${writes - before.writes} writes after ${narrow.queries.length} queries`;
  };
  const due = async () => [await world.deps.store.remsimClients.need("client", ours.id, keyOf("vm-slot0"))];

  it("three queries when there is nothing to do", async () => {
    expect(await cost({})).toBe("0 reads, 0 writes after 3 queries");
  });

  it("what the data model says for a client", async () => {
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 1 });
    await register("vm-slot0");
    pass(290);
    // Beside what is said: the tenant's settings, once a minute.
    expect.soft(await cost({ due: await due() })).toBe("1 reads, 1 writes after 3 queries"); // heard of since
    await patchClient("vm-slot0", { server: { connected: true, at: world.deps.now() } });
    const connected = [...(await due()), ...(await due())];
    await patchClient("vm-slot0", { server: null });
    expect.soft(await cost({ due: connected })).toBe("3 reads, 0 writes after 3 queries"); // server and credential, once each
    pass(20);
    expect.soft(await cost({ due: await due() })).toBe("1 reads, 2 writes after 3 queries"); // disconnected
    pass(301);
    expect.soft(await cost({ due: await due() })).toBe("5 reads, 6 writes after 3 queries"); // reclaimed
  });

  it("what the data model says for a bank, and for a client of it", async () => {
    const down = async () => [await world.deps.store.simBanks.need("bank", ours.id, 3)];
    await makeBank(world.deps, ours.id, { bankId: 3, cards: 2 });
    await reportBank(3, false);
    pass(61);
    expect.soft(await cost({ down: await down() })).toBe("3 reads, 3 writes after 3 queries");
    await reportBank(3, true);
    await sweep();
    await register("vm-slot0");
    await makeBank(world.deps, ours.id, { bankId: 5, cards: 2 });
    await reportBank(3, false);
    pass(61);
    expect.soft(await cost({ down: await down() })).toBe("11 reads, 11 writes after 3 queries"); // 8 and 8 for the client
    await reportBank(5, false);
    pass(61);
    const other = async () => [await world.deps.store.simBanks.need("bank", ours.id, 5)];
    await cost({ down: await other() }); // no card is left, which is told of
    pass(61);
    expect.soft(await cost({ down: await other() })).toBe("6 reads, 1 writes after 3 queries"); // tried again: 3 for the client
  });
});
