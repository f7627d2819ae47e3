import { randomBytes } from "node:crypto";
import { EpcId, type PublicEvent, paths, type WebhookDelivery, WebhookId, webhookSecretId } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKey } from "./operations/accessKeys.ts";
import { announce } from "./operations/webhooks/announce.ts";
import { announceAlert, announceEpcEvent, announceRollout } from "./operations/webhooks/announceDocuments.ts";
import { deliver } from "./operations/webhooks/deliver.ts";
import { AttemptTask } from "./operations/webhooks/enqueueAttempt.ts";
import { localReach, publicReach } from "./operations/webhooks/reach.ts";
import { webhookSweep } from "./operations/webhooks/webhookSweep.ts";
import { call, type Reply } from "./testing/client.ts";
import { HeldTasks } from "./testing/heldTasks.ts";
import { ownTenants } from "./testing/ownTenants.ts";
import { signedBy, WebhookReceiver } from "./testing/webhookReceiver.ts";
import { idToken, makePerson, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const HOUR_MS = 3_600_000;
let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let tasks: HeldTasks;
let receiver: WebhookReceiver;

beforeAll(async () => {
  world = await startWorld();
  theirs = await makeTenant(world.deps);
});
afterAll(() => world.close());

beforeEach(async () => {
  world.deps.clock.offsetMs = 0;
  tasks = new HeldTasks(world.deps);
  Object.assign(world.deps, { tasks, webhooks: localReach });
  ours = await makeTenant(world.deps);
  receiver = await WebhookReceiver.start();
  return () => receiver.close();
});

const at = (tenant: TestTenant, path: string) => `/api/tenants/${tenant.id}/webhooks${path}`;
const api = (method: string, path: string, body?: unknown): Promise<Reply> =>
  call(world.url, method, at(ours, path), body, { "x-api-key": ours.apiKey });

async function hook(events = ["epc_offline"], url = receiver.url): Promise<{ id: WebhookId; secret: string }> {
  const { status, body } = await api("POST", "", { label: "billing", url, events });
  expect(status, JSON.stringify(body)).toBe(201);
  return { id: WebhookId.parse(body.webhook.webhook_id), secret: body.secret };
}

function event(type = "epc_offline"): PublicEvent {
  return { id: `evt_${randomBytes(8).toString("hex")}`, type, at: world.deps.now(), data: { epc_id: "epc_1" } };
}

async function deliveries(tenant = ours): Promise<WebhookDelivery[]> {
  const found = await world.deps.store.raw(paths.webhookDeliveries(tenant.id));
  return Promise.all(
    found.map(async ({ id }) => (await world.deps.store.webhookDeliveries.need("delivery", tenant.id, id)).data),
  );
}

async function only(): Promise<WebhookDelivery> {
  const [first, ...more] = await deliveries();
  expect(more).toEqual([]);
  return first as WebhookDelivery;
}

async function webhook(id: WebhookId) {
  return (await world.deps.store.webhooks.need("webhook", ours.id, id)).data;
}

async function audited(action: string): Promise<string[]> {
  const entries = await world.deps.store.raw(paths.audits(ours.id));
  return entries.filter((entry) => entry.action === action).map((entry) => `${entry.actor}: ${entry.summary}`);
}

async function cost(act: () => Promise<unknown>): Promise<{ reads: number; writes: number }> {
  const { reads, writes } = world.deps.store.meter;
  await act();
  return { reads: world.deps.store.meter.reads - reads, writes: world.deps.store.meter.writes - writes };
}

/** Until the given-up delivery's last attempt, moving the clock to each. */
async function runToTheEnd(): Promise<void> {
  for (await tasks.run(); tasks.waiting.length > 0; await tasks.run()) world.deps.clock.offsetMs += 10 * 60_000;
}

/** Has a webhook's waiting deliveries given up, as by a day of failures. */
async function giveUp(id: WebhookId): Promise<void> {
  await api("PATCH", `/${id}`, { active: false });
  await tasks.run();
  await api("PATCH", `/${id}`, { active: true });
}

describe("an event", () => {
  it("reaches each webhook that wants it, signed as Standard Webhooks has it", async () => {
    const [one, other] = [await hook(), await hook(["epc_offline", "epc_online"])];
    await hook(["epc_online"]);
    const told = event();
    await announce(world.deps, ours.id, told);
    await tasks.run();
    expect(receiver.received).toHaveLength(2);
    for (const received of receiver.received) {
      expect(received.id).toBe(told.id);
      expect(received.body).toEqual({
        id: told.id,
        type: "epc_offline",
        timestamp: told.at.toISOString(),
        tenant_id: ours.id,
        data: { epc_id: "epc_1" },
      });
      expect(Math.abs(Number(received.timestamp) - Date.now() / 1000)).toBeLessThan(60);
    }
    const by = [one, other].map(({ secret }) => receiver.received.filter((got) => signedBy(secret, got)[0]).length);
    expect(by).toEqual([1, 1]);
    for (const delivery of await deliveries())
      expect(delivery).toMatchObject({ state: "delivered", attempts: [{ status: 200 }] });
    expect((await webhook(one.id)).last).toMatchObject({ ok: true, status: 200 });
  });

  it("seen again, or by two at once, is delivered once", async () => {
    await hook();
    const told = event();
    await Promise.all([1, 2, 3].map(() => announce(world.deps, ours.id, told)));
    await tasks.run();
    await announce(world.deps, ours.id, told);
    await tasks.run();
    expect(receiver.received).toHaveLength(1);
    expect((await only()).begun).toBe(1);
  });

  it("whose first task was lost gets it when it is seen again", async () => {
    await hook();
    const told = event();
    const broken = { ...world.deps, tasks: { enqueue: () => Promise.reject(new Error("no queue")) } };
    await expect(announce(broken, ours.id, told)).rejects.toThrow("no queue");
    await announce(world.deps, ours.id, told);
    await tasks.run();
    expect(receiver.received).toHaveLength(1);
  });

  it("is no other tenant's business", async () => {
    await hook();
    await announce(world.deps, theirs.id, event());
    await tasks.run();
    expect([receiver.received, await deliveries(theirs)]).toEqual([[], []]);
  });

  it("costs one read where nobody wants it, and for each who does a read and a write", async () => {
    expect(await cost(() => announce(world.deps, theirs.id, event()))).toEqual({ reads: 1, writes: 0 });
    const { id } = await hook();
    await hook();
    expect(await cost(() => announce(world.deps, ours.id, event()))).toEqual({ reads: 2, writes: 2 });
    expect(await cost(() => tasks.run())).toEqual({ reads: 6, writes: 6 });
    await api("PATCH", `/${id}`, { active: false });
    await announce(world.deps, ours.id, event());
    // Its health was written seconds ago.
    expect(await cost(() => tasks.run())).toEqual({ reads: 3, writes: 2 });
  });
});

it("costs an administrator what the data model says", async () => {
  const [{ id }] = [await hook(), await hook(["epc_online"])];
  for (let n = 0; n < 3; n++) await announce(world.deps, ours.id, event());
  await giveUp(id);
  const first = (await api("GET", `/${id}/deliveries?page_size=1`)).body.next_page_token;
  const costs: [method: string, path: string, body: object | undefined, reads: number, writes: number][] = [
    ["GET", "", undefined, 2, 0],
    ["POST", "", { label: "x", url: receiver.url, events: ["epc_online"] }, 2, 3],
    ["PATCH", `/${id}`, { label: "y" }, 2, 2],
    ["POST", `/${id}/secret`, undefined, 2, 3],
    ["POST", `/${id}/test`, undefined, 1, 2],
    ["GET", `/${id}/deliveries?page_size=2`, undefined, 4, 0],
    ["GET", `/${id}/deliveries?page_size=2&page_token=${first}`, undefined, 2 + 2, 0],
    ["POST", `/${id}/deliveries/${first}/replay`, undefined, 2, 2],
    ["POST", `/${id}/replay-failed`, undefined, 1 + 2, 1 + 2],
    ["DELETE", `/${id}`, undefined, 1, 3],
  ];
  for (const [method, path, body, reads, writes] of costs) {
    expect(await cost(() => api(method, path, body)), `${method} ${path}`).toEqual({ reads, writes });
  }
});

describe("documents", () => {
  const epc = "epc_00112233445566aa";
  const now = new Date();
  const seen = (path: string, version: string, before: unknown, after: unknown) => ({ path, version, before, after });
  const alert = (state: string) => ({
    schemaVersion: 1,
    id: "a1",
    tenantId: ours.id,
    kind: "rollout-stopped",
    severity: "warning",
    target: "ro_1",
    message: "it stopped",
    state,
    openedAt: now,
    updatedAt: now,
  });

  it("become events: an EPC's, an alert's", async () => {
    await hook(["epc_degraded", "alert_opened", "alert_resolved"]);
    const state = {
      schemaVersion: 1,
      id: "1",
      type: "state",
      severity: "warning",
      message: "online → degraded",
      at: now,
      receivedAt: now,
      data: { from: "online", to: "degraded" },
      expireAt: now,
    };
    const path = paths.event(ours.id, epc, "1");
    await announceEpcEvent(world.deps, ours.id, EpcId.parse(epc), seen(path, "created", undefined, state));
    const a1 = paths.alert(ours.id, "a1");
    await announceAlert(world.deps, ours.id, seen(a1, "1", undefined, alert("open")));
    await announceAlert(world.deps, ours.id, seen(a1, "2", alert("open"), alert("open")));
    await announceAlert(world.deps, ours.id, seen(a1, "3", alert("open"), alert("resolved")));
    await announceAlert(world.deps, ours.id, seen(a1, "4", alert("resolved"), alert("open")));
    await tasks.run();
    const types = receiver.received.map(({ body }) => body.type).sort();
    expect(types).toEqual(["alert_opened", "alert_opened", "alert_resolved", "epc_degraded"]);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(4);
  });

  it("that fit no schema, or tell of nothing, cost nothing and stop nothing", async () => {
    const odd = seen(paths.rollout(ours.id, "x"), "1", undefined, { state: 7 });
    const gone = seen(paths.rollout(ours.id, "x"), "deleted", undefined, undefined);
    expect(await cost(() => announceRollout(world.deps, ours.id, odd))).toEqual({ reads: 0, writes: 0 });
    expect(await cost(() => announceRollout(world.deps, ours.id, gone))).toEqual({ reads: 0, writes: 0 });
  });
});

describe("a delivery that fails", () => {
  it("is tried ten times over a day, then waits to be replayed", async () => {
    const { id } = await hook();
    receiver.status = 500;
    await announce(world.deps, ours.id, event());
    await tasks.run();
    const first = await only();
    expect(first).toMatchObject({
      state: "queued",
      begun: 1,
      attempts: [{ status: 500, error: "answered 500: said 500" }],
    });
    expect(first.nextAttemptAt?.getTime()).toBeGreaterThan(world.deps.now().getTime());
    await runToTheEnd();
    const dead = await only();
    expect([dead.state, dead.begun, dead.attempts.length, dead.nextAttemptAt]).toEqual(["failed", 10, 10, undefined]);
    expect(world.deps.clock.offsetMs / HOUR_MS).toBeGreaterThan(20);
    expect(receiver.received).toHaveLength(10);
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1);
    expect((await webhook(id)).failingSince).toBeInstanceOf(Date);

    receiver.status = 200;
    expect((await api("POST", `/${id}/deliveries/${dead.id}/replay`)).status).toBe(200);
    await tasks.run();
    const again = await only();
    expect([again.state, again.begun, again.attempts.at(-1)?.status]).toEqual(["delivered", 11, 200]);
    expect((await webhook(id)).failingSince).toBeUndefined();
    expect(await audited("webhook.replay")).toEqual([expect.stringContaining("replayed epc_offline to billing")]);
  });

  it("has all its attempts anew when it is replayed", async () => {
    const { id } = await hook();
    receiver.status = 500;
    await announce(world.deps, ours.id, event());
    await runToTheEnd();
    await api("POST", `/${id}/deliveries/${(await only()).id}/replay`);
    await tasks.run();
    expect(await only()).toMatchObject({ state: "queued", begun: 11, begunBefore: 10 });
    await runToTheEnd();
    const dead = await only();
    expect([dead.state, dead.begun, dead.attempts.length]).toEqual(["failed", 20, 20]);
  });

  it("is made one attempt at a time, once each, whatever tasks there are", async () => {
    await hook();
    receiver.status = 500;
    await announce(world.deps, ours.id, event());
    const [first] = tasks.waiting;
    const data = AttemptTask.parse(first?.task.data);
    await Promise.all([1, 2, 3, 4, 5].map(() => deliver(world.deps, data)));
    expect(receiver.received).toHaveLength(1);
    await deliver(world.deps, data);
    await deliver(world.deps, { ...data, begun: 1 }); // before its time, as emulators do
    expect(receiver.received).toHaveLength(1);
    world.deps.clock.offsetMs += 60_000;
    await deliver(world.deps, { ...data, begun: 1 });
    expect(receiver.received).toHaveLength(2);
  });

  it("and whose task was lost is found by the sweep, once for each minute", async () => {
    await hook();
    await announce(world.deps, ours.id, event());
    tasks.lose();
    const sweepOurs = async () => {
      await webhookSweep(ownTenants(world.deps, [ours]));
      return tasks.waiting.filter(({ task }) => task.data.tenantId === ours.id).length;
    };
    expect(await sweepOurs()).toBe(0); // its task may yet come
    // The beginning of a minute: both are in the same one.
    world.deps.clock.offsetMs = 3 * 60_000 - (Date.now() % 60_000);
    expect([await sweepOurs(), await sweepOurs()]).toEqual([1, 1]);
    await tasks.run();
    expect(receiver.received).toHaveLength(1);
    expect((await only()).state).toBe("delivered");
  });

  it("in a crash is tried again as lost", async () => {
    await hook();
    await announce(world.deps, ours.id, event());
    const crashing = { ...world.deps, webhooks: { ...localReach, mayReach: () => true } };
    Object.defineProperty(crashing, "webhooks", {
      get: () => {
        throw new Error("killed");
      },
    });
    const data = AttemptTask.parse(tasks.waiting[0]?.task.data);
    await expect(deliver(crashing, data)).rejects.toThrow("killed");
    tasks.lose();
    await deliver(world.deps, data); // the queue's own retry
    expect(receiver.received).toHaveLength(0);
    world.deps.clock.offsetMs += 3 * 60_000;
    await webhookSweep(ownTenants(world.deps, [ours]));
    await tasks.run();
    expect(receiver.received).toHaveLength(1);
    expect((await only()).state).toBe("delivered");
  });
});

