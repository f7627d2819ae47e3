// Firestore is cut off for minutes. MMEs don't notice; afterwards the cloud has everything that happened, in order.
import { paths } from "@wisptools/core";
import { connect } from "@wisptools/store";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXPERIMENTAL } from "../../daemon/src/diameter/dictionary/results.ts";
import { type CuttableProxy, cuttableProxy } from "../../daemon/src/mirror/testing/cloud.ts";
import type { TestTenant } from "../../functions/src/testing/world.ts";
import { SimulatedMme } from "../../scripts/dev/simulator/mme.ts";
import { seededRandom } from "../../scripts/dev/simulator/seededRandom.ts";
import type { SimulatedUe } from "../../scripts/dev/simulator/ue.ts";
import { CloudWorld, MEGABIT, type TestEpc, until } from "./cloudWorld.ts";
import { DaemonUnderTest } from "./daemonUnderTest.ts";

/** Longer than any retry, lease or idle limit of what lies between. */
const CUT_MS = 1000 * Number(process.env.WISPTOOLS_CUT_SECONDS ?? 130);
/** One attachment, an AIR and a ULR, in each. */
const STEP_MS = 50;
const UES = 30;
/** Retries may be a while apart after such a time. */
const BACK_MS = 120_000;

let cloud: CloudWorld;
let proxy: CuttableProxy;
let tenant: TestTenant;
/** Reaches the cloud through the proxy; the other does so always. */
let daemon: DaemonUnderTest;
let other: DaemonUnderTest;
/** Two at the daemon that is cut off, one at the other. */
let a: SimulatedMme;
let b: SimulatedMme;
let c: SimulatedMme;
/** Of one try, as is what happened to them. */
let ues: SimulatedUe[] = [];

beforeAll(async () => {
  cloud = await CloudWorld.start();
  tenant = await cloud.tenant();
  const epcs: TestEpc[] = [];
  for (let n = 0; n < 3; n++) epcs.push(await cloud.epc(tenant));
  await cloud.plan(tenant, "gold", 100, 50);
  await cloud.plan(tenant, "silver", 20, 10);
  proxy = await cuttableProxy();
  daemon = new DaemonUnderTest({ env: cloud.daemonEnv(proxy.host) });
  other = new DaemonUnderTest({ env: cloud.daemonEnv() });
  await Promise.all([daemon.start(), other.start()]);
  const { visitedPlmn: plmn } = cloud;
  [a, b, c] = [daemon, daemon, other].map(({ hss }, n) => {
    const { mme: originHost, realm: originRealm } = epcs[n] as TestEpc;
    return new SimulatedMme({ ...hss, originHost, originRealm, plmn, reconnectMs: 200 });
  }) as [SimulatedMme, SimulatedMme, SimulatedMme];
  await Promise.all([a, b, c].map((mme) => mme.connect()));
}, 240_000);
afterAll(async () => {
  await Promise.all([a, b, c].map((mme) => mme?.close().catch(() => {})));
  await Promise.all([daemon?.remove(), other?.remove()]);
  await proxy?.close();
  await cloud?.close();
}, 60_000);

/** The world as a try finds it, whatever the one before left: all connected, nothing queued, subscribers whom nothing has happened to. */
async function begin(): Promise<void> {
  proxy.mend();
  if (!daemon.isRunning) await daemon.start();
  failures.length = 0;
  attachments = 0;
  visits.clear();
  ues = [];
  for (let n = 0; n < UES + 4; n++) ues.push(await cloud.subscriber(tenant, { plan_id: "gold" }));
  await until("all are connected", () => [a, b, c].every(({ link }) => link.isConnected));
  await until("the queue is empty", async () => (await daemon.cache()).queued === 0, BACK_MS);
}

/** Where each subscriber of the load attached, one after the other. */
const visits = new Map<string, string[]>();
const failures: string[] = [];
let attachments = 0;

/** Attachments at a steady rate at the daemon that is cut off, for so long. */
async function load(forMs: number, random: () => number): Promise<void> {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const busy = new Set<string>();
  const underWay: Promise<void>[] = [];
  for (const end = Date.now() + forMs; Date.now() < end; ) {
    const [ue, mme] = [pick(ues.slice(0, UES)), pick([a, b])];
    if (!busy.has(ue.imsi)) {
      busy.add(ue.imsi);
      underWay.push(attach(ue, mme).finally(() => busy.delete(ue.imsi)));
    }
    await new Promise((wake) => setTimeout(wake, STEP_MS));
  }
  await Promise.all(underWay);
}

async function attach(ue: SimulatedUe, mme: SimulatedMme): Promise<void> {
  const outcome = await mme.attach(ue).catch((error) => ({ outcome: String(error) }));
  attachments += 1;
  if (outcome.outcome !== "attached") failures.push(`${ue.imsi}: ${JSON.stringify(outcome)}`);
  visits.set(ue.imsi, [...(visits.get(ue.imsi) ?? []), mme.originHost]);
}

