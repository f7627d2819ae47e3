// A document is written; the deployed functions see it, and a receiver hears of it: trigger, task queue, signature, all of it real.
import { paths } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createWebhook } from "../../functions/src/operations/webhooks/manageWebhooks.ts";
import { localReach } from "../../functions/src/operations/webhooks/reach.ts";
import { signedBy, WebhookReceiver } from "../../functions/src/testing/webhookReceiver.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "../../functions/src/testing/world.ts";

/** The emulators start functions cold. */
const PATIENCE_MS = 120_000;
const EPC = "epc_00112233445566aa";
let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let receiver: WebhookReceiver;

beforeAll(async () => {
  if (!process.env.WISPTOOLS_FUNCTIONS) throw new Error("this test needs the functions emulator: npm run with-stack");
  world = await startWorld();
  world.deps.webhooks = localReach;
});
afterAll(() => world?.close());

beforeEach(async () => {
  [ours, theirs] = [await makeTenant(world.deps), await makeTenant(world.deps)];
  receiver = await WebhookReceiver.start();
  return () => receiver.close();
});

const put = (path: string, data: object) => world.deps.store.write().put(path, data).commit();

it("tells a tenant's webhook of what happens to its EPCs, SIM banks, alerts and rollouts, once each", async () => {
  const events = ["epc_offline", "bank_down", "alert_opened", "alert_resolved", "rollout_paused"] as const;
  const { secret } = await createWebhook(world.deps, ours.caller, {
    label: "all",
    url: receiver.url,
    events: [...events],
  });
  const now = new Date();
  const common = { schemaVersion: 1, expireAt: now, at: now };
  const state = { type: "state", severity: "error", receivedAt: now, data: { from: "online", to: "offline" } };
  for (const tenant of [theirs, ours]) {
    const event = { ...common, ...state, id: "e1", message: `${tenant.id} offline` };
    await put(paths.event(tenant.id, EPC, "e1"), event);
    const bank = {
      id: "r1",
      tenantId: tenant.id,
      type: "bank_down",
      severity: "error",
      message: "gone",
      bankId: 1,
      data: {},
    };
    await put(paths.remsimEvent(tenant.id, "r1"), { ...common, ...bank });
    const alert = {
      ...{ schemaVersion: 1, id: "a1", tenantId: tenant.id, kind: "rollout-stopped", severity: "warning", target: "x" },
      ...{ message: "it stopped", state: "open", openedAt: now, updatedAt: now },
    };
    await put(paths.alert(tenant.id, "a1"), alert);
    await put(paths.alert(tenant.id, "a1"), { ...alert, message: "it stopped twice" });
    await put(paths.alert(tenant.id, "a1"), { ...alert, state: "resolved", resolvedAt: now });
    await put(paths.rollout(tenant.id, "ro_00112233445566aa"), rollout(tenant, "paused"));
  }
  await expect
    .poll(() => receiver.received.map(({ body }) => body.type).sort(), { timeout: PATIENCE_MS })
    .toEqual([...events].sort());
  for (const received of receiver.received) {
    expect(received.body.tenant_id).toBe(ours.id);
    expect(signedBy(secret, received), received.body.type).toEqual([true]);
  }
  const told = receiver.received.find(({ body }) => body.type === "epc_offline")?.body.data;
  expect(told).toMatchObject({ epc_id: EPC, message: `${ours.id} offline`, from: "online", to: "offline" });
  const delivered = async () => (await world.deps.store.raw(paths.webhookDeliveries(ours.id))).map((one) => one.state);
  await expect.poll(delivered, { timeout: PATIENCE_MS }).toEqual(events.map(() => "delivered"));
  expect(await world.deps.store.raw(paths.webhookDeliveries(theirs.id))).toEqual([]);
}, 300_000);

function rollout(tenant: TestTenant, state: string): object {
  const now = new Date();
  return {
    ...{ schemaVersion: 1, id: "ro_00112233445566aa", tenantId: tenant.id, name: "r", channel: "stable", state },
    ...{
      snapshotId: "0".repeat(64),
      packages: [],
      stateReason: "",
      devices: 0,
      groupSizes: [],
      counts: {},
      underWay: 0,
    },
    ...{ target: {}, group: 0, restored: 0, createdAt: now, createdBy: "test", updatedAt: now },
    strategy: {
      groups: [{ upToPercent: 100, successPercent: 100, soakMinutes: 0, approval: false }],
      ...{ failurePercent: 100, failureCount: 100, onFailure: "pause", maxConcurrent: 50 },
      ...{ healthSeconds: 30, reportSeconds: 60 },
    },
  };
}