describe("a webhook", () => {
  it("that answers 410 Gone is switched off, and its delivery given up", async () => {
    const { id } = await hook();
    receiver.status = 410;
    await announce(world.deps, ours.id, event());
    await tasks.run();
    expect(await webhook(id)).toMatchObject({ active: false, stopReason: "its receiver answered 410 Gone" });
    expect((await only()).state).toBe("failed");
    expect(await audited("webhook.stop")).toEqual(["system: switched off billing: its receiver answered 410 Gone"]);
    await announce(world.deps, ours.id, event());
    expect(await deliveries()).toHaveLength(1);
    const { body } = await api("PATCH", `/${id}`, { active: true });
    expect(body.webhook).toMatchObject({ active: true, stop_reason: null, failing_since: null });
  });

  it("that failed for three days is switched off once, and one success before starts anew", async () => {
    const { id } = await hook();
    const failOnce = async (hours: number) => {
      world.deps.clock.offsetMs += hours * HOUR_MS;
      await announce(world.deps, ours.id, event());
      await tasks.run();
    };
    receiver.status = 500;
    await failOnce(0);
    await failOnce(70);
    receiver.status = 200;
    await failOnce(1);
    receiver.status = 500;
    await failOnce(1);
    expect((await webhook(id)).active).toBe(true);
    await failOnce(71);
    expect((await webhook(id)).active).toBe(true);
    await failOnce(2);
    expect(await webhook(id)).toMatchObject({ active: false, stopReason: "every delivery failed for three days" });
    expect(await audited("webhook.stop")).toHaveLength(1);
  });

  it("that is switched off or deleted gives its waiting deliveries up", async () => {
    const { id } = await hook();
    await announce(world.deps, ours.id, event());
    await api("PATCH", `/${id}`, { active: false });
    await tasks.run();
    const off = await only();
    expect([off.state, off.attempts.at(-1)?.error]).toEqual(["failed", "the webhook is switched off"]);
    const refused = await api("POST", `/${id}/deliveries/${off.id}/replay`);
    expect([refused.status, refused.body.error.message]).toEqual([412, "billing is switched off; switch it on first"]);
    await api("PATCH", `/${id}`, { active: true });
    await api("POST", `/${id}/deliveries/${off.id}/replay`);
    expect((await api("DELETE", `/${id}`)).status).toBe(200);
    await tasks.run();
    const gone = await only();
    expect([gone.state, gone.attempts.at(-1)?.error]).toEqual(["failed", "the webhook was deleted"]);
    expect(receiver.received).toEqual([]);
    expect(await world.deps.store.secrets.get(ours.id, webhookSecretId(id))).toBeUndefined();
  });

  it("keeps its secret sealed, and gets a new one beside the old for a day", async () => {
    const { id, secret } = await hook();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const everything = async () =>
      JSON.stringify([
        await world.deps.store.raw(paths.webhooks(ours.id)),
        await world.deps.store.raw(`${paths.tenant(ours.id)}/secrets`),
        await world.deps.store.raw(paths.audits(ours.id)),
        (await api("GET", "")).body,
      ]);
    expect(await everything()).not.toContain(secret);
    const rotated = (await api("POST", `/${id}/secret`)).body;
    expect(await everything()).not.toContain(rotated.secret);
    const send = async () => {
      await announce(world.deps, ours.id, event());
      await tasks.run();
      const got = receiver.received.at(-1);
      return got && [signedBy(rotated.secret, got), signedBy(secret, got)];
    };
    expect(await send()).toEqual([
      [true, false],
      [false, true],
    ]);
    world.deps.clock.offsetMs = 25 * HOUR_MS;
    expect(await send()).toEqual([[true], [false]]);
    expect(await audited("webhook.rotate")).toHaveLength(1);
  });

  it("does not sign with the secret before the last two, and two who rotate at once both hold in turn", async () => {
    const { id, secret } = await hook();
    const both = await Promise.all([api("POST", `/${id}/secret`), api("POST", `/${id}/secret`)]);
    await announce(world.deps, ours.id, event());
    await tasks.run();
    const [got] = receiver.received;
    if (!got) throw new Error("nothing came");
    expect(both.map(({ body }) => signedBy(body.secret, got).filter(Boolean).length)).toEqual([1, 1]);
    expect(signedBy(secret, got)).toEqual([false, false]);
  });

  it("is tested by a ping that it need not want, the way of all others", async () => {
    const { id, secret } = await hook(["rollout_paused"]);
    const { status, body } = await api("POST", `/${id}/test`);
    expect(status).toBe(201);
    await tasks.run();
    const [got] = receiver.received;
    expect(got?.body).toMatchObject({ type: "ping", tenant_id: ours.id, data: { webhook_id: id } });
    expect(got && signedBy(secret, got)).toEqual([true]);
    expect((await only()).id).toBe(body.delivery_id);
    expect(await audited("webhook.test")).toHaveLength(1);
  });

  it("lists its deliveries newest first in pages, and replays all that failed", async () => {
    const { id } = await hook();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const told = event();
      ids.push(told.id);
      await announce(world.deps, ours.id, told);
    }
    await giveUp(id);
    const first = (await api("GET", `/${id}/deliveries?page_size=3`)).body;
    const second = (await api("GET", `/${id}/deliveries?page_size=3&page_token=${first.next_page_token}`)).body;
    const listed = [...first.deliveries, ...second.deliveries];
    expect(listed.map((one) => one.event.id)).toEqual(ids.toReversed());
    expect([second.next_page_token, listed[0].state, listed[0].attempts.length]).toEqual([null, "failed", 1]);
    expect((await api("POST", `/${id}/replay-failed`)).body).toEqual({ success: true, replayed: 5, more: false });
    await tasks.run();
    expect((await api("GET", `/${id}/deliveries?state=failed`)).body.deliveries).toEqual([]);
    expect((await api("GET", `/${id}/deliveries?state=delivered`)).body.deliveries).toHaveLength(5);
    expect(await audited("webhook.replay")).toEqual([expect.stringContaining("replayed 5 failed deliveries")]);
  });
});

