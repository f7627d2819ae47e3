// Two daemons, equals, that share nothing but Firestore.
import { Imsi, paths } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RESULT } from "../../daemon/src/diameter/dictionary/results.ts";
import { algorithmOf } from "../../daemon/src/hss/crypto/keys.ts";
import { indOf, seqOf, sqnOf } from "../../daemon/src/hss/crypto/sequenceNumber.ts";
import { plmnOctets } from "../../daemon/src/plmnOctets.ts";
import type { TestTenant } from "../../functions/src/testing/world.ts";
import { askForVector, vectorsOf } from "../../scripts/dev/simulator/authentication.ts";
import { SimulatedMme } from "../../scripts/dev/simulator/mme.ts";
import { demoKeys, SimulatedUe } from "../../scripts/dev/simulator/ue.ts";
import { CloudWorld, MEGABIT, SOON_MS, spread, until } from "./cloudWorld.ts";
import { DaemonUnderTest } from "./daemonUnderTest.ts";

/** Cancellation-Type (TS 29.272 7.3.24). */
const MME_UPDATE_PROCEDURE = 0;
const CHANGES = 10;
const MOVES = 4;
/** Ample for a change in Firestore to be in every daemon's mirror. */
const HEARD_MS = 2_500;

let cloud: CloudWorld;
let tenant: TestTenant;
let one: DaemonUnderTest;
let two: DaemonUnderTest;
/** At the first daemon, and at the second. */
let a: SimulatedMme;
let b: SimulatedMme;

