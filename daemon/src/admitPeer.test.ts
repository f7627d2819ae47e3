import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { admitPeer } from "./admitPeer.ts";
import type { Candidate } from "./diameter/serverOptions.ts";
import { HssLab, IMSI, MME_A, resultOf } from "./testing/hssLab.ts";
import { MemoryDirectory } from "./testing/memoryDirectory.ts";

const FINGERPRINT = "ab".repeat(32);
const HOST = "mme.epc-1.a.example";
const directory = new MemoryDirectory();
directory.addTenant({ id: "a" });
directory.addTenant({ id: "closed", active: false });
directory.addPeer({
  originHost: HOST,
  tenantId: "a",
  epcId: "epc_1",
  certificates: [FINGERPRINT],
  plainFrom: ["10.0.0.1"],
});
directory.addPeer({ originHost: "mme.tls.a.example", tenantId: "a", certificates: [FINGERPRINT], plainFrom: [] });
directory.addPeer({ originHost: "mme.x.closed.example", tenantId: "closed" });
directory.addPeer({ originHost: "mme.x.gone.example", tenantId: "gone" });

function candidate(changes: Partial<Candidate> = {}): Candidate {
  const applications = [16777251];
  return {
    originHost: HOST,
    originRealm: "a.example",
    address: "10.0.0.1",
    port: 4000,
    applications,
    productName: "",
    ...changes,
  };
}

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const tls = (fingerprintSha256: string, ...names: string[]) => ({
  tls: { fingerprintSha256, names, validFrom: new Date(NOW - DAY), validTo: new Date(NOW + DAY) },
});

describe("admission", () => {
  const admit = admitPeer(directory, { requestsPerSecond: 100, now: () => NOW });

  test.each([
    ["by its address", candidate()],
    ["whatever the case of its name", candidate({ originHost: HOST.toUpperCase() })],
    ["by its certificate, from anywhere", candidate({ address: "192.0.2.1", ...tls(FINGERPRINT, HOST) })],
    [
      "by one of its certificate's names",
      candidate({ address: "192.0.2.1", ...tls(FINGERPRINT, "x", HOST.toUpperCase()) }),
    ],
  ])("of an enrolled node %s", (_how, who) => {
    expect(admit(who)).toEqual({
      admitted: true,
      context: { tenantId: "a", epcId: "epc_1", role: "mme", trusted: false },
      originRealm: "a.example",
      requestsPerSecond: 100,
    });
  });

  test.each([
    ["nobody enrolled", candidate({ originHost: "mme.epc-2.a.example" }), "it is not enrolled"],
    ["another address", candidate({ address: "10.0.0.2" }), "10.0.0.2 is not its address"],
    ["plain where only TLS is allowed", candidate({ originHost: "mme.tls.a.example" }), "it may only connect with TLS"],
    [
      "a certificate that does not hold any more",
      candidate(tls("cd".repeat(32), HOST)),
      "its certificate was replaced or revoked, or is not ours",
    ],
    [
      "somebody else's certificate",
      candidate(tls(FINGERPRINT, "mme.tls.a.example")),
      "its certificate is for another name",
    ],
    [
      "a suspended tenant",
      candidate({ originHost: "mme.x.closed.example", address: "127.0.0.1" }),
      "its tenant is suspended",
    ],
    ["a tenant that is not there", candidate({ originHost: "mme.x.gone.example" }), "its tenant is unknown"],
  ])("is refused to %s", (_who, who, reason) => {
    expect(admit(who)).toEqual({ admitted: false, resultCode: 3010, reason });
  });

  test.each([
    [NOW - 2 * DAY, "its certificate is not valid yet"],
    [NOW + 2 * DAY, "its certificate has expired"],
  ])("looks at the certificate's dates at %d", (now, reason) => {
    const then = admitPeer(directory, { requestsPerSecond: 1, now: () => now });
    expect(then(candidate(tls(FINGERPRINT, HOST)))).toMatchObject({ admitted: false, reason });
  });

  test("stand-alone, is for everybody", () => {
    const trusting = admitPeer(directory, { requestsPerSecond: 5, trusted: { realm: "localdomain" } });
    expect(trusting(candidate({ originHost: "mme.localdomain" }))).toEqual({
      admitted: true,
      context: { tenantId: "", role: "other", trusted: true },
      originRealm: "localdomain",
      requestsPerSecond: 5,
    });
  });
});

describe("peers of a server", () => {
  let lab: HssLab;
  beforeEach(async () => {
    lab = await new HssLab().start();
  });
  afterEach(() => lab.stop());

  const states = () => lab.reporter.connections.map(({ tenantId, originHost, state }) => [tenantId, originHost, state]);

  test("who comes and goes is reported", async () => {
    const mme = await lab.connect(MME_A);
    mme.peer.cut("away");
    await vi.waitFor(() =>
      expect(states()).toEqual([
        ["a", MME_A, "connected"],
        ["a", MME_A, "disconnected"],
      ]),
    );
    expect(lab.reporter.connections[0]).toMatchObject({
      epcId: "epc_1",
      role: "mme",
      address: "127.0.0.1",
      tls: false,
    });
  });

  test("an unknown node of a tenant's realm is refused with 3010, and its tenant gets to know once a minute", async () => {
    for (let n = 0; n < 3; n++)
      await expect(lab.connect("mme.new.a.example")).rejects.toMatchObject({ resultCode: 3010 });
    expect(states()).toEqual([["a", "mme.new.a.example", "refused"]]);
    expect(lab.reporter.activitiesOf("peer-refused")).toMatchObject([{ tenantId: "a", severity: "warning" }]);
    expect(lab.lines.filter(([event]) => event === "peer refused")).toHaveLength(3);
  });

  test("a name that concerns no tenant is logged only", async () => {
    await expect(lab.connect("mme.epc.elsewhere")).rejects.toMatchObject({ resultCode: 3010 });
    expect(lab.reporter.calls).toEqual([]);
    expect(lab.lines.map(([event]) => event)).toEqual(["peer refused"]);
  });

  test("who claims a connected node's name does not make it look refused", async () => {
    const mme = await lab.connect(MME_A);
    await expect(lab.connect(MME_A)).rejects.toMatchObject({ resultCode: 4003 });
    expect(states()).toEqual([["a", MME_A, "connected"]]);
    expect(lab.reporter.activitiesOf("peer-refused")).toHaveLength(1);
    expect(resultOf(await mme.air(IMSI))).toBe("2001");
  });

  test("a revoked one is sent away at once and not let in again", async () => {
    const mme = await lab.connect(MME_A);
    await mme.ulr(IMSI);
    lab.directory.peerRecords.delete(MME_A);
    lab.server.recheck();
    await mme.peer.closed;
    await expect(lab.connect(MME_A)).rejects.toMatchObject({ resultCode: 3010 });
    expect(states().at(-1)).toEqual(["a", MME_A, "refused"]);
  });
});
