// What an operator changes through the API reaches the connected MME and SMF at once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPERIMENTAL, RESULT } from "../../daemon/src/diameter/dictionary/results.ts";
import type { TestTenant } from "../../functions/src/testing/world.ts";
import { SimulatedMme } from "../../scripts/dev/simulator/mme.ts";
import { SimulatedSmf } from "../../scripts/dev/simulator/smf.ts";
import type { SimulatedUe } from "../../scripts/dev/simulator/ue.ts";
import { CloudWorld, MEGABIT, SOON_MS, spread, type TestEpc, until } from "./cloudWorld.ts";
import { DaemonUnderTest } from "./daemonUnderTest.ts";

/** Cancellation-Type (TS 29.272 7.3.24). */
const SUBSCRIPTION_WITHDRAWAL = 2;
const REATTACH_REQUIRED = 2;
const CHANGES = 20;

let cloud: CloudWorld;
let daemon: DaemonUnderTest;
let tenant: TestTenant;
let epc: TestEpc;
let mme: SimulatedMme;
let smf: SimulatedSmf;

beforeAll(async () => {
  cloud = await CloudWorld.start();
  tenant = await cloud.tenant();
  epc = await cloud.epc(tenant);
  await cloud.plan(tenant, "gold", 100, 50);
  await cloud.plan(tenant, "silver", 20, 10);
  daemon = new DaemonUnderTest({ env: cloud.daemonEnv() });
  await daemon.start();
  const { visitedPlmn: plmn } = cloud;
  mme = new SimulatedMme({ ...daemon.hss, originHost: epc.mme, originRealm: epc.realm, plmn });
  smf = new SimulatedSmf({ ...daemon.pcrf, originHost: epc.smf, originRealm: epc.realm });
  await Promise.all([mme.connect(), smf.connect()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([mme?.close(), smf?.close()].map((end) => end?.catch(() => {})));
  await daemon?.remove();
  await cloud?.close();
});

const change = (ue: SimulatedUe, fields: object) =>
  cloud.done(tenant, "PATCH", `/api/hss/subscribers/${ue.imsi}`, fields);

/** Attached with a session, on the plan `gold`. */
async function atWork(): Promise<SimulatedUe> {
  const ue = await cloud.subscriber(tenant, { plan_id: "gold" });
  await until("attaches", async () => (await mme.attach(ue)).outcome === "attached");
  const address = `10.45.0.${2 + smf.sessions.size}`;
  expect(await smf.open({ imsi: ue.imsi, apn: "internet", address })).toMatchObject({ outcome: "open" });
  return ue;
}

describe("an operator", () => {
  it(`gives a subscriber another plan: IDR and RAR bring its rates, ${CHANGES} times`, async () => {
    const ue = await atWork();
    const [idr, rar, api]: [number[], number[], number[]] = [[], [], []];
    for (let n = 0; n < CHANGES; n++) {
      const [plan_id, downlink, uplink] = n % 2 === 0 ? ["silver", 20, 10] : ["gold", 100, 50];
      const begun = performance.now();
      const since = () => performance.now() - begun;
      const toMme = mme.next("IDR", ue.imsi, SOON_MS).then(({ profile, result }) => {
        idr.push(since());
        expect(result).toBe(RESULT.SUCCESS);
        expect(profile?.ambr).toEqual({ downlink: Number(downlink) * MEGABIT, uplink: Number(uplink) * MEGABIT });
      });
      const toSmf = smf.next("RAR", ue.imsi, SOON_MS).then(({ session }) => {
        rar.push(since());
        expect(session.ambr).toEqual({ downlink: Number(downlink) * MEGABIT, uplink: Number(uplink) * MEGABIT });
      });
      await change(ue, { plan_id });
      api.push(since());
      await Promise.all([toMme, toSmf]);
    }
    console.log(`since the API was called: its answer ${spread(api)}; IDR ${spread(idr)}; RAR ${spread(rar)}`);
  }, 180_000);

  it("changes a plan itself: everybody who has it hears of it", async () => {
    await cloud.plan(tenant, "bronze", 10, 5);
    const ues = await Promise.all([atWork(), atWork(), atWork()]);
    for (const ue of ues) await change(ue, { plan_id: "bronze" });
    for (const ue of ues) await mme.next("IDR", ue.imsi, SOON_MS);
    for (const ue of ues) await smf.next("RAR", ue.imsi, SOON_MS);
    const { plans } = await cloud.done(tenant, "GET", "/api/hss/catalogue");
    const { id, ...bronze } = plans.find((plan: { id: string }) => plan.id === "bronze");
    const rates = { downlink: 12 * MEGABIT, uplink: 6 * MEGABIT };
    await cloud.done(tenant, "PUT", `/api/hss/plans/${id}`, { ...bronze, rates });
    for (const ue of ues) expect((await mme.next("IDR", ue.imsi, SOON_MS)).profile?.ambr).toEqual(rates);
    for (const ue of ues) expect((await smf.next("RAR", ue.imsi, SOON_MS)).session.ambr).toEqual(rates);
  }, 120_000);

  it("suspends a subscriber: CLR type 2, its session is released, and it is refused; active again, it comes back", async () => {
    const ue = await atWork();
    await change(ue, { status: "suspended" });
    expect(await mme.next("CLR", ue.imsi, SOON_MS)).toMatchObject({
      ...{ cancellationType: SUBSCRIPTION_WITHDRAWAL, result: RESULT.SUCCESS },
    });
    expect((await smf.next("released", ue.imsi, SOON_MS)).result.code).toBe(RESULT.SUCCESS);
    expect(await mme.attach(ue)).toMatchObject({
      ...{ outcome: "rejected", by: "AIA", result: { code: EXPERIMENTAL.UNKNOWN_EPS_SUBSCRIPTION } },
    });
    const refused = await smf.open({ imsi: ue.imsi, apn: "internet", address: "10.45.1.1" });
    expect(refused.outcome).toBe("rejected");
    await change(ue, { status: "active" });
    await until("comes back", async () => (await mme.attach(ue)).outcome === "attached");
    const again = await smf.open({ imsi: ue.imsi, apn: "internet", address: "10.45.1.1" });
    expect(again.outcome).toBe("open");
  }, 120_000);

  it("cancels a location: the UE is made to attach anew, and the command's document says that it was done", async () => {
    const ue = await atWork();
    const path = `/api/hss/subscribers/${ue.imsi}/actions`;
    const { command_id: id } = await cloud.done(tenant, "POST", path, { action: "cancel-location" });
    const cancelled = await mme.next("CLR", ue.imsi, SOON_MS);
    expect(cancelled.cancellationType).toBe(SUBSCRIPTION_WITHDRAWAL);
    expect(cancelled.clrFlags & REATTACH_REQUIRED).toBe(REATTACH_REQUIRED);
    const command = await until("is done", async () => {
      const stored = await cloud.world.deps.store.hssCommands.get(tenant.id, id);
      return stored && stored.data.state !== "pending" && stored.data;
    });
    expect(command).toMatchObject({ state: "done", action: "cancel-location" });
    expect((await mme.attach(ue)).outcome).toBe("attached");
  }, 60_000);

  it("deletes a subscriber: it is detached, and exists no more", async () => {
    const ue = await atWork();
    await cloud.done(tenant, "DELETE", `/api/hss/subscribers/${ue.imsi}`);
    expect((await mme.next("CLR", ue.imsi, SOON_MS)).cancellationType).toBe(SUBSCRIPTION_WITHDRAWAL);
    await smf.next("released", ue.imsi, SOON_MS);
    expect(await mme.attach(ue)).toMatchObject({ outcome: "rejected", result: { code: EXPERIMENTAL.USER_UNKNOWN } });
  }, 60_000);
});