beforeAll(async () => {
  cloud = await CloudWorld.start();
  tenant = await cloud.tenant();
  const [epcA, epcB] = [await cloud.epc(tenant), await cloud.epc(tenant)];
  await cloud.plan(tenant, "gold", 100, 50);
  await cloud.plan(tenant, "silver", 20, 10);
  const daemon = () => new DaemonUnderTest({ env: cloud.daemonEnv() });
  [one, two] = [daemon(), daemon()];
  await Promise.all([one.start(), two.start()]);
  const { visitedPlmn: plmn } = cloud;
  a = new SimulatedMme({ ...one.hss, originHost: epcA.mme, originRealm: epcA.realm, plmn });
  b = new SimulatedMme({ ...two.hss, originHost: epcB.mme, originRealm: epcB.realm, plmn });
  await Promise.all([a.connect(), b.connect()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([a?.close(), b?.close()].map((end) => end?.catch(() => {})));
  await Promise.all([one?.remove(), two?.remove()]);
  await cloud?.close();
});

/** Of the plan `gold`; both daemons know it. */
async function newUe(): Promise<SimulatedUe> {
  const ue = await cloud.subscriber(tenant, { plan_id: "gold" });
  for (const mme of [a, b]) {
    await until("is known", async () => vectorsOf(await ask(mme, ue)).length === 1);
  }
  return ue;
}

const ask = (mme: SimulatedMme, { imsi }: Pick<SimulatedUe, "imsi">) =>
  askForVector(mme.link, imsi, plmnOctets(cloud.visitedPlmn));

async function attach(mme: SimulatedMme, ue: SimulatedUe): Promise<void> {
  expect(await mme.attach(ue)).toMatchObject({ outcome: "attached", attached: { resynchronised: false } });
}

const liveOf = async ({ imsi }: SimulatedUe) => (await cloud.stored(tenant, imsi))?.live;

/** The SQN in the next vector that a daemon gives. */
async function nextSqn(mme: SimulatedMme, ue: Pick<SimulatedUe, "imsi">): Promise<Buffer> {
  const [vector] = vectorsOf(await ask(mme, ue));
  if (!vector) throw new Error("no vector");
  const { ak } = algorithmOf(demoKeys()).vector(vector.rand, Buffer.alloc(6), 0x8000);
  return Buffer.from(ak.map((octet, i) => octet ^ (vector.autn[i] as number)));
}

describe("two daemons of one cloud", () => {
  it("hand a UE over: the MME that has it no more is told by its own daemon, there and back", async () => {
    const ue = await newUe();
    const durations: number[] = [];
    let [from, to] = [a, b];
    await attach(from, ue);
    for (let n = 0; n < MOVES; n++) {
      // The other daemon must have heard where the UE is, or it does not know whom to tell; nothing shows that it has.
      await until("is seen by the cloud", async () => (await liveOf(ue))?.mme === from.originHost);
      await new Promise((wake) => setTimeout(wake, HEARD_MS));
      await attach(to, ue);
      const begun = performance.now();
      const cancelled = await from.next("CLR", ue.imsi, SOON_MS);
      durations.push(performance.now() - begun);
      expect(cancelled).toMatchObject({ cancellationType: MME_UPDATE_PROCEDURE, result: RESULT.SUCCESS });
      expect(to.mailbox.left("CLR", ue.imsi)).toBe(0);
      [from, to] = [to, from];
    }
    console.log(`from the ULA at one daemon to the CLR of the other: ${spread(durations)}`);
  }, 120_000);

  it("tell the MME that a UE left at once, before the other daemon could know of it", async () => {
    const ue = await newUe();
    await attach(a, ue);
    await attach(b, ue);
    const cancelled = await a.next("CLR", ue.imsi, SOON_MS);
    expect(cancelled).toMatchObject({ cancellationType: MME_UPDATE_PROCEDURE, result: RESULT.SUCCESS });
    await until("is seen by the cloud", async () => (await liveOf(ue))?.mme === b.originHost);
    expect(a.mailbox.left("CLR", ue.imsi)).toBe(0);
    expect(b.mailbox.left("CLR", ue.imsi)).toBe(0);
  }, 60_000);

  it("have SQN indexes of their own, and never give a number that the other gave", async () => {
    const ue = await newUe();
    const given = await Promise.all(
      [a, b].map(async (mme) => {
        const sqns: Buffer[] = [];
        for (let n = 0; n < 100; n++) sqns.push(await nextSqn(mme, ue));
        return sqns;
      }),
    );
    const indexes = given.map((sqns) => [...new Set(sqns.map(indOf))]);
    expect(indexes.map(({ length }) => length)).toEqual([1, 1]);
    expect(indexes[0]).not.toEqual(indexes[1]);
    expect([(await one.cache()).sqnIndex, (await two.cache()).sqnIndex]).toEqual(indexes.flat());
    const all = given.flat().map((sqn) => sqn.toString("hex"));
    expect(new Set(all).size).toBe(200);
    for (const sqns of given)
      expect(sqns.map((sqn) => sqn.toString("hex"))).toEqual(sqns.map((sqn) => sqn.toString("hex")).toSorted());
    // The card takes what comes from either, in any order.
    for (const mme of [a, b, b, a, b, a, a]) await attach(mme, ue);
  }, 60_000);

  it("resynchronise a card once: the other daemon goes on from where the first was brought", async () => {
    const { imsi } = await newUe();
    // Far ahead of both, in the places of both: as after service by another HSS.
    const card = new SimulatedUe({ imsi, keys: demoKeys(), sqnMs: sqnOf(2 ** 36, indOf(await nextSqn(a, { imsi }))) });
    expect(await a.attach(card)).toMatchObject({ attached: { resynchronised: true } });
    const profile = () => cloud.world.deps.store.hssProfiles.get(tenant.id, Imsi.parse(imsi));
    await until("is seen by the cloud", async () => (await profile())?.data.sqnOffset !== 0);
    await until("the other has it", async () => seqOf(await nextSqn(b, { imsi })) > 2 ** 36);
    await attach(b, card);
    await attach(a, card);
  }, 60_000);

  it("leave a registration alone when a UE only authenticates elsewhere", async () => {
    const ue = await cloud.subscriber(tenant, { plan_id: "gold" });
    await until("is known", async () => (await a.attach(ue)).outcome === "attached");
    // Before the other daemon can know where it is: it knows of no registration, which is not to say that there is none.
    await until("is known", async () => vectorsOf(await ask(b, ue)).length === 1);
    await until("all is told", async () => (await one.cache()).queued === 0 && (await two.cache()).queued === 0);
    expect(await liveOf(ue)).toMatchObject({ state: "attached", mme: a.originHost });
    await cloud.done(tenant, "PATCH", `/api/hss/subscribers/${ue.imsi}`, { plan_id: "silver" });
    expect((await a.next("IDR", ue.imsi, SOON_MS)).profile?.ambr.downlink).toBe(20 * MEGABIT);
  }, 60_000);

  it("both have what an operator changed", async () => {
    const [ofA, ofB] = [await newUe(), await newUe()];
    await attach(a, ofA);
    await attach(b, ofB);
    const durations: number[] = [];
    for (let n = 0; n < CHANGES; n++) {
      const [plan_id, downlink] = n % 2 === 0 ? ["silver", 20] : ["gold", 100];
      const begun = performance.now();
      const both = [a.next("IDR", ofA.imsi, SOON_MS), b.next("IDR", ofB.imsi, SOON_MS)].map((told) =>
        told.then(({ profile }) => {
          durations.push(performance.now() - begun);
          expect(profile?.ambr.downlink).toBe(Number(downlink) * MEGABIT);
        }),
      );
      const patch = ({ imsi }: SimulatedUe) => cloud.done(tenant, "PATCH", `/api/hss/subscribers/${imsi}`, { plan_id });
      await Promise.all([patch(ofA), patch(ofB)]);
      await Promise.all(both);
    }
    console.log(`from the API call to the IDR at each of two daemons: ${spread(durations)}`);
  }, 120_000);

  it("run an operator's command once, at the daemon that has the MME", async () => {
    const ue = await newUe();
    await attach(b, ue);
    const seen: string[] = [];
    // Other tests' UEs may still be leaving the one or the other.
    a.on("CLR", (imsi) => imsi === ue.imsi && seen.push("a"));
    b.on("CLR", (imsi) => imsi === ue.imsi && seen.push("b"));
    await until("is seen by the cloud", async () => (await liveOf(ue))?.mme === b.originHost);
    const path = `/api/hss/subscribers/${ue.imsi}/actions`;
    const { command_id: id } = await cloud.done(tenant, "POST", path, { action: "cancel-location" });
    const command = await until("is done", async () => {
      const stored = await cloud.world.deps.store.hssCommands.get(tenant.id, id);
      return stored && stored.data.state !== "pending" && stored.data;
    });
    expect(command).toMatchObject({ state: "done", daemonId: (await two.cache()).daemonId });
    // A second run would have come with the next look of either daemon, a second later at most.
    await new Promise((wake) => setTimeout(wake, 2_500));
    expect(seen).toEqual(["b"]);
    expect(await cloud.world.deps.store.rawDocument(paths.hssCommand(tenant.id, id))).toMatchObject({ state: "done" });
  }, 60_000);
});
