import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Follower, followFolder } from "./followFolder.ts";
import {
  eventually,
  openTestMirror,
  recordedEvents,
  removeFolder,
  type TestMirror,
  temporaryFolder,
} from "./testing/mirrors.ts";

const K = "465B5CE8B199B49FAA5F0A2EE238A6BC";
const OPC = "E8ED289DEBA952E4283B54E88E6183CA";

function subscriber(imsi: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    imsi,
    msisdn: ["9991234567"],
    security: { k: K, opc: OPC, op: null, amf: "8000" },
    ambr: { downlink: { value: 100, unit: 2 }, uplink: { value: 50, unit: 2 } },
    slice: [{ sst: 1, default_indicator: true, session: [{ name: "internet", type: 3, ue: { ipv4: "10.45.0.9" } }] }],
    ...changes,
  };
}

const ONE = "001010000000001";
const TWO = "001010000000002";

describe("followFolder", () => {
  let folder: string;
  let dataDir: string;
  let mirror: TestMirror;
  let follower: Follower;
  let events = recordedEvents();

  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  const start = async (): Promise<void> => {
    mirror = openTestMirror(dataDir, "folder");
    events = recordedEvents();
    follower = await followFolder(mirror, { folder, realm: "lab.test", rescanMs: 300 }, events);
  };
  const stop = async (): Promise<void> => {
    await follower.close();
    await mirror.close();
  };
  const served = (imsi: string) => mirror.directory.subscriber(imsi);

  beforeEach(() => {
    folder = temporaryFolder();
    dataDir = temporaryFolder();
  });
  afterEach(async () => {
    await stop();
    removeFolder(folder);
    removeFolder(dataDir);
  });

  it("serves what is there at the start, keys included", async () => {
    write("one.json", subscriber(ONE));
    await start();
    expect(mirror.directory.tenant("standalone")).toMatchObject({ realm: "lab.test", active: true });
    const one = served(ONE);
    expect(one).toMatchObject({ tenantId: "standalone", algorithm: "milenage", amf: 0x8000, sqnOffset: 0 });
    expect(one?.profile).toMatchObject({ msisdn: "9991234567", rates: { downlink: 100_000_000 } });
    expect(one?.profile?.apns[0]).toMatchObject({ apn: "internet", staticAddress: "10.45.0.9" });
    const keys = one?.openKeys();
    expect([keys?.k.toString("hex"), keys?.operator.toString("hex"), keys?.kind]).toEqual([
      K.toLowerCase(),
      OPC.toLowerCase(),
      "opc",
    ]);
    expect(served(TWO)).toBeUndefined();
  });

  it("follows additions, changes and removals", async () => {
    write("one.json", subscriber(ONE));
    await start();
    write("more.json", [subscriber(TWO), subscriber("001010000000003")]);
    await eventually("the addition", () => events.profiles.length === 2);
    expect(served("001010000000003")).toBeDefined();
    expect(events.profiles.flatMap(({ imsis }) => imsis)).toEqual([ONE, TWO, "001010000000003"]);

    const before = served(ONE)?.profileHash;
    write("one.json", subscriber(ONE, { subscriber_status: 1 }));
    await eventually("the change", () => served(ONE)?.profile?.status === "suspended");
    expect(served(ONE)?.profileHash).not.toBe(before);

    write("more.json", [subscriber(TWO)]);
    await eventually("the removal from a file", () => served("001010000000003") === undefined);
    expect(served(TWO)).toBeDefined();
    rmSync(join(folder, "one.json"));
    await eventually("the removal of a file", () => served(ONE) === undefined);
    await eventually("its event", () => JSON.stringify(events.profiles.at(-1)?.imsis) === JSON.stringify([ONE]));
  });

  it("keeps what a file had while it has a fault, and says which field", async () => {
    write("one.json", subscriber(ONE));
    await start();
    write("one.json", subscriber(ONE, { security: { k: "12", opc: OPC } }));
    const faulty = () => mirror.lines.find(({ event }) => event === "subscriber file has a fault");
    await eventually("the fault", () => faulty() !== undefined);
    expect(faulty()?.fields).toMatchObject({ file: "one.json", field: "security.k" });
    expect(served(ONE)?.openKeys().k.toString("hex")).toBe(K.toLowerCase());
    write("one.json", `{"imsi": "${ONE}", "security": {"k": "${K}" "opc": 1}}`);
    await eventually("the second fault", () =>
      mirror.lines.some(({ fields }) => /^not JSON/.test(String(fields.reason))),
    );
    expect(JSON.stringify(mirror.lines)).not.toContain(K);
    expect(JSON.stringify(mirror.lines)).not.toContain(ONE);
    expect(served(ONE)).toBeDefined();
  });

  it("waits for the rest of a file that is being written", async () => {
    await start();
    const text = JSON.stringify(subscriber(ONE));
    write("one.json", text.slice(0, 40));
    await new Promise((wake) => setTimeout(wake, 300));
    write("one.json", text);
    await eventually("the subscriber", () => served(ONE) !== undefined);
    expect(mirror.lines.filter(({ event }) => event === "subscriber file has a fault")).toEqual([]);
  });

  it("keeps the resynchronised SEQ over restarts and changes, until the keys change", async () => {
    write("one.json", subscriber(ONE));
    await start();
    mirror.reporter.sqnOffset("standalone", ONE, 77);
    expect(served(ONE)?.sqnOffset).toBe(77);
    await stop();
    write("one.json", subscriber(ONE, { subscriber_status: 1 }));
    await start();
    expect(served(ONE)).toMatchObject({ sqnOffset: 77, profile: { status: "suspended" } });
    write("one.json", subscriber(ONE, { security: { k: K, op: OPC, amf: "8000" } }));
    await eventually("the new keys", () => served(ONE)?.openKeys().kind === "op");
    expect(served(ONE)?.sqnOffset).toBe(0);
  });

  it("reads nothing anew at a restart, and drops what went meanwhile", async () => {
    write("one.json", subscriber(ONE));
    write("two.json", subscriber(TWO));
    await start();
    await stop();
    rmSync(join(folder, "two.json"));
    await start();
    expect(events.profiles).toEqual([{ tenantId: "standalone", imsis: [TWO] }]);
    expect([served(ONE) !== undefined, served(TWO)]).toEqual([true, undefined]);
  });

  it("gives a subscriber of two files to the first, and to the second when the first goes", async () => {
    write("a.json", subscriber(ONE));
    write("b.json", subscriber(ONE, { subscriber_status: 1 }));
    await start();
    expect(served(ONE)?.profile?.status).toBe("active");
    expect(mirror.lines).toContainEqual(
      expect.objectContaining({ fields: { file: "b.json", field: "imsi", reason: "is already in a.json" } }),
    );
    renameSync(join(folder, "a.json"), join(folder, "a.txt"));
    await eventually("the second file's", () => served(ONE)?.profile?.status === "suspended");
  });

  it("leaves no key on disk beside the operator's own file", async () => {
    write("one.json", subscriber(ONE));
    await start();
    await mirror.inside.environment.root.flushed;
    const bytes = Buffer.concat(
      readdirSync(dataDir, { recursive: true, encoding: "utf8" })
        .map((name) => join(dataDir, name))
        .filter((path) => statSync(path).isFile())
        .map((path) => readFileSync(path)),
    );
    expect(bytes.includes(ONE)).toBe(true);
    for (const secret of [K, OPC]) {
      expect(bytes.includes(Buffer.from(secret, "hex"))).toBe(false);
      expect(bytes.includes(secret)).toBe(false);
      expect(bytes.includes(secret.toLowerCase())).toBe(false);
    }
    expect(statSync(join(dataDir, "store.key")).mode & 0o777).toBe(0o600);
  });
});
