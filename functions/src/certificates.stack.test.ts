// Diameter certificates from the enrolment to the revocation; openssl judges the chains.
import { spawnSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DiameterPeer, diameterIdentity, EpcId, paths } from "@wisptools/core";
import { readCertificateRequest } from "@wisptools/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentPackageFolder } from "../../scripts/release/agentPackage.ts";
import { dependencies } from "./config.ts";
import { certificateRequest } from "./testing/certificateRequest.ts";
import { type Credentials, call, deviceCall, type Reply, registration } from "./testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let plain: TestTenant;
const folder = mkdtempSync(join(tmpdir(), "certificates-"));

beforeAll(async () => {
  world = await startWorld();
  [ours, theirs, plain] = await Promise.all([makeTenant(world.deps), makeTenant(world.deps), makeTenant(world.deps)]);
  const diameter = { ...plain.tenant.diameter, tls: false };
  await world.deps.store.write().patch(paths.tenant(plain.id), { diameter }).commit();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  return world.close();
});

const register = (fields: object = {}, tenant = ours): Promise<Reply> =>
  call(
    world.url,
    "POST",
    "/api/epc/auto-register",
    registration({ tenant_id: tenant.id, enrollment_token: tenant.token, ...fields }),
  );
const renew = (device: Credentials, csr: unknown, epcId = device.epc_id): Promise<Reply> =>
  deviceCall(world.url, device, "POST", `/api/epc/${epcId}/certificate`, { csr });
const operator = (tenant: TestTenant, epcId: string, verb: string): Promise<Reply> =>
  call(world.url, "POST", `/api/epc/${epcId}/${verb}`, {}, { "x-api-key": tenant.apiKey });
const identity = (role: "mme" | "smf", device: Credentials, tenant = ours) =>
  diameterIdentity(role, EpcId.parse(device.epc_id), tenant.tenant.diameter.realm);

async function peers(device: Credentials, tenant = ours): Promise<DiameterPeer[]> {
  const ids = [identity("mme", device, tenant), identity("smf", device, tenant)];
  return Promise.all(ids.map(async (id) => (await world.deps.store.diameterPeers.need("peer", id)).data));
}

const hashOf = (pem: string) => createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");

function verifies(certificatePem: string, caPem: string, purpose: string, name: string): boolean {
  writeFileSync(join(folder, "leaf.pem"), certificatePem);
  writeFileSync(join(folder, "ca.pem"), caPem);
  const argv = [
    "verify",
    "-x509_strict",
    "-purpose",
    purpose,
    "-verify_hostname",
    name,
    "-CAfile",
    join(folder, "ca.pem"),
  ];
  return spawnSync("openssl", [...argv, join(folder, "leaf.pem")]).status === 0;
}

