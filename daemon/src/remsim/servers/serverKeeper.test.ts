import { paths, SlotMap } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRemsimServer } from "../../../../scripts/dev/simulator/remsimServer.ts";
import { type LoggedLine, removeFolder, temporaryFolder } from "../../mirror/testing/mirrors.ts";
import { Desired } from "../desired.ts";
import { remsimLog } from "../logs.ts";
import { openRemsimStore } from "../remsimStore.ts";
import { mapDocument, SERVER } from "../testing/remsimWorld.ts";
import type { ServerSight } from "./remsimRest.ts";
import { ServerKeeper } from "./serverKeeper.ts";

const TENANT = "tenant_keeper";
const VERSION = {} as Stored<unknown>["version"];

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
    const bank = { tenantId: TENANT, bankId: 1, label: "One", serverId: SERVER, createdAt: new Date() };
    await apply("banks", [[paths.simBank(TENANT, 1), bank]]);
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

  function apply(what: "banks" | "maps", documents: [path: string, data: object][]): Promise<void> {
    const changed = documents.map(([path, data]) => ({ path, data, version: VERSION }));
    return desired[what].sink().apply(changed, new Set(changed.map(({ path }) => path)), false);
  }

  /** What shall be there, as `client bank`. */
  function want(...wishes: string[]): Promise<void> {
    const documents = wishes.map((wish): [string, SlotMap] => {
      const [client = "", bank = ""] = wish.split(" ");
      const document = SlotMap.parse(mapDocument(TENANT, client, bank));
      return [paths.slotMap(TENANT, document.id), document];
    });
    return apply("maps", documents);
  }

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
