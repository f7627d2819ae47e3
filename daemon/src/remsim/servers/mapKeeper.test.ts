import { paths } from "@wisptools/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRemsimServer } from "../../../../scripts/dev/simulator/remsimServer.ts";
import { removeFolder, temporaryFolder } from "../../mirror/testing/mirrors.ts";
import { Desired } from "../desired.ts";
import { remsimLog } from "../logs.ts";
import { openRemsimStore } from "../remsimStore.ts";
import { apply, haveBank, TENANT, want as wantOf } from "../testing/desiredMaps.ts";
import { mapDocument, SERVER, slotOf } from "../testing/remsimWorld.ts";
import { MapKeeper } from "./mapKeeper.ts";
import { RemsimRest } from "./remsimRest.ts";

let folder: string;
let store: ReturnType<typeof openRemsimStore>;
let desired: Desired;
let server: FakeRemsimServer;
let rest: RemsimRest;
let lines: string[];

beforeEach(async () => {
  folder = temporaryFolder();
  lines = [];
  store = openRemsimStore(folder);
  desired = new Desired(
    store,
    remsimLog((_, event) => lines.push(event)),
  );
  server = await new FakeRemsimServer({ acknowledgeMs: 5 }).start();
  server.connectBank(1);
  rest = new RemsimRest(server.restUrl, new AbortController().signal);
  await haveBank(desired);
});
afterEach(async () => {
  await server.stop();
  await store.close();
  removeFolder(folder);
});

const want = (...wishes: string[]) => wantOf(desired, ...wishes);

class Keeper {
  readonly drifts: string[] = [];
  now = 0;
  isCurrent = true;
  private readonly keeper = new MapKeeper({
    ...{ serverId: SERVER, desired, rest, now: () => this.now, isStopped: () => false },
    isCurrent: () => this.isCurrent,
    drifted: (map, why) => this.drifts.push(`${map} ${why}`),
  });

  async round() {
    return this.keeper.putRight(await rest.look());
  }
}

async function active(count: number): Promise<void> {
  await expect.poll(() => server.maps().filter((map) => map.endsWith("ACTIVE")).length).toBe(count);
}

describe("MapKeeper", () => {
  it("adds what is missing, and has nothing to do once it is active", async () => {
    await want("1:1 1:11", "1:2 1:12");
    const keeper = new Keeper();
    expect(await keeper.round()).toEqual({ added: 2, removed: 0, settled: false });
    await active(2);
    expect(await keeper.round()).toEqual({ added: 0, removed: 0, settled: true });
  });

  it("moves a client in one round", async () => {
    await want("1:1 1:11");
    const keeper = new Keeper();
    await keeper.round();
    await active(1);
    await want("1:1 1:12");
    expect(await keeper.round()).toMatchObject({ added: 1, removed: 1 });
    await active(1);
    expect(server.maps()).toEqual(["1:12 C1:1 ACTIVE"]);
  });

  it("does not remove a map that its bankd has not acknowledged, until it has waited long enough", async () => {
    await server.stop();
    server = await new FakeRemsimServer({ acknowledgeMs: 60_000 }).start();
    server.connectBank(1);
    rest = new RemsimRest(server.restUrl, new AbortController().signal);
    await want("1:1 1:11");
    const keeper = new Keeper();
    await keeper.round();
    await expect.poll(() => server.maps()).toEqual(["1:11 C1:1 UNACKNOWLEDGED"]);
    await want("1:1 1:12");
    expect(await keeper.round()).toEqual({ added: 0, removed: 0, settled: false });
    keeper.now += 4_999;
    expect(await keeper.round()).toMatchObject({ removed: 0 });
    keeper.now += 1;
    expect(await keeper.round()).toMatchObject({ removed: 1, added: 1 });
  });

  it("tells of a map that comes back after it was removed, and removes it again", async () => {
    await want();
    const keeper = new Keeper();
    for (const found of [0, 1]) {
      server.put(1, 30, 3, 3);
      await active(1);
      expect(await keeper.round()).toMatchObject({ removed: 1, settled: true });
      expect(keeper.drifts).toHaveLength(found);
    }
    expect(keeper.drifts).toEqual(["1:30>3:3 came back after it was removed"]);
  });

  it("adds and removes what it can beside maps that are answered with an error, and says which failed", async () => {
    await want("1:1 1:11", "1:2 1:12");
    const keeper = new Keeper();
    for (const slot of [30, 31, 32]) server.put(1, slot, 3, slot);
    await active(3);
    const stuck = 65_536 + 31;
    server.failure = (call, body) =>
      call === `DELETE /slotmaps/${stuck}` || body.includes('"slotNr":11') ? 500 : undefined;
    const { failed, ...done } = await keeper.round();
    expect(done).toEqual({ added: 1, removed: 2, settled: false });
    expect(failed?.message).toBe("POST /slotmaps was answered 500");
    expect(keeper.drifts.sort()).toEqual([
      "1:11>1:1 POST /slotmaps was answered 500",
      "1:31>3:31 DELETE /slotmaps was answered 500",
    ]);
    await active(2);
    expect(server.maps()).toEqual(["1:12 C1:2 ACTIVE", "1:31 C3:31 ACTIVE"]);
  });

  it("takes no map for a stray as long as there is a document that it does not understand", async () => {
    for (const what of ["maps", "servers"] as const) await desired[what].sink().apply([], new Set(), true);
    expect(desired.isKnown).toBe(true);
    const strange = mapDocument(TENANT, "3:3", "1:30");
    await apply(desired, "maps", [[paths.slotMap(TENANT, strange.id), { ...strange, bank: "elsewhere" }]]);
    expect(lines).toEqual(["document does not fit its schema"]);
    expect(desired.isKnown).toBe(false);
    const keeper = new Keeper();
    keeper.isCurrent = desired.isKnown;
    server.put(1, 30, 3, 3);
    await active(1);
    expect(await keeper.round()).toMatchObject({ removed: 0, settled: false });
    await want();
    expect(desired.isKnown).toBe(true);
  });

  it("two at once neither undo each other nor take a refusal for a fault", async () => {
    const wishes = (bank: number) => Array.from({ length: 25 }, (_, i) => `1:${i + 1} ${bank}:${i + 1}`);
    server.connectBank(2);
    await want(...wishes(1));
    const keepers = [new Keeper(), new Keeper()];
    await Promise.all(keepers.map((keeper) => keeper.round()));
    await active(25);
    await want(...wishes(2));
    for (let round = 0; round < 4; round++) await Promise.all(keepers.map((keeper) => keeper.round()));
    await active(25);
    expect(server.maps().every((map) => map.startsWith("2:"))).toBe(true);
    expect(server.leaked).toEqual([]);
    expect(keepers.flatMap(({ drifts }) => drifts)).toEqual([]);
    const deletes = server.requests.filter((request) => request.startsWith("DELETE") && request.endsWith("200"));
    expect(deletes.length).toBeGreaterThanOrEqual(25);
  }, 20_000);

  it("knows clients and banks by the server's lists", async () => {
    server.connectClient(1, 17);
    const sight = await rest.look();
    expect([[...sight.clients], [...sight.banks], sight.maps]).toEqual([["1-17"], [1], []]);
    expect(slotOf("1:17")).toEqual({ bankId: 1, slotId: 17 });
  });
});