describe("bad input", () => {
  const good = { label: "billing", url: "https://hooks.example.com/", events: ["epc_offline"] };
  const bad: [field: string, changes: object][] = [
    ["label", { label: " " }],
    ["url", { url: "" }],
    ["url", { url: "http://hooks.example.com/" }],
    ["url", { url: "https://10.0.0.1/" }],
    ["url", { url: "https://[::ffff:169.254.169.254]/" }],
    ["url", { url: "https://metadata.google.internal/" }],
    ["url", { url: "https://a:b@hooks.example.com/" }],
    ["events", { events: [] }],
    ["events.0", { events: ["epc_exploded"] }],
    ["events.0", { events: ["ping"] }],
    ["secret", { secret: "whsec_mine" }],
  ];

  it("is refused by the name of its field, and nothing is written", async () => {
    world.deps.webhooks = publicReach;
    const faults = async (method: string, path: string, base: object) => {
      for (const [field, changes] of bad) {
        const refused = await api(method, path, { ...base, ...changes });
        expect([refused.status, refused.body.error.field], JSON.stringify(changes)).toEqual([400, field]);
      }
    };
    await faults("POST", "", good);
    expect((await api("GET", "")).body.webhooks).toEqual([]);
    const { webhook: made } = (await api("POST", "", good)).body;
    await faults("PATCH", `/${made.webhook_id}`, {});
    expect((await api("GET", "")).body.webhooks).toEqual([made]);
  });

  it("is a webhook too many", async () => {
    for (let n = 0; n < 20; n++) await hook();
    const refused = await api("POST", "", { ...good, url: receiver.url });
    expect([refused.status, refused.body.error.message]).toEqual([
      412,
      "a tenant has at most 20 webhooks; delete one first",
    ]);
  });

  it("is another webhook's delivery", async () => {
    const [one, other] = [await hook(), await hook(["epc_online"])];
    await announce(world.deps, ours.id, event());
    await tasks.run();
    expect((await api("POST", `/${other.id}/deliveries/${(await only()).id}/replay`)).status).toBe(404);
    expect((await api("POST", `/${one.id}/deliveries/${(await only()).id}/replay`)).status).toBe(200);
    expect((await api("POST", `/${one.id}/deliveries/${(await only()).id}/replay`)).status).toBe(412);
  });
});

