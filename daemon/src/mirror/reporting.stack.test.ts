import { paths, type TenantId } from "@wisptools/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MirrorEvents } from "../records.ts";
import { type CloudFollower, followCloud } from "./followCloud.ts";
import {
  connectCloud,
  cuttableProxy,
  freshImsis,
  freshProject,
  makeTenant,
  putSubscribers,
  type TestCloud,
} from "./testing/cloud.ts";
import {
  eventually,
  openTestMirror,
  type RecordedEvents,
  recordedEvents,
  registrationOf,
  removeFolder,
  type TestMirror,
  temporaryFolder,
} from "./testing/mirrors.ts";

interface Running {
  mirror: TestMirror;
  follower: CloudFollower;
  events: RecordedEvents;
}

const SESSION = { apn: "internet", address: "10.45.0.2", peer: "smf.a.test", peerRealm: "a.test", sent: "x" };

describe("reports to the cloud", () => {
  let projectId: string;
  let cloud: TestCloud;
  let tenant: TenantId;
  let imsi: string;
  const folders: string[] = [];
  const running: Running[] = [];

  const start = (dataDir?: string, through = cloud, run?: MirrorEvents["command"]): Running => {
    const folder = dataDir ?? temporaryFolder();
    if (!dataDir) folders.push(folder);
    const mirror = openTestMirror(folder, "cloud");
    const events = recordedEvents(run);
    const follower = followCloud(mirror, { ...through, roles: ["hss"], peers: () => 1 }, events);
    const one = { mirror, events, follower };
    running.push(one);
    return one;
  };
  const stop = async (one: Running): Promise<void> => {
    running.splice(running.indexOf(one), 1);
    await one.follower.close();
    await one.mirror.close();
  };
  const document = (path: string) => cloud.store.rawDocument(path);
  const live = async () => (await document(paths.subscriber(tenant, imsi)))?.live;
  const written = ({ mirror }: Running) => eventually("an empty queue", () => mirror.stats().queued === 0, 60);

  beforeEach(async () => {
    projectId = freshProject();
    cloud = connectCloud(projectId);
    tenant = await makeTenant(cloud);
    [imsi = ""] = freshImsis(1);
    await putSubscribers(cloud, tenant, [imsi]);
  });
  afterEach(async () => {
    for (const one of [...running]) await stop(one);
    for (const folder of folders.splice(0)) removeFolder(folder);
  });

  it("shows a subscriber's life, and leaves what operators write alone", async () => {
    const one = start();
    await one.follower.synced;
    const { registrations, reporter, sessions } = one.mirror;
    const at = Date.now();
    const registration = registrationOf(imsi, { tenantId: tenant, at, epcId: "epc_0000000000000001" });
    await registrations.put(registration);
    reporter.authenticated(tenant, imsi, at - 10);
    reporter.registered(registration);
    reporter.equipmentSeen(tenant, imsi, "352000010000009", "01");
    await cloud.store.write().patch(paths.subscriber(tenant, imsi), { label: "changed meanwhile" }).commit();
    const session = {
      ...SESSION,
      sessionId: "smf;1;2",
      tenantId: tenant,
      imsi,
      startedAt: at,
      throttled: false,
      uplink: 1,
      downlink: 2,
    };
    await sessions.put(session);
    reporter.sessionChanged(session, "open");
    reporter.usage(tenant, imsi, { period: "202611", uplink: 5, downlink: 6 });
    await written(one);
    const stored = (await cloud.store.subscribers.get(tenant, imsi as never))?.data;
    expect(stored?.label).toBe("changed meanwhile");
    expect(stored?.live).toMatchObject({
      ...{
        state: "attached",
        mme: registration.mme,
        epcId: registration.epcId,
        visitedPlmn: { mcc: "001", mnc: "01" },
      },
      ...{ registeredAt: new Date(at), lastAuthenticationAt: new Date(at - 10), imei: "352000010000009" },
      ...{ sessions: { internet: "10.45.0.2" }, usage: { period: "202611", uplink: 5, downlink: 6 } },
    });
    expect(await document(paths.equipmentSighting(tenant, imsi, "352000010000009"))).toMatchObject({
      tenantId: tenant,
    });
    expect((await cloud.store.raw(paths.sessions(tenant)))[0]).toMatchObject({ imsi, state: "open" });

    reporter.equipmentSeen(tenant, imsi, "352000020000008", undefined);
    await sessions.remove(session.sessionId);
    reporter.sessionChanged({ ...session, uplink: 10 }, "ended");
    await registrations.remove(imsi);
    reporter.detached(tenant, imsi, "detached");
    await written(one);
    expect(await live()).toMatchObject({ state: "detached", sessions: {}, imei: "352000020000008" });
    expect(await live()).not.toHaveProperty("mme");
    expect((await cloud.store.raw(paths.sessions(tenant)))[0]).toMatchObject({ state: "ended", usage: { uplink: 10 } });
    const activities = await cloud.store.raw(paths.subscriberActivities(tenant));
    expect(activities.map(({ kind, severity }) => [kind, severity])).toEqual([["imei-change", "warning"]]);
  });

  it("creates nothing for a subscriber that was deleted meanwhile", async () => {
    const one = start();
    await one.follower.synced;
    await cloud.store.write().delete(paths.subscriber(tenant, imsi)).commit();
    one.mirror.reporter.authenticated(tenant, imsi, Date.now());
    one.mirror.reporter.sqnOffset(tenant, "001019999999999", 5);
    await written(one);
    expect(await document(paths.subscriber(tenant, imsi))).toBeUndefined();
    expect(await document(paths.hssProfile(tenant, "001019999999999"))).toBeUndefined();
    expect(one.mirror.stats()).toMatchObject({ dropped: 0, setAside: 0 });
  });

  it("sets a report aside that can't be written, and writes those behind it", async () => {
    const one = start();
    await one.follower.synced;
    const peer = {
      tenantId: tenant,
      role: "mme",
      state: "connected",
      reason: "",
      address: "10.0.0.1",
      tls: true,
    } as const;
    one.mirror.reporter.connection({ ...peer, originHost: "not/a/name" });
    one.mirror.reporter.connection({ ...peer, originHost: "mme.a.test" });
    one.mirror.reporter.activity({ tenantId: tenant, kind: "attach", severity: "info", message: "after it" });
    await written(one);
    expect(await document(paths.mmeConnection(tenant, "mme.a.test"))).toMatchObject({ state: "connected" });
    expect(await cloud.store.raw(paths.subscriberActivities(tenant))).toHaveLength(1);
    expect(one.mirror.stats().setAside).toBe(1);
    expect(one.mirror.lines).toContainEqual(expect.objectContaining({ severity: "error", event: "record set aside" }));
  });

  it("keeps reports over a restart while the cloud is away, and writes the newest state once", async () => {
    const proxy = await cuttableProxy();
    const through = connectCloud(projectId, proxy.host);
    const dataDir = temporaryFolder();
    folders.push(dataDir);
    const first = start(dataDir, through);
    await first.follower.synced;
    await written(first);
    proxy.cut();
    const { mirror } = first;
    const peer = {
      tenantId: tenant,
      originHost: "mme.a.test",
      role: "mme",
      reason: "",
      address: "10.0.0.1",
      tls: true,
    } as const;
    for (let i = 1; i <= 3; i++) {
      const registration = registrationOf(imsi, { tenantId: tenant, at: Date.now(), mme: `mme${i}.a.test` });
      await mirror.registrations.put(registration);
      mirror.reporter.registered(registration);
      mirror.reporter.connection({ ...peer, state: i === 3 ? "disconnected" : "connected" });
      mirror.reporter.activity({ tenantId: tenant, imsi, kind: "attach", severity: "info", message: `attach ${i}` });
    }
    expect(mirror.stats().queued).toBe(5);
    await stop(first);
    proxy.mend();
    const again = connectCloud(projectId, proxy.host);
    const second = start(dataDir, again);
    expect(second.mirror.stats().queued).toBe(5);
    await written(second);
    expect(await live()).toMatchObject({ state: "attached", mme: "mme3.a.test" });
    expect(await document(paths.mmeConnection(tenant, "mme.a.test"))).toMatchObject({ state: "disconnected" });
    const activities = await cloud.store.raw(paths.subscriberActivities(tenant));
    const turns = activities.sort((a, b) => a.at.toMillis() - b.at.toMillis()).map(({ message }) => message);
    expect(turns).toEqual(["attach 1", "attach 2", "attach 3"]);
    await stop(second);
    await proxy.close();
  }, 120_000);

  it("tells other daemons where a subscriber is, and never overwrites their newer registration", async () => {
    const [one, two] = [start(), start()];
    await Promise.all([one.follower.synced, two.follower.synced]);
    expect(new Set([await one.follower.sqnIndex, await two.follower.sqnIndex])).toEqual(new Set([0, 1]));
    const now = Date.now();
    const first = registrationOf(imsi, { tenantId: tenant, at: now, mme: "mme1.a.test" });
    await one.mirror.registrations.put(first);
    one.mirror.reporter.registered(first);
    await eventually("the news", () => two.events.registered.includes(imsi));
    expect(two.mirror.registrations.get(imsi)).toMatchObject({
      mme: "mme1.a.test",
      at: now,
      visitedPlmn: "00f110",
      sent: "",
    });
    expect(one.events.registered).toEqual([]);

    // The second daemon learns of a newer one; the first has an older report that waited for long.
    const second = registrationOf(imsi, { tenantId: tenant, at: now + 60_000, mme: "mme2.a.test" });
    await two.mirror.registrations.put(second);
    two.mirror.reporter.registered(second);
    await eventually("the move", () => one.mirror.registrations.get(imsi)?.mme === "mme2.a.test");
    one.mirror.inside.outbox.add("state", `live/${tenant}/${imsi}`, () => ({
      ...{ kind: "live", at: now - 60_000, tenantId: tenant, imsi },
      change: { registration: first },
    }));
    await written(one);
    expect(await live()).toMatchObject({ mme: "mme2.a.test", state: "attached" });

    await two.mirror.registrations.remove(imsi);
    two.mirror.reporter.detached(tenant, imsi, "detached");
    two.mirror.inside.outbox.add("state", `live/${tenant}/${imsi}`, (before) => {
      if (before?.kind !== "live") throw new Error("nothing is queued");
      return { ...before, change: { gone: { state: "detached", at: now + 61_000 } } };
    });
    await eventually("the detachment", () => one.mirror.registrations.get(imsi) === undefined);
  });

  it("gives a request to one daemon alone, the one that can run it", async () => {
    const runs: string[] = [];
    const run = (name: string, answer: { done: boolean; result: string } | undefined) => async () => {
      runs.push(name);
      return answer;
    };
    const asker = start(undefined, cloud, async () => undefined);
    start(undefined, cloud, run("a", { done: true, result: "cancelled" }));
    start(undefined, cloud, run("b", { done: true, result: "cancelled" }));
    await Promise.all(running.map(({ follower }) => follower.synced));
    for (let i = 0; i < 5; i++) {
      asker.mirror.reporter.askOthers({
        tenantId: tenant,
        imsi,
        action: "cancel-location",
        peer: "mme.a.test",
        cancellationType: 0,
      });
    }
    const commands = () => cloud.store.raw(paths.hssCommands(tenant));
    await eventually("the results", async () => {
      const all = await commands();
      return all.length === 5 && all.every(({ state }) => state === "done");
    });
    expect(runs).toHaveLength(5);
    expect((await commands())[0]).toMatchObject({ result: "cancelled", issuedBy: asker.mirror.daemonId });
  });

  it("ends requests that nobody can run in time, and tells of those that fail", async () => {
    const failing = start(undefined, cloud, async ({ action }) => {
      if (action === "purge") return undefined;
      throw new Error("no such luck");
    });
    await failing.follower.synced;
    const command = (id: string, action: string, seconds: number) => {
      const expiresAt = new Date(Date.now() + seconds * 1000);
      const times = { issuedAt: new Date(), expiresAt, expireAt: expiresAt };
      const request = {
        schemaVersion: 1,
        id,
        tenantId: tenant,
        action,
        imsi,
        state: "pending",
        issuedBy: "u1",
        ...times,
      };
      return cloud.store.write().create(paths.hssCommand(tenant, id), request).commit();
    };
    await command("c1", "purge", 2);
    await command("c2", "reread", 60);
    const state = async (id: string) => (await document(paths.hssCommand(tenant, id)))?.state;
    await eventually("the failure", async () => (await state("c2")) === "failed");
    await eventually("the expiry", async () => (await state("c1")) === "expired");
  });
});
