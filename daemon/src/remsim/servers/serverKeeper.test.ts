import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRemsimServer } from "../../../../scripts/dev/simulator/remsimServer.ts";
import { type LoggedLine, removeFolder, temporaryFolder } from "../../mirror/testing/mirrors.ts";
import { Desired } from "../desired.ts";
import { remsimLog } from "../logs.ts";
import { openRemsimStore } from "../remsimStore.ts";
import { haveBank, want as wantOf } from "../testing/desiredMaps.ts";
import { SERVER } from "../testing/remsimWorld.ts";
import type { ServerSight } from "./remsimRest.ts";
import { ServerKeeper } from "./serverKeeper.ts";

describe("ServerKeeper", () => {
  let folder: string;
  let store: ReturnType<typeof openRemsimStore>;
  let desired: Desired;
  let server: FakeRemsimServer;
  let keeper: ServerKeeper | undefined;
  let lines: LoggedLine[];
  let sights: ServerSight[];
  let absences: number;

  beforeEach(async () => {
    folder = temporaryFolder();
    lines = [];
    sights = [];
    absences = 0;
    store = openRemsimStore(folder);
    desired = new Desired(store, log());
    server = await new FakeRemsimServer({ acknowledgeMs: 5 }).start();
    server.connectBank(1);
    await haveBank(desired);
  });
  afterEach(async () => {
    await keeper?.stop();
    keeper = undefined;
    await server.stop();
    await store.close();
    removeFolder(folder);
  });

  const log = () => remsimLog((severity, event, fields) => lines.push({ severity, event, fields }));
  const logged = (event: string) => lines.filter((line) => line.event === event);

  const want = (...wishes: string[]) => wantOf(desired, ...wishes);

  function keep(): ServerKeeper {
    keeper = new ServerKeeper({
      server: { id: SERVER, label: "Main", host: "127.0.0.1", restUrl: server.restUrl } as ServerKeeper["server"],
      ...{ desired, log: log(), now: Date.now, isCurrent: () => true },
      reports: {
        reachable: (sight) => {
          sights.push({ ...sight });
          return false;
        },
        unreachable: () => absences++,
        stop: async () => {},
      },
    });
    return keeper;
  }

  it("says that a server answers its lists and no change, and reports what it sees there", async () => {
    await want("1:1 1:11");
    server.connectClient(1, 1);
    server.failure = (call) => (call.startsWith("GET") ? undefined : 500);
    keep();
    await expect.poll(() => logged("slot maps not put right"), { timeout: 10_000 }).toHaveLength(1);
    expect(logged("slot maps not put right")[0]?.fields).toMatchObject({
      ...{ serverId: SERVER, error: { message: "POST /slotmaps was answered 500" } },
    });
    expect(sights.length).toBeGreaterThanOrEqual(2);
    expect([...(sights.at(-1)?.clients ?? [])]).toEqual(["1-1"]);
    expect(absences).toBe(0);
    expect(keeper?.figures()).toMatchObject({ reachable: true, active: 0 });
  }, 20_000);

  it("goes on reporting when its server breaks off in the middle of a change", async () => {
    await want("1:1 1:11");
    server.failure = (call) => (call.startsWith("GET") ? undefined : "cut");
    keep();
    await expect.poll(() => sights.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    expect(absences).toBe(0);
  }, 20_000);

  it("does what can be done beside a map that is answered with an error, and names that one", async () => {
    await want("1:1 1:11", "1:2 1:12", "1:3 1:13");
    server.failure = (_, body) => (body.includes('"slotNr":11') ? 500 : undefined);
    keep();
    await expect.poll(() => server.maps(), { timeout: 10_000 }).toEqual(["1:12 C1:2 ACTIVE", "1:13 C1:3 ACTIVE"]);
    await expect.poll(() => logged("slot maps not put right"), { timeout: 10_000 }).toHaveLength(1);
    expect(logged("slot map is not as it shall be").map(({ fields }) => fields)).toMatchObject([
      { map: "1:11>1:1", why: "POST /slotmaps was answered 500" },
    ]);
    await expect.poll(() => keeper?.figures().active, { timeout: 10_000 }).toBe(2);
    server.failure = () => undefined;
    await expect.poll(() => server.maps().length, { timeout: 15_000 }).toBe(3);
  }, 40_000);

  it("tells of its absence at the second look that fails", async () => {
    keep();
    await expect.poll(() => sights.length, { timeout: 10_000 }).toBe(1);
    await server.stop();
    keeper?.wake();
    await expect.poll(() => absences, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    expect(logged("remsim-server not reachable")).toHaveLength(1);
    expect(keeper?.figures().reachable).toBe(false);
  }, 20_000);
});