it("is the tenant's administrators' own: other tenants and lesser roles get nothing", async () => {
  const { id } = await hook();
  await announce(world.deps, ours.id, event());
  await tasks.run();
  const delivery = (await only()).id;
  const endpoints: [method: string, path: string, body?: unknown][] = [
    ["GET", ""],
    ["POST", "", { label: "x", url: receiver.url, events: ["epc_online"] }],
    ["PATCH", `/${id}`, { label: "x" }],
    ["POST", `/${id}/secret`],
    ["POST", `/${id}/test`],
    ["GET", `/${id}/deliveries`],
    ["POST", `/${id}/deliveries/${delivery}/replay`],
    ["POST", `/${id}/replay-failed`],
    ["DELETE", `/${id}`],
  ];
  const engineer = (await createApiKey(world.deps, ours.caller, { label: "e", role: "engineer" })).secret;
  const stranger = await idToken(await makePerson(world.deps, undefined));
  const before = JSON.stringify([await webhook(id), await deliveries()]);
  for (const [method, path, body] of endpoints) {
    const by = async (headers: Record<string, string>, tenant = ours) =>
      (await call(world.url, method, at(tenant, path), body, headers)).status;
    expect(await by({}), `${method} ${path}`).toBe(401);
    expect(await by({ "x-api-key": engineer }), `${method} ${path}`).toBe(403);
    expect(await by({ "x-api-key": theirs.apiKey }), `${method} ${path}`).toBe(404);
    expect(await by({ authorization: `Bearer ${stranger}` }), `${method} ${path}`).toBe(404);
    // Within their own tenant, ours does not exist.
    if (path) expect(await by({ "x-api-key": theirs.apiKey }, theirs), `${method} ${path}`).toBe(404);
  }
  expect(JSON.stringify([await webhook(id), await deliveries()])).toBe(before);
  for (const [method, path, body] of endpoints) {
    const { status } = await api(method, path, body);
    expect(status, `${method} ${path}`).toBeLessThan(300);
  }
});
