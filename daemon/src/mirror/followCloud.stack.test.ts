import { paths, type TenantId } from "@wisptools/core";
import { serverTime } from "@wisptools/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CloudFollower, followCloud } from "./followCloud.ts";
import {
  connectCloud,
  cuttableProxy,
  freshImsis,
  freshProject,
  KEYS,
  makeTenant,
  putSubscribers,
  type TestCloud,
} from "./testing/cloud.ts";
import {
  eventually,
  openTestMirror,
  recordedEvents,
  removeFolder,
  type TestMirror,
  temporaryFolder,
} from "./testing/mirrors.ts";

describe("followCloud", () => {
  let projectId: string;
  let cloud: TestCloud;
  let tenant: TenantId;
  let dataDir: string;
  let mirror: TestMirror;
  let follower: CloudFollower;
  let events = recordedEvents();

  const start = (through: TestCloud = cloud): void => {
    mirror = openTestMirror(dataDir, "cloud");
    events = recordedEvents();
    follower = followCloud(mirror, { ...through, roles: ["hss"], peers: () => 3 }, events);
  };
  const stop = async (): Promise<void> => {
    await follower.close();
    await mirror.close();
  };
  const served = (imsi: string) => mirror.directory.subscriber(imsi);
  const change = (path: string, changes: object) =>
    cloud.store
      .write()
      .patch(path, { ...changes, updatedAt: serverTime() })
      .commit();

  beforeEach(async () => {
    projectId = freshProject();
    cloud = connectCloud(projectId);
    tenant = await makeTenant(cloud);
    dataDir = temporaryFolder();
  });
  afterEach(async () => {
    await stop();
    removeFolder(dataDir);
  });

  it("serves a tenant's subscribers with what they inherit, and opens their keys", async () => {
    const [one = "", two = ""] = freshImsis(2);
    await putSubscribers(cloud, tenant, [one]);
    await putSubscribers(cloud, tenant, [two], { msisdn: "99912345678", staticAddresses: { internet: "10.1.2.3" } });
    start();
    await follower.synced;
    expect(mirror.directory.tenant(tenant)).toMatchObject({
      realm: `${tenant.replaceAll("_", "-")}.test`,
      active: true,
    });
    expect([...mirror.directory.tenants()].map(({ id }) => id)).toEqual([tenant]);
    expect(served(one)?.profile).toMatchObject({ status: "active", rates: { downlink: 100_000_000 } });
    expect(served(one)?.profile).not.toHaveProperty("msisdn");
    expect(served(two)?.profile).toMatchObject({ msisdn: "99912345678", apns: [{ staticAddress: "10.1.2.3" }] });
    expect(served(one)?.profileHash).not.toBe(served(two)?.profileHash);
    await eventually("the tenant's key", () => mirror.inside.keyring.has(tenant));
    const opened = served(one)?.openKeys();
    expect([opened?.k.toString("hex"), opened?.operator.toString("hex")]).toEqual([KEYS.k, KEYS.opc]);
    expect(await follower.sqnIndex).toBe(0);
    expect(JSON.stringify(mirror.lines)).not.toMatch(new RegExp(`${one}|${KEYS.k}`));
  });

  it("follows changes of subscribers, plans, peers, equipment and tenants", async () => {
    const [imsi = ""] = freshImsis(1);
    await putSubscribers(cloud, tenant, [imsi]);
    start();
    await follower.synced;
    const hash = served(imsi)?.profileHash;
    events.profiles.length = 0;
    await change(paths.plan(tenant, "gold"), { rates: { uplink: 1_000_000, downlink: 2_000_000 } });
    await eventually("the plan", () => served(imsi)?.profile?.rates.downlink === 2_000_000);
    expect(served(imsi)?.profileHash).not.toBe(hash);
    await eventually("its event", () => events.profiles.length > 0);
    expect(events.profiles).toEqual([{ tenantId: tenant, imsis: undefined }]);

    await change(paths.hssProfile(tenant, imsi), { status: "suspended" });
    await eventually("the suspension", () => served(imsi)?.profile?.status === "suspended");
    await eventually("its event", () => events.profiles.at(-1)?.imsis?.[0] === imsi);

    const peer = { schemaVersion: 1, originHost: "MME.epc-1.test", tenantId: tenant, epcId: "epc_0000000000000001" };
    const admitted = {
      role: "mme",
      certificates: ["ab"],
      plainFrom: ["127.0.0.1"],
      updatedAt: serverTime(),
      deleted: false,
    };
    await cloud.store
      .write()
      .create(paths.diameterPeer(peer.originHost), { ...peer, ...admitted })
      .commit();
    await eventually("the peer", () => mirror.directory.peer("mme.epc-1.TEST")?.tenantId === tenant);
    await change(paths.diameterPeer(peer.originHost), { deleted: true, certificates: [], plainFrom: [] });
    await eventually("its revocation", () => mirror.directory.peer("mme.epc-1.test") === undefined);
    await eventually("the events", () => events.peers === 2);

    const entry = {
      schemaVersion: 1,
      tenantId: tenant,
      reason: "",
      revision: 1,
      createdAt: new Date(),
      deleted: false,
    };
    const eir = (id: string, subject: object, list: string) =>
      cloud.store
        .write()
        .merge(paths.eirEntry(tenant, id), { ...entry, id, subject, list, updatedAt: serverTime() })
        .commit();
    await eir("tac-35000000-35999999", { kind: "tac", from: "35000000", to: "35999999" }, "grey");
    await eir("tac-35200000-35200009", { kind: "tac", from: "35200000", to: "35200009" }, "black");
    await eir("imei-352000010000002", { kind: "imei", imei: "352000010000002" }, "white");
    await eventually(
      "the lists",
      () =>
        mirror.directory.equipment(tenant, "352000019999990") === "black" &&
        mirror.directory.equipment(tenant, "352000010000000") === "white",
    );
    expect(mirror.directory.equipment(tenant, "352000019999990")).toBe("black");
    expect(mirror.directory.equipment(tenant, "354000019999990")).toBe("grey");
    expect(mirror.directory.equipment("tenant_other", "352000010000002")).toBeUndefined();

    await cloud.store.write().patch(paths.tenant(tenant), { status: "suspended" }).commit();
    await eventually("the tenant", () => mirror.directory.tenant(tenant)?.active === false);
  });

  it("forgets what became a tombstone, but not what another tenant has got since", async () => {
    const [gone = "", moved = ""] = freshImsis(2);
    await putSubscribers(cloud, tenant, [gone, moved]);
    start();
    await follower.synced;
    const other = await makeTenant(cloud);
    await change(paths.hssProfile(tenant, gone), { deleted: true, keys: "" });
    await eventually("the tombstone", () => served(gone) === undefined);
    await change(paths.hssProfile(tenant, moved), { deleted: true, keys: "" });
    await putSubscribers(cloud, other, [moved]);
    await eventually("the move", () => served(moved)?.tenantId === other);
    await change(paths.hssProfile(tenant, moved), { deleted: true, keys: "" });
    const [marker = ""] = freshImsis(1);
    await putSubscribers(cloud, tenant, [marker]);
    await eventually("what came after", () => served(marker) !== undefined);
    expect(served(moved)?.tenantId).toBe(other);
  });

  it("reads only what is new after a restart, and serves before the cloud answers", async () => {
    const imsis = freshImsis(1200);
    await putSubscribers(cloud, tenant, imsis);
    // The cursor overlaps what was written in the last seconds before it.
    await new Promise((wake) => setTimeout(wake, 6_000));
    start();
    await follower.synced;
    expect(mirror.stats()).toMatchObject({ subscribers: 1200, synced: true });
    await stop();
    const [late = ""] = freshImsis(1);
    await putSubscribers(cloud, tenant, [late]);
    const again = connectCloud(projectId);
    start(again);
    expect(served(imsis[7] ?? "")?.profile?.rates.downlink).toBe(100_000_000);
    expect(
      served(imsis[7] ?? "")
        ?.openKeys()
        .k.toString("hex"),
    ).toBe(KEYS.k);
    await eventually("the late one", () => served(late) !== undefined);
    expect(again.store.meter.reads).toBeLessThan(30);
    await eventually("its commit", () => mirror.stats().subscribers === 1201);
  });

  it("compares everything when it was away for longer than tombstones last", async () => {
    const [kept = "", gone = ""] = freshImsis(2);
    await putSubscribers(cloud, tenant, [kept, gone]);
    start();
    await follower.synced;
    await stop();
    await cloud.store.write().delete(paths.hssProfile(tenant, gone)).delete(paths.group(tenant, "homes")).commit();
    const later = Date.now() + 31 * 86_400_000;
    mirror = openTestMirror(dataDir, "cloud", () => later);
    events = recordedEvents();
    follower = followCloud(mirror, { ...cloud, roles: ["hss"], peers: () => 0 }, events);
    await eventually("the removal", () => served(gone) === undefined);
    await eventually("the group's removal", () => served(kept)?.missing === "no plan");
  });

  it("goes on serving while the cloud is away, and catches up when it is back", async () => {
    const [before = "", during = "", after = ""] = freshImsis(3);
    await putSubscribers(cloud, tenant, [before]);
    const proxy = await cuttableProxy();
    start(connectCloud(projectId, proxy.host));
    await follower.synced;
    await eventually("the tenant's key", () => mirror.inside.keyring.has(tenant));
    proxy.cut();
    await putSubscribers(cloud, tenant, [during]);
    mirror.reporter.sqnOffset(tenant, before, 42);
    const end = Date.now() + 4_000;
    while (Date.now() < end) {
      expect(served(before)?.openKeys().k.toString("hex")).toBe(KEYS.k);
      expect(served(before)?.sqnOffset).toBe(42);
      await new Promise((wake) => setTimeout(wake, 50));
    }
    expect(served(during)).toBeUndefined();
    expect(mirror.stats().queued).toBe(1);
    proxy.mend();
    await eventually("what was written meanwhile", () => served(during) !== undefined, 60);
    await putSubscribers(cloud, tenant, [after]);
    await eventually("what is written now", () => served(after) !== undefined);
    await eventually("the report", () => mirror.stats().queued === 0, 60);
    expect((await cloud.store.rawDocument(paths.hssProfile(tenant, before)))?.sqnOffset).toBe(42);
    expect(served(before)?.sqnOffset).toBe(42);
    await proxy.close();
  }, 120_000);

  it("leaves out a document that does not fit, and says which", async () => {
    const [good = "", bad = ""] = freshImsis(2);
    await putSubscribers(cloud, tenant, [bad], { amf: "not hex" });
    await putSubscribers(cloud, tenant, [good]);
    start();
    await follower.synced;
    expect([served(good) !== undefined, served(bad)]).toEqual([true, undefined]);
    const line = mirror.lines.find(({ event }) => event === "document does not fit its schema");
    expect(line?.fields.path).toBe(`tenants/${tenant}/hssProfiles/00101********${bad.slice(-2)}`);
  });

  it("tells the cloud that it is there", async () => {
    start();
    const path = paths.daemon(mirror.daemonId);
    await eventually("the heartbeat", async () => (await cloud.store.rawDocument(path)) !== undefined);
    const daemon = (await cloud.store.daemons.get(mirror.daemonId))?.data;
    expect(daemon).toMatchObject({ id: mirror.daemonId, sqnIndex: 0, roles: ["hss"], peers: 3, queued: 0 });
  });
});