it(
  "costs no AIR and no ULR while it lasts, not over a restart either; what happened arrives in order when it ends",
  async () => {
    await begin();
    const random = seededRandom(20261121);
    const [moving, changed, suspended, quiet] = ues.slice(UES) as [SimulatedUe, SimulatedUe, SimulatedUe, SimulatedUe];
    for (const ue of [moving, changed, suspended, quiet]) {
      await until("attaches", async () => (await a.attach(ue)).outcome === "attached", BACK_MS);
    }
    await load(2_000, random);
    await until("all is told", async () => (await daemon.cache()).queued === 0);

    proxy.cut();
    await load(CUT_MS / 2, random);
    // What happens elsewhere meanwhile: an operator's changes, a subscriber who goes to a site of the other daemon.
    const change = ({ imsi }: SimulatedUe, fields: object) =>
      cloud.done(tenant, "PATCH", `/api/hss/subscribers/${imsi}`, fields);
    await change(changed, { plan_id: "silver" });
    await change(suspended, { status: "suspended" });
    expect((await b.attach(moving)).outcome).toBe("attached");
    expect((await c.attach(moving)).outcome).toBe("attached");
    const cut = await daemon.cache();
    expect(cut.queued).toBeGreaterThan(0);

    expect(await daemon.stop()).toBe(0);
    await daemon.start();
    await until("the MMEs are back", () => a.link.isConnected && b.link.isConnected);
    expect((await daemon.cache()).queued).toBeGreaterThanOrEqual(Number(cut.queued));
    await load(CUT_MS / 2, random);
    expect(failures).toEqual([]);
    // It cannot know better yet.
    expect([a.mailbox.left("IDR", changed.imsi), a.mailbox.left("CLR", suspended.imsi)]).toEqual([0, 0]);
    console.log(
      `${attachments} attachments with the cloud away for ${CUT_MS / 1000} s; queued ${(await daemon.cache()).queued}`,
    );

    const mended = performance.now();
    const since = () => `${((performance.now() - mended) / 1000).toFixed(1)} s`;
    proxy.mend();
    const idr = await a.next("IDR", changed.imsi, BACK_MS);
    expect(idr.profile?.ambr).toEqual({ downlink: 20 * MEGABIT, uplink: 10 * MEGABIT });
    const idrAfter = since();
    await a.next("CLR", suspended.imsi, BACK_MS);
    expect(await a.attach(suspended)).toMatchObject({ result: { code: EXPERIMENTAL.UNKNOWN_EPS_SUBSCRIPTION } });
    await until("the queue is empty", async () => (await daemon.cache()).queued === 0, BACK_MS);
    console.log(`after it came back: the first change ${idrAfter}, the queue empty ${since()}`);

    await expectNewestStates();
    await expectHistory();
    // The newer registration is the other daemon's, and ours, queued since before, did not undo it.
    expect((await cloud.stored(tenant, moving.imsi))?.live).toMatchObject({ state: "attached", mme: c.originHost });
    expect((await cloud.stored(tenant, quiet.imsi))?.live).toMatchObject({ state: "attached", mme: a.originHost });
    expect((await daemon.cache()).setAside ?? 0).toBe(0);
  },
  3 * CUT_MS + 5 * BACK_MS,
);

/** Each subscriber is where it attached last. */
async function expectNewestStates(): Promise<void> {
  for (const [imsi, mmes] of visits) {
    expect((await cloud.stored(tenant, imsi))?.live, imsi).toMatchObject({ state: "attached", mme: mmes.at(-1) });
  }
}

/** The activity of each subscriber has every visit, and the cloud got them in the order in which they happened. */
async function expectHistory(): Promise<void> {
  const { db } = connect(cloud.projectId, `${cloud.projectId}.appspot.com`);
  const { docs } = await db.collection(paths.subscriberActivities(tenant.id)).get();
  const attaches = docs
    .filter((doc) => doc.get("kind") === "attach" && ues.some(({ imsi }) => imsi === doc.get("imsi")))
    .map((doc) => ({ doc, at: doc.get("at").toMillis(), written: doc.createTime.toMillis() }))
    .sort((x, y) => x.at - y.at || x.written - y.written);
  // The other daemon has a queue of its own.
  const queued = attaches.filter(({ doc }) => !String(doc.get("message")).includes(c.originHost));
  expect(queued.map(({ written }) => written)).toEqual(queued.map(({ written }) => written).toSorted((x, y) => x - y));
  for (const [imsi, mmes] of visits) {
    const told = attaches.flatMap(({ doc }) => (doc.get("imsi") === imsi ? [String(doc.get("message"))] : []));
    expect(
      told.map((message) => /registered at ([^,]+)/.exec(message)?.[1]),
      imsi,
    ).toEqual(mmes);
  }
}
