import { randomInt } from "node:crypto";
import { paths, SERVER_SEEN_SECONDS } from "@wisptools/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRemsimServer } from "../../../../scripts/dev/simulator/remsimServer.ts";
import { connectCloud, freshProject } from "../../mirror/testing/cloud.ts";
import { eventually, removeFolder, temporaryFolder } from "../../mirror/testing/mirrors.ts";
import { KeeperUnderTest, RemsimWorld, SERVER } from "../testing/remsimWorld.ts";
import { ownLoopback } from "../testing/standInCloud.ts";

describe("ServerKeepers", () => {
  let server: FakeRemsimServer;
  let world: RemsimWorld;
  let daemons: KeeperUnderTest[];
  const startDaemon = (folder?: string): KeeperUnderTest => {
    const daemon = new KeeperUnderTest(world.cloud, folder);
    daemons.push(daemon);
    return daemon;
  };
  const mapsAre = (what: string, maps: string[]) =>
    eventually(`${what}: ${maps}`, () => JSON.stringify(server.maps()) === JSON.stringify(maps), 25);

  beforeEach(async () => {
    daemons = [];
    server = await new FakeRemsimServer({ host: ownLoopback() }).start();
    server.connectBank(1);
    server.connectBank(2);
    world = new RemsimWorld(connectCloud(freshProject()));
    await world.addServer(server);
    await world.addBank(1);
    await world.addBank(2);
  });
  afterEach(async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    await server.stop();
  });

  it("maps clients, moves one to another bank without its doing, takes strays away, and leaves others' maps", async () => {
    await world.addMap("1:1", "1:11");
    server.put(1, 99, 7, 7);
    server.put(3, 1, 9, 9);
    server.connectClient(1, 1);
    const daemon = startDaemon().follow();
    await mapsAre("at first", ["1:11 C1:1 ACTIVE", "3:1 C9:9 NEW"]);
    await world.addMap("1:2", "1:12");
    await mapsAre("with another", ["1:11 C1:1 ACTIVE", "1:12 C1:2 ACTIVE", "3:1 C9:9 NEW"]);
    expect(server.cardOf(1, 1)).toBe("1:11");
    await world.move("1:1", "2:5");
    await eventually("its new card", () => server.cardOf(1, 1) === "2:5");
    await world.release("1:2");
    await mapsAre("in the end", ["2:5 C1:1 ACTIVE", "3:1 C9:9 NEW"]);
    expect(server.leaked).toEqual([]);
    expect(daemon.logged("slot map is not as it shall be")).toEqual([]);
  }, 60_000);

  it("puts every map back when the server restarted, and when it was away", async () => {
    const clients = Array.from({ length: 30 }, (_, i) => [`1:${i + 1}`, `1:${i + 101}`] as const);
    for (const [client, bank] of clients) await world.addMap(client, bank);
    const maps = clients.map(([client, bank]) => `${bank} C${client} ACTIVE`).sort();
    startDaemon().follow();
    await mapsAre("at first", maps);
    server.restart();
    expect(server.maps()).toEqual([]);
    await mapsAre("after a restart", maps);
    await server.stop();
    await eventually("word of its absence", async () => (await serverState()).reachable === false);
    await server.start();
    server.connectBank(1);
    await mapsAre("after an absence", maps);
    await eventually("word of its return", async () => (await serverState()).reachable === true);
  }, 90_000);

  async function serverState() {
    const [found] = await world.cloud.store.remsimServers.all();
    return { reachable: found?.data.reachable };
  }

  it("comes to the same with two daemons at once, whose moves do not undo each other", async () => {
    const clients = Array.from({ length: 20 }, (_, i) => `1:${i + 1}`);
    for (const [i, client] of clients.entries()) await world.addMap(client, `1:${i + 1}`);
    startDaemon().follow();
    startDaemon().follow();
    await eventually("all maps", () => server.maps().filter((map) => map.endsWith("ACTIVE")).length === 20);
    for (const [i, client] of clients.entries()) await world.move(client, `2:${i + 1}`);
    for (const client of clients.slice(0, 5)) await world.release(client);
    const left = clients.slice(5).map((client, i) => `2:${i + 6} C${client} ACTIVE`);
    await mapsAre("moved", left.sort());
    const posted = server.requests.filter((request) => request.startsWith("POST /slotmaps 201")).length;
    // Each was added once for its first place and once for its second; a few had been added to the second before their release.
    expect(posted).toBeGreaterThanOrEqual(35);
    expect(posted).toBeLessThanOrEqual(45);
  }, 60_000);

  it("tells what became of a map and of its client, and no more once it was released", async () => {
    await world.addMap("1:1", "1:11");
    server.connectClient(1, 1);
    startDaemon().follow();
    startDaemon().follow();
    await eventually("the client's connection", async () => (await world.client("1:1"))?.state === "connected");
    expect(await world.map("1:1")).toMatchObject({
      actual: { state: "ACTIVE", bank: { bankId: 1, slotId: 11 }, clientConnected: true },
    });
    const connected = await world.client("1:1");
    expect(connected?.server).toMatchObject({ connected: true });
    server.disconnectClient(1, 1);
    await eventually("its end", async () => (await world.client("1:1"))?.server?.connected === false, 30);
    const gone = await world.client("1:1");
    expect(gone?.leaseUntil?.getTime()).toBe((gone?.server?.at.getTime() ?? 0) + 300_000);
    const writes = world.cloud.store.meter.writes;
    server.connectClient(1, 1);
    await world.release("1:1");
    await mapsAre("none", []);
    await new Promise((wake) => setTimeout(wake, 3_000));
    expect(await world.map("1:1")).toBeUndefined();
    expect((await world.client("1:1"))?.server?.connected).toBe(false);
    expect(world.cloud.store.meter.writes).toBe(writes + 1);
  }, 90_000);

  it("tells once that a bank is down, and once that it is up, with two daemons", async () => {
    startDaemon().follow();
    startDaemon().follow();
    await eventually("the banks", async () => (await world.bank(1))?.connected === true);
    await eventually("the other", async () => (await world.bank(2))?.connected === true);
    expect(await world.events()).toEqual([]);
    server.disconnectBank(1);
    await eventually("its end", async () => (await world.bank(1))?.connected === false, 30);
    server.connectBank(1);
    await eventually("its return", async () => (await world.bank(1))?.connected === true, 30);
    expect(await world.events()).toEqual(["bank_down 1", "bank_up 1"]);
    expect((await world.bank(2))?.connected).toBe(true);
  }, 90_000);

  it("says every ten minutes, with one write of two daemons, that it still sees its server", async () => {
    const path = paths.remsimServer(SERVER);
    const seenAt = async () => (await world.cloud.store.remsimServers.get(SERVER))?.data.seenAt?.getTime() ?? 0;
    const begun = Date.now();
    startDaemon().follow();
    startDaemon().follow();
    await eventually("word of the server", async () => (await seenAt()) >= begun);
    for (const bank of [1, 2])
      await eventually(`word of bank ${bank}`, async () => (await world.bank(bank))?.connected === true);
    const longAgo = new Date(begun - SERVER_SEEN_SECONDS * 1000);
    const { writes } = world.cloud.store.meter;
    await world.cloud.store.write().patch(path, { seenAt: longAgo }).commit();
    await eventually("word that it still does", async () => (await seenAt()) >= begun, 30);
    await new Promise((wake) => setTimeout(wake, 3_000));
    expect(world.cloud.store.meter.writes).toBe(writes + 2);
    expect((await world.cloud.store.remsimServers.get(SERVER))?.data.reachableAt?.getTime()).toBeGreaterThanOrEqual(
      begun,
    );
  }, 60_000);

  it("refills a server from disk while the cloud is away, but takes nothing from it", async () => {
    const folder = temporaryFolder();
    await world.addMap("1:1", "1:11");
    await world.addMap("1:2", "1:12");
    const before = startDaemon(folder).follow();
    await mapsAre("at first", ["1:11 C1:1 ACTIVE", "1:12 C1:2 ACTIVE"]);
    await before.stop(true);
    daemons = [];
    server.restart();
    // Not following: nothing is heard from the cloud.
    startDaemon(folder);
    await mapsAre("from disk", ["1:11 C1:1 ACTIVE", "1:12 C1:2 ACTIVE"]);
    const stranger = randomInt(20, 1000);
    server.put(1, stranger, 8, 8);
    await new Promise((wake) => setTimeout(wake, 4_000));
    expect(server.maps()).toContain(`1:${stranger} C8:8 ACTIVE`);
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    daemons = [];
    removeFolder(folder);
  }, 60_000);

  it("notices that somebody else has taken a client of ours", async () => {
    server.put(3, 1, 1, 1);
    await world.addMap("1:1", "1:11");
    const daemon = startDaemon().follow();
    await eventually("the drift", () => daemon.logged("slot map is not as it shall be").length > 0);
    expect(daemon.logged("slot map is not as it shall be")[0]?.fields).toMatchObject({
      ...{ map: "1:11>1:1", why: "its client is mapped to a bank that is not ours" },
    });
    await eventually("its report", async () => (await world.map("1:1"))?.actual?.bank?.bankId === 3);
    expect(server.maps()).toEqual(["3:1 C1:1 NEW"]);
  }, 60_000);
});
