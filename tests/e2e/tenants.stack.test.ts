// Whose EPC may ask for whom, and who gets in at all: tenants, roaming partners, addresses, certificates, revocation.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paths } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectPeer } from "../../daemon/src/diameter/client.ts";
import { APPLICATION } from "../../daemon/src/diameter/dictionary/commands.ts";
import { EXPERIMENTAL, RESULT } from "../../daemon/src/diameter/dictionary/results.ts";
import { plmnOctets } from "../../daemon/src/plmnOctets.ts";
import { certificateRequest } from "../../functions/src/testing/certificateRequest.ts";
import { deviceCall } from "../../functions/src/testing/client.ts";
import type { TestTenant } from "../../functions/src/testing/world.ts";
import { askForVector, vectorsOf } from "../../scripts/dev/simulator/authentication.ts";
import { EQUIPMENT, SimulatedMme } from "../../scripts/dev/simulator/mme.ts";
import { resultOf } from "../../scripts/dev/simulator/result.ts";
import { SimulatedSmf } from "../../scripts/dev/simulator/smf.ts";
import { demoKeys, SimulatedUe } from "../../scripts/dev/simulator/ue.ts";
import { CloudWorld, SOON_MS, type TestEpc, until } from "./cloudWorld.ts";
import { DaemonUnderTest, type Place } from "./daemonUnderTest.ts";

const USER_UNKNOWN = { code: EXPERIMENTAL.USER_UNKNOWN, experimental: true };
/** DIAMETER_USER_UNKNOWN (RFC 8506 9.2): Gx has it in Result-Code. */
const GX_USER_UNKNOWN = { code: 5030, experimental: false };
const OTHER_IMEI = "353490069873319";

let cloud: CloudWorld;
let daemon: DaemonUnderTest;
/** Whose subscribers are asked for, and whose EPC asks. */
let home: TestTenant;
let visited: TestTenant;
let mme: SimulatedMme;
let smf: SimulatedSmf;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  cloud = await CloudWorld.start();
  [home, visited] = [await cloud.tenant(), await cloud.tenant()];
  daemon = new DaemonUnderTest({ env: cloud.daemonEnv(), tls: true });
  const epc = await cloud.epc(visited);
  await daemon.start();
  [mme, smf] = [mmeOf(epc), smfOf(epc)];
  await Promise.all([mme.connect(), smf.connect()]);
}, 120_000);
afterAll(async () => {
  await Promise.all(closing.map((close) => close().catch(() => {})));
  await daemon?.remove();
  await cloud?.close();
});

function mmeOf(epc: TestEpc, place = daemon.hss, tls: Partial<TestEpc["tls"]> = {}): SimulatedMme {
  const certificate = place === daemon.hssTls && epc.tls ? { tls: { ...epc.tls, ...tls } } : {};
  const node = { ...place, originHost: epc.mme, originRealm: epc.realm, plmn: cloud.visitedPlmn };
  const made = new SimulatedMme({ ...node, ...certificate });
  closing.push(() => made.close());
  return made;
}

function smfOf(epc: TestEpc, place: Place = daemon.pcrf): SimulatedSmf {
  const certificate = place === daemon.pcrfTls && epc.tls ? { tls: epc.tls } : {};
  const made = new SimulatedSmf({ ...place, originHost: epc.smf, originRealm: epc.realm, ...certificate });
  closing.push(() => made.close());
  return made;
}

/** The MME of `epc` with whatever it shows. */
function connectTls({ mme: originHost, realm }: TestEpc, tls: TestEpc["tls"] | { ca: string; serverName: string }) {
  const applications = [APPLICATION.S6A];
  return connectPeer({ ...daemon.hssTls, originHost, originRealm: realm, applications, ...(tls ? { tls } : {}) });
}

