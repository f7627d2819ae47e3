import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStoreKey } from "./storeKey.ts";
import { openTestMirror, registrationOf, removeFolder, temporaryFolder } from "./testing/mirrors.ts";

const IMSI = "001010000000001";
const session = {
  ...{ sessionId: "smf.a.test;1;2;3", imsi: IMSI, tenantId: "tenant_a", apn: "internet", address: "10.45.0.2" },
  ...{ peer: "smf.a.test", peerRealm: "a.test", startedAt: 5, sent: "x", throttled: false, uplink: 1, downlink: 2 },
};

describe("openMirror", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = temporaryFolder();
  });
  afterEach(() => removeFolder(dataDir));

  it("finds everything again when it is opened again", async () => {
    const first = openTestMirror(dataDir, "cloud");
    await first.registrations.put(registrationOf(IMSI, { epcId: "epc_1", imei: "352000010000009" }));
    await first.sessions.put({ ...session, requestNumber: 4 });
    await first.usage.put(IMSI, { period: "202611", uplink: 3, downlink: 4 });
    first.sqnLease.lease(7_000_000);
    first.reporter.registered(registrationOf(IMSI));
    const { daemonId } = first;
    await first.close();
    const second = openTestMirror(dataDir, "cloud");
    expect(second.daemonId).toBe(daemonId);
    expect(second.registrations.get(IMSI)).toEqual(registrationOf(IMSI, { epcId: "epc_1", imei: "352000010000009" }));
    expect(second.sessions.get(session.sessionId)).toEqual({ ...session, requestNumber: 4 });
    expect(second.sessions.ofSubscriber(IMSI)).toHaveLength(1);
    expect(second.usage.get(IMSI)).toEqual({ period: "202611", uplink: 3, downlink: 4 });
    expect(second.sqnLease.leased).toBe(7_000_000);
    expect(second.stats()).toMatchObject({ registrations: 1, sessions: 1, queued: 1 });
    await second.close();
  });

  it("finds registrations by MME, also while they move", async () => {
    const mirror = openTestMirror(dataDir, "cloud");
    const { registrations } = mirror;
    const of = (mme: string) => [...registrations.ofMme(mme)].map(({ imsi }) => imsi);
    await registrations.put(registrationOf("001010000000001", { mme: "mme1" }));
    await registrations.put(registrationOf("001010000000002", { mme: "mme1" }));
    await registrations.put(registrationOf("001010000000003", { mme: "mme10" }));
    expect(of("mme1")).toEqual(["001010000000001", "001010000000002"]);
    const moved = registrations.put(registrationOf("001010000000001", { mme: "mme10" }));
    expect([of("mme1"), of("mme10").sort()]).toEqual([["001010000000002"], ["001010000000001", "001010000000003"]]);
    await moved;
    await registrations.remove("001010000000002");
    expect([of("mme1"), [...registrations.all()].length]).toEqual([[], 2]);
    await mirror.close();
  });

  it("keeps what was promised when the process is killed", async () => {
    const child = join(import.meta.dirname, "testing/writer.ts");
    const writer = spawn(process.execPath, [child, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
    let last = { promised: 0, leased: 0 };
    let text = "";
    writer.stdout.on("data", (chunk) => {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      const line = lines.at(-1);
      if (line) last = JSON.parse(line);
      if (last.promised > 300) writer.kill("SIGKILL");
    });
    await new Promise((end) => writer.on("close", end));
    expect(last.promised).toBeGreaterThan(300);
    const mirror = openTestMirror(dataDir, "cloud");
    expect(mirror.registrations.get(IMSI)?.at).toBeGreaterThanOrEqual(last.promised);
    expect(mirror.sqnLease.leased).toBeGreaterThanOrEqual(last.leased);
    await mirror.close();
  }, 30_000);

  it("is not shared by two processes", async () => {
    const mirror = openTestMirror(dataDir, "cloud");
    const child = join(import.meta.dirname, "testing/writer.ts");
    expect(() => execFileSync(process.execPath, [child, dataDir], { stdio: "pipe" })).toThrow(/is in use by process/);
    await mirror.close();
  });

  it("refuses a lease that it can't read", () => {
    writeFileSync(join(dataDir, "sqn-lease"), "12x");
    expect(() => openTestMirror(dataDir, "cloud")).toThrow(/sqn-lease does not hold a number/);
  });

  it("opens a tenant's key with its own store key alone", async () => {
    const mirror = openTestMirror(dataDir, "cloud");
    await mirror.inside.keyring.put("tenant_a", Buffer.alloc(32, 7));
    await mirror.close();
    writeFileSync(join(dataDir, "store.key"), Buffer.alloc(32, 9));
    const other = openTestMirror(dataDir, "cloud");
    expect(() => other.inside.keyring.get("tenant_a")).toThrow();
    expect(() => other.inside.keyring.get("tenant_b")).toThrow(/tenant_b is not there/);
    await other.close();
  });
});

describe("readStoreKey", () => {
  it("makes a key for its owner alone, once, and refuses one that others may read", () => {
    const folder = temporaryFolder();
    const key = readStoreKey(folder);
    expect([key.length, readStoreKey(folder).equals(key)]).toEqual([32, true]);
    chmodSync(join(folder, "store.key"), 0o644);
    expect(() => readStoreKey(folder)).toThrow(/others may read/);
    mkdirSync(join(folder, "x"));
    const short = join(folder, "x/short.key");
    writeFileSync(short, "short", { mode: 0o600 });
    expect(() => readStoreKey(folder, short)).toThrow(/32 bytes, this has 5/);
    expect(readFileSync(short, "utf8")).toBe("short");
    removeFolder(folder);
  });
});