describe("an enrolment with a request", () => {
  it("brings a certificate of the box's key for its MME and its SMF, and lets both in", async () => {
    const { csr, keyPem } = certificateRequest();
    const { status, body } = await register({ csr });
    expect(status).toBe(201);
    const { certificate_pem: certificate, ca_pem: ca } = body.diameter;
    for (const role of ["mme", "smf"] as const) {
      expect(verifies(certificate, ca, "sslclient", identity(role, body))).toBe(true);
      expect(verifies(certificate, ca, "sslserver", identity(role, body))).toBe(true);
    }
    expect(verifies(certificate, ca, "sslclient", "hss.wisptools.local")).toBe(false);
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    const [mme, smf] = await peers(body);
    const shared = {
      tenantId: ours.id,
      epcId: body.epc_id,
      certificates: [hashOf(certificate)],
      plainFrom: [],
      deleted: false,
    };
    expect(mme).toMatchObject({ ...shared, role: "mme", originHost: body.diameter.identity });
    expect(smf).toMatchObject({ ...shared, role: "smf", originHost: identity("smf", body) });
    expect(Math.abs((mme?.updatedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("without one brings none, and the peers are known but may not connect", async () => {
    const { body } = await register();
    expect(body.diameter).toMatchObject({ certificate_pem: null, ca_pem: null });
    for (const peer of await peers(body))
      expect(peer).toMatchObject({ certificates: [], plainFrom: [], deleted: false });
  });

  it("names the platform's daemons, which what the box trusts covers, and only those", async () => {
    const { body } = await register({ csr: certificateRequest().csr });
    expect(body.diameter).toMatchObject({ hss_identity: "hss.wisptools.local", hss_host: "hss.wisptools.local" });
    const identities = [body.diameter.hss_identity, "pcrf.wisptools.local"];
    const server = await world.deps.store.certificateAuthorities.issueServerCertificate(identities, new Date());
    for (const name of identities)
      expect(verifies(server.certificatePem, body.diameter.ca_pem, "sslserver", name)).toBe(true);
    expect(verifies(server.certificatePem, server.caPem, "sslserver", "hss.wisptools.local")).toBe(true);
    expect(verifies(server.certificatePem, body.diameter.ca_pem, "sslserver", body.diameter.identity)).toBe(false);
    expect(new X509Certificate(server.certificatePem).checkPrivateKey(createPrivateKey(server.keyPem))).toBe(true);
    expect(verifies(body.diameter.certificate_pem, server.caPem, "sslclient", body.diameter.identity)).toBe(false);
  });

  it.each<[string, () => string]>([
    ["no request", () => "hello"],
    ["a weak key", () => certificateRequest(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]).csr],
  ])("with %s is refused, names csr and leaves nothing behind", async (_, csr) => {
    const before = (await world.deps.store.epcs.page(ours.id, 200)).items.length;
    const { status, body } = await register({ csr: csr() });
    expect([status, body.error.field]).toEqual([400, "csr"]);
    expect((await world.deps.store.epcs.page(ours.id, 200)).items).toHaveLength(before);
  });

  it("by the same box again lets the new and the last certificate hold", async () => {
    const hardware_id = crypto.randomUUID();
    const pems: string[] = [];
    let device = {} as Credentials;
    for (let n = 0; n < 3; n++) {
      const { body } = await register({ hardware_id, csr: certificateRequest().csr });
      pems.push(body.diameter.certificate_pem);
      device = body;
    }
    expect((await peers(device)).map((peer) => peer.certificates)).toEqual(
      Array(2).fill([hashOf(pems[2] ?? ""), hashOf(pems[1] ?? "")]),
    );
    await register({ hardware_id });
    expect((await peers(device))[0]?.certificates).toHaveLength(2);
  });

  it("twenty times at once leaves two certificates that were handed out, the same for both", async () => {
    const hardware_id = crypto.randomUUID();
    const { csr } = certificateRequest();
    const replies = await Promise.all(Array.from({ length: 20 }, () => register({ hardware_id, csr })));
    expect(replies.map((reply) => reply.status).sort()).toEqual([...Array(19).fill(200), 201]);
    const [mme, smf] = await peers(replies[0]?.body);
    expect(mme?.certificates).toHaveLength(2);
    expect(smf?.certificates).toEqual(mme?.certificates);
    const handedOut = replies.map((reply) => hashOf(reply.body.diameter.certificate_pem));
    for (const hash of mme?.certificates ?? []) expect(handedOut).toContain(hash);
  }, 60_000);
});

describe("plain Diameter", () => {
  it("is let in from the box's own addresses where the tenant has no TLS, and follows them", async () => {
    const hardware_id = crypto.randomUUID();
    const { body } = await register({ hardware_id, network: { primary_ip: "192.0.2.4" } }, plain);
    for (const peer of await peers(body, plain)) expect(peer.plainFrom).toEqual(["127.0.0.1", "192.0.2.4"]);
    await register({ hardware_id, network: { primary_ip: "192.0.2.5" } }, plain);
    for (const peer of await peers(body, plain)) expect(peer.plainFrom).toEqual(["127.0.0.1", "192.0.2.5"]);
    for (const primary_ip of ["127.0.0.1", "", "anywhere", "0.0.0.0/0", "::ffff:127.0.0.1"]) {
      await register({ hardware_id, network: { primary_ip } }, plain);
      for (const peer of await peers(body, plain)) expect(peer.plainFrom, primary_ip).toEqual(["127.0.0.1"]);
    }
  });
});

describe("a renewal", () => {
  it("brings a fresh certificate beside which the one before holds, and says so in the audit", async () => {
    const first = (await register({ csr: certificateRequest().csr })).body;
    const { csr, keyPem } = certificateRequest();
    const { status, body } = await renew(first, csr);
    expect(status).toBe(200);
    expect(verifies(body.certificate_pem, body.ca_pem, "sslclient", identity("mme", first))).toBe(true);
    expect(new X509Certificate(body.certificate_pem).checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    const days = (Date.parse(body.expires_at) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    expect(new Date(new X509Certificate(body.certificate_pem).validTo).toISOString()).toBe(body.expires_at);
    const both = [hashOf(body.certificate_pem), hashOf(first.diameter.certificate_pem)];
    for (const peer of await peers(first)) expect(peer.certificates).toEqual(both);
    const entries = await world.deps.store.raw(paths.audits(ours.id));
    expect(entries).toContainEqual(expect.objectContaining({ action: "certificate.renew", target: first.epc_id }));
  });

  it("gives a box that enrolled without its first", async () => {
    const device = (await register()).body;
    const { body } = await renew(device, certificateRequest().csr);
    expect((await peers(device))[0]?.certificates).toEqual([hashOf(body.certificate_pem)]);
  });

  it.each<[string, unknown]>([
    ["no request", "hello"],
    ["nothing", undefined],
    ["a number", 7],
    ["too much", "x".repeat(9000)],
  ])("with %s is refused and names csr", async (_, csr) => {
    const device = (await register()).body;
    const { status, body } = await renew(device, csr);
    expect([status, body.error.field]).toEqual([400, "csr"]);
    expect((await peers(device))[0]?.certificates).toEqual([]);
  });

  it("is for the box itself: not for another of its tenant, another tenant's, or someone without a signature", async () => {
    const [mine, neighbour] = [(await register()).body, (await register()).body];
    const foreign = (await register({}, theirs)).body;
    const { csr } = certificateRequest();
    expect((await renew(neighbour, csr, mine.epc_id)).status).toBe(404);
    expect((await renew(foreign, csr, mine.epc_id)).status).toBe(404);
    const unsigned = await call(world.url, "POST", `/api/epc/${mine.epc_id}/certificate`, { csr });
    expect(unsigned.status).toBe(401);
    for (const peer of await peers(mine)) expect(peer.certificates).toEqual([]);
  });
});

describe("two tenants", () => {
  it("have authorities of their own, and neither's certificate holds under what the other's boxes trust", async () => {
    const { csr } = certificateRequest();
    const [mine, foreign] = [(await register({ csr })).body, (await register({ csr }, theirs)).body];
    const own = (body: typeof mine) => body.diameter.certificate_pem;
    expect(verifies(own(foreign), foreign.diameter.ca_pem, "sslclient", identity("mme", foreign, theirs))).toBe(true);
    expect(verifies(own(foreign), mine.diameter.ca_pem, "sslclient", identity("mme", foreign, theirs))).toBe(false);
    expect(verifies(own(mine), foreign.diameter.ca_pem, "sslclient", identity("mme", mine))).toBe(false);
    for (const peer of await peers(foreign, theirs)) expect(peer.tenantId).toBe(theirs.id);
  });
});

describe("an end", () => {
  it.each(["revoke-credentials", "retire"])(
    "by %s shuts MME and SMF out at once, for good, until the box is let in again",
    async (verb) => {
      const hardware_id = crypto.randomUUID();
      const device = (await register({ hardware_id, csr: certificateRequest().csr })).body;
      expect((await operator(theirs, device.epc_id, verb)).status).toBe(404);
      for (const peer of await peers(device)) expect(peer).toMatchObject({ deleted: false });
      expect((await operator(ours, device.epc_id, verb)).status).toBe(200);
      for (const peer of await peers(device)) {
        expect(peer).toMatchObject({ deleted: true, certificates: [], plainFrom: [] });
        expect(((peer.expireAt?.getTime() ?? 0) - Date.now()) / 86_400_000).toBeCloseTo(30, 1);
      }
      expect((await renew(device, certificateRequest().csr)).status).toBe(401);
      const asks = (fields: object = {}) => register({ hardware_id, csr: certificateRequest().csr, ...fields });
      const waits = await asks();
      expect(waits.status).toBe(202);
      for (const peer of await peers(device)) expect(peer.deleted).toBe(true);
      const { claim_id, claim_secret, confirmation_code: code } = waits.body;
      const headers = { "x-api-key": ours.apiKey };
      await call(world.url, "POST", `/api/epc/claims/${claim_id}/approve`, { code }, headers);
      const back = await asks({ claim_id, claim_secret });
      expect([back.status, back.body.epc_id]).toEqual([200, device.epc_id]);
      for (const peer of await peers(device)) {
        expect(peer).toMatchObject({ deleted: false, certificates: [hashOf(back.body.diameter.certificate_pem)] });
        expect(peer.expireAt).toBeUndefined();
      }
    },
  );

  it("is not overtaken by enrolments and renewals that were under way", async () => {
    const hardware_id = crypto.randomUUID();
    const { csr } = certificateRequest();
    const device = (await register({ hardware_id, csr })).body;
    await Promise.all([
      ...Array.from({ length: 6 }, () => register({ hardware_id, csr })),
      ...Array.from({ length: 6 }, () => renew(device, csr)),
      operator(ours, device.epc_id, "revoke-credentials"),
      ...Array.from({ length: 6 }, () => register({ hardware_id, csr })),
    ]);
    const epc = (await world.deps.store.epcs.need("EPC", ours.id, EpcId.parse(device.epc_id))).data;
    expect(epc.credentials.revokedAt).toBeDefined();
    for (const peer of await peers(device)) expect(peer).toMatchObject({ deleted: true, certificates: [] });
  }, 60_000);
});

describe("an authority", () => {
  it("is made once, however many instances need it first, and its key is sealed", async () => {
    const fresh = await makeTenant(world.deps);
    const instances = Array.from({ length: 6 }, () =>
      dependencies(join(import.meta.dirname, "../../scripts/device"), agentPackageFolder()),
    );
    const request = await readCertificateRequest(certificateRequest().csr);
    const issued = await Promise.all(
      instances.map(({ store }) =>
        store.certificateAuthorities.certifyEpc(fresh.id, request, ["mme.x.test"], new Date()),
      ),
    );
    expect(new Set(issued.map(({ caPem }) => caPem)).size).toBe(1);
    for (const one of issued) expect(verifies(one.certificatePem, one.caPem, "sslclient", "mme.x.test")).toBe(true);
    const tenant = (await world.deps.store.tenants.need("tenant", fresh.id)).data;
    expect(issued[0]?.caPem.startsWith(tenant.diameterCa?.certificatePem ?? "none")).toBe(true);
    const sealed = (await world.deps.store.secrets.need("secret", fresh.id, "diameterCa")).data;
    const keyPem = await world.deps.store.vault.open(fresh.id, "diameter-ca", sealed);
    const authority = new X509Certificate(tenant.diameterCa?.certificatePem ?? "");
    expect(authority.publicKey.equals(createPublicKey(keyPem))).toBe(true);
    await expect(world.deps.store.vault.open(theirs.id, "diameter-ca", sealed)).rejects.toThrow();
    const platform = (await world.deps.store.platformAuthorities.need("authority", "diameterCa")).data;
    expect(JSON.stringify([sealed, platform, tenant])).not.toMatch(/PRIVATE KEY/);
  }, 60_000);
});