/** A certificate for a name, by nobody. */
function selfSigned(name: string): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), "self-signed-"));
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  const options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", `/CN=${name.slice(0, 60)}`, "-addext", `subjectAltName=DNS:${name}`];
  try {
    execFileSync("openssl", ["req", "-x509", ...options, ...names, "-keyout", key, "-out", cert], { stdio: "pipe" });
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The CEA that refuses us. */
const refused = (resultCode: number = RESULT.UNKNOWN_PEER) => expect.objectContaining({ resultCode });

const activities = async (tenant: TestTenant, kind: string) =>
  (await cloud.world.deps.store.raw(paths.subscriberActivities(tenant.id))).filter((each) => each.kind === kind);

/** As soon as the daemon has heard of the box: until then it is a stranger. */
async function connects<N extends SimulatedMme | SimulatedSmf>(node: () => N): Promise<N> {
  return until("is let in", async () => {
    const made = node();
    const isIn = await made.connect().then(
      () => true,
      () => false,
    );
    return isIn && made;
  });
}

describe("an EPC of one tenant", () => {
  it("gets answers in its own tenant's realm, though the HSS has another name", () => {
    expect(mme.link.remote).toEqual({ originHost: "hss.wisptools.local", originRealm: visited.tenant.diameter.realm });
    expect(visited.tenant.diameter.realm).not.toBe(home.tenant.diameter.realm);
  });

  it("is not told that another tenant's subscriber exists, whatever it asks; the home tenant hears of it", async () => {
    // The home tenant hears of one node now and then only: this one it has never heard of.
    const asking = await cloud.epc(visited);
    const [mme, smf] = [await connects(() => mmeOf(asking)), await connects(() => smfOf(asking))];
    const ue = await cloud.subscriber(home, { imei: "490154203237518" });
    const stranger = await cloud.subscriber(visited);
    await until("the daemon has both", async () => (await mme.attach(stranger)).outcome === "attached");
    const air = await askForVector(mme.link, ue.imsi, plmnOctets(cloud.visitedPlmn));
    expect(resultOf(air)).toEqual(USER_UNKNOWN);
    expect(vectorsOf(air)).toEqual([]);
    expect(await mme.tau(ue)).toEqual({ outcome: "rejected", by: "ULA", result: USER_UNKNOWN });
    expect((await mme.purge(ue.imsi)).result).toEqual(USER_UNKNOWN);
    // Bound to other equipment: whoever may know the binding is told "black".
    const ecr = { imsi: ue.imsi, imei: OTHER_IMEI, softwareVersion: "01" };
    expect((await mme.checkEquipment(ecr)).status).toBe(EQUIPMENT.WHITELISTED);
    const opened = await smf.open({ imsi: ue.imsi, apn: "internet", address: "10.45.0.9" });
    expect(opened).toEqual({ outcome: "rejected", result: GX_USER_UNKNOWN });
    // Exactly as for somebody whom nobody has.
    const nobody = cloud.newImsi();
    expect(resultOf(await askForVector(mme.link, nobody, plmnOctets(cloud.visitedPlmn)))).toEqual(USER_UNKNOWN);
    expect(await smf.open({ imsi: nobody, apn: "internet", address: "10.45.0.9" })).toEqual(opened);
    for (const { originHost } of [mme, smf]) {
      const told = await until(`the home tenant is told of ${originHost}`, async () =>
        (await activities(home, "cross-tenant")).find(({ message }) => message.includes(originHost)),
      );
      expect(told).toMatchObject({ imsi: ue.imsi, severity: "warning" });
    }
    expect(await activities(visited, "cross-tenant")).toEqual([]);
    expect((await cloud.stored(home, ue.imsi))?.live).toBeUndefined();
  }, 60_000);

  it("serves them once the home tenant names its tenant as roaming partner, and no longer when it does not", async () => {
    const ue = await cloud.subscriber(home, { imei: "490154203237518" });
    const settings = (partners: string[]) =>
      cloud.done(home, "PATCH", "/api/hss/settings", { roaming_partners: partners });
    await settings([visited.id]);
    const card = new SimulatedUe({ imsi: ue.imsi, keys: demoKeys(), imei: "490154203237518" });
    await until("may attach", async () => (await mme.attach(card)).outcome === "attached");
    const ecr = { imsi: ue.imsi, imei: OTHER_IMEI, softwareVersion: "01" };
    expect((await mme.checkEquipment(ecr)).status).toBe(EQUIPMENT.BLACKLISTED);
    const opened = await smf.open({ imsi: ue.imsi, apn: "internet", address: "10.45.0.10" });
    expect(opened.outcome).toBe("open");
    await settings([]);
    await until("may not any more", async () => {
      const outcome = await mme.attach(card);
      return outcome.outcome === "rejected" && outcome.result.code === EXPERIMENTAL.USER_UNKNOWN;
    });
    await mme.next("CLR", ue.imsi, SOON_MS);
    await smf.next("released", ue.imsi, SOON_MS);
  }, 60_000);
});

describe("plain TCP", () => {
  it("is for the address that the box enrolled from: from another one its name is refused", async () => {
    const epc = await cloud.epc(visited);
    await connects(() => mmeOf(epc));
    const other = await cloud.epc(visited);
    await connects(() => smfOf(other));
    const options = { ...daemon.hss, originHost: other.mme, originRealm: other.realm, applications: [APPLICATION.S6A] };
    await expect(connectPeer({ ...options, localAddress: "127.0.0.2" })).rejects.toEqual(refused());
    // Either box may have been refused before, while the daemon had not heard of it.
    const told = await until("is shown", async () =>
      (await activities(visited, "peer-refused")).find(
        ({ epcId, message }) => epcId === other.id && message.includes("127.0.0.2"),
      ),
    );
    expect(told).toMatchObject({ epcId: other.id, severity: "warning" });
    await until("is shown under MME connections", async () => {
      const { connections } = await cloud.done(visited, "GET", "/api/hss/mme-connections");
      return connections.some(
        (each: Record<string, unknown>) => each.origin_host === other.mme && each.state === "refused",
      );
    });
  }, 60_000);

  it("is for nobody who never enrolled", async () => {
    const { realm } = visited.tenant.diameter;
    const options = { ...daemon.hss, originRealm: realm, applications: [APPLICATION.S6A] };
    for (const name of [`mme.epc-0123456789abcdef.${realm}`, `mme.${realm}`, "hss.wisptools.local"]) {
      await expect(connectPeer({ ...options, originHost: name })).rejects.toEqual(refused());
    }
  });

  it.each(["revoke-credentials", "retire"])(
    "ends within seconds of %s, and is refused from then on",
    async (verb) => {
      const epc = await cloud.epc(visited);
      const lost = Promise.withResolvers<string>();
      const options = { ...daemon.hss, originHost: epc.mme, originRealm: epc.realm };
      const node = await connects(
        () => new SimulatedMme({ ...options, linkChanged: (connected, reason) => connected || lost.resolve(reason) }),
      );
      const begun = performance.now();
      await cloud.done(visited, "POST", `/api/epc/${epc.id}/${verb}`, {});
      await lost.promise;
      console.log(`${verb}: the connection ended ${Math.round(performance.now() - begun)} ms after the API was called`);
      expect(node.link.isConnected).toBe(false);
      await expect(mmeOf(epc).connect()).rejects.toEqual(refused());
      await expect(smfOf(epc).connect()).rejects.toEqual(refused());
    },
    60_000,
  );
});

describe("TLS", () => {
  let tenant: TestTenant;

  beforeAll(async () => {
    // After the daemon was started: it has to learn of this tenant's authority while it runs.
    tenant = await cloud.tenant({ plain: false });
  });

  it("lets a box in with the certificate of its enrolment, and only with it", async () => {
    const box = await cloud.epc(tenant);
    const node = await connects(() => mmeOf(box, daemon.hssTls));
    const ue = await cloud.subscriber(tenant);
    await until("attaches", async () => (await node.attach(ue)).outcome === "attached");
    await connects(() => smfOf(box, daemon.pcrfTls));
    await node.close();
    await expect(mmeOf(box).connect()).rejects.toEqual(refused());
    const { ca, serverName } = box.tls as NonNullable<TestEpc["tls"]>;
    await expect(connectTls(box, { ca, serverName })).rejects.toThrow();
  }, 60_000);

  it("refuses the certificates of another tenant's box, of another box of the tenant, and one that somebody made", async () => {
    const epc = await cloud.epc(tenant);
    await (await connects(() => mmeOf(epc, daemon.hssTls))).close();
    const others = await cloud.tenant({ plain: false });
    for (const owner of [others, tenant]) {
      const other = await cloud.epc(owner);
      await (await connects(() => mmeOf(other, daemon.hssTls))).close();
      await expect(connectTls(epc, other.tls)).rejects.toEqual(refused());
    }
    const ours = epc.tls as NonNullable<TestEpc["tls"]>;
    await expect(connectTls(epc, { ...ours, ...selfSigned(epc.mme) })).rejects.toThrow();
  }, 120_000);

  it("takes the certificate that a renewal brings, and the last one besides", async () => {
    const box = await cloud.epc(tenant);
    const { csr, keyPem: key } = certificateRequest();
    const path = `/api/epc/${box.id}/certificate`;
    const { status, body } = await deviceCall(cloud.world.url, box.credentials, "POST", path, { csr });
    expect([status, body.success], JSON.stringify(body)).toEqual([200, true]);
    for (const tls of [{ cert: body.certificate_pem, key }, {}]) {
      await (await connects(() => mmeOf(box, daemon.hssTls, tls))).close();
    }
  }, 60_000);

  it("ends with the revocation of the box: its certificate is refused", async () => {
    const box = await cloud.epc(tenant);
    const node = await connects(() => mmeOf(box, daemon.hssTls));
    await cloud.done(tenant, "POST", `/api/epc/${box.id}/revoke-credentials`, {});
    await until("is sent away", () => !node.link.isConnected);
    await expect(mmeOf(box, daemon.hssTls).connect()).rejects.toEqual(refused());
  }, 60_000);
});
