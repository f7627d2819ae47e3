import { execFile, execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type ClientPeer, connectPeer } from "./client.ts";
import { APPLICATION } from "./dictionary/commands.ts";
import type { TlsIdentity } from "./peer/tlsIdentity.ts";
import { DiameterServer } from "./server.ts";
import type { Candidate, Refusal, TlsMaterial } from "./serverOptions.ts";

let folder: string;
let server: DiameterServer<undefined>;
let candidates: Candidate[];
let refused: Refusal[];
const clients: ClientPeer[] = [];

const openssl = (...args: string[]): void => {
  execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
};
const pem = (name: string): string => readFileSync(join(folder, name), "utf8");
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function makeCa(ca: string): void {
  openssl("req", "-x509", ...KEY, "-days", "2", "-subj", `/CN=${ca}`, "-keyout", `${ca}.key`, "-out", `${ca}.crt`);
}

function makeCertificate(name: string, ca: string, commonName: string, alternatives: string): void {
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${alternatives}\n`);
  openssl("req", ...KEY, "-subj", `/CN=${commonName}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
  const signing = ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`, "-CAcreateserial", "-days", "2"];
  openssl("x509", "-req", "-in", `${name}.csr`, ...signing, "-extfile", `${name}.ext`, "-out", `${name}.crt`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "diameter-tls-"));
  for (const ca of ["one", "two"]) makeCa(ca);
  makeCertificate("hss", "one", "hss.test", "DNS:hss.test");
  makeCertificate("hss2", "two", "hss.test", "DNS:hss.test");
  makeCertificate("mme", "one", "Site 1", "DNS:mme.test,DNS:smf.test,IP:127.0.0.1");
  makeCertificate("stranger", "two", "mme.test", "DNS:mme.test");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const material = (name: string): TlsMaterial => ({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) });

beforeEach(async () => {
  candidates = [];
  refused = [];
  server = new DiameterServer<undefined>({
    listeners: [{ host: "127.0.0.1", port: 0, tls: material("hss") }],
    originHost: "hss.test",
    originRealm: "test",
    applications: [APPLICATION.S6A],
    productName: "tls",
    handshakeMs: 2_000,
    handlers: new Map(),
    admit: (candidate) => {
      candidates.push(candidate);
      const named = candidate.tls?.names.includes(candidate.originHost);
      if (!named) return { admitted: false, resultCode: 3010, reason: "the certificate is somebody else's" };
      return { admitted: true, context: undefined, originRealm: "test", requestsPerSecond: 10 };
    },
    events: { peerRefused: (refusal) => refused.push(refusal) },
  });
  await server.listen();
});
afterEach(async () => {
  for (const each of clients.splice(0)) each.cut("the test is over");
  await server.stop(100);
});

const port = (): number => server.addresses[0]?.port ?? 0;

async function joinAs(name: string | undefined, ca: string, originHost = "mme.test"): Promise<ClientPeer> {
  const own = name === undefined ? {} : { cert: pem(`${name}.crt`), key: pem(`${name}.key`) };
  const tls = { ca: pem(`${ca}.crt`), serverName: "hss.test", ...own };
  const peer = await connectPeer({
    host: "127.0.0.1",
    port: port(),
    originHost,
    originRealm: "test",
    applications: [APPLICATION.S6A],
    tls,
  });
  clients.push(peer);
  return peer;
}

it("tells the admission whose certificate it is", async () => {
  const peer = await joinAs("mme", "one");
  expect(peer.isOpen).toBe(true);
  const fingerprintSha256 = new X509Certificate(pem("mme.crt")).fingerprint256.replaceAll(":", "").toLowerCase();
  expect(candidates[0]?.tls).toMatchObject({ fingerprintSha256, names: ["mme.test", "smf.test", "Site 1"] });
  const { validFrom, validTo } = candidates.map(({ tls }) => tls)[0] as TlsIdentity;
  expect(validTo.getTime() - validFrom.getTime()).toBe(2 * 86_400_000);
  expect(server.peers()[0]?.tls).toEqual(candidates[0]?.tls);
  expect(server.addresses[0]?.tls).toBe(true);
});

it("lets the admission refuse who claims another's name", async () => {
  await expect(joinAs("mme", "one", "mme.other.test")).rejects.toMatchObject({ resultCode: 3010 });
});

it("has no CER from who shows no certificate", async () => {
  await expect(joinAs(undefined, "one")).rejects.toThrow();
  await vi.waitFor(() =>
    expect(refused).toEqual([expect.objectContaining({ reason: "TLS: it showed no certificate" })]),
  );
  expect(candidates).toEqual([]);
});

it("leaves it to the admission whose authority counts: the fingerprint tells", async () => {
  await joinAs("stranger", "one");
  const fingerprint = new X509Certificate(pem("stranger.crt")).fingerprint256.replaceAll(":", "").toLowerCase();
  expect(candidates[0]?.tls?.fingerprintSha256).toBe(fingerprint);
});

it("names no authority to who connects, so that tenants stay unknown", async () => {
  const stdout = await new Promise<string>((resolve) => {
    const argv = ["s_client", "-connect", `127.0.0.1:${port()}`];
    execFile("openssl", argv, (_error, output) => resolve(output)).stdin?.end();
  });
  expect(stdout).toContain("No client certificate CA names sent");
});

it("has no TLS 1.1", async () => {
  const socket = connect({
    host: "127.0.0.1",
    port: port(),
    ca: pem("one.crt"),
    servername: "hss.test",
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  });
  await expect(
    new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject)),
  ).rejects.toThrow();
});

it("has no plain text", async () => {
  const plain = connectPeer({
    host: "127.0.0.1",
    port: port(),
    originHost: "mme.test",
    originRealm: "test",
    applications: [APPLICATION.S6A],
  });
  await expect(plain).rejects.toThrow();
  expect(candidates).toEqual([]);
});

it("takes a new certificate for new connections, and keeps the open ones", async () => {
  const before = await joinAs("mme", "one");
  server.updateTls(material("hss2"));
  expect(before.isOpen).toBe(true);
  await expect(joinAs("mme", "one", "smf.test")).rejects.toThrow();
  await before.close(0, "to make room for the same name");
  const after = await joinAs("stranger", "two");
  expect(after.isOpen).toBe(true);
  expect(() => server.updateTls({ ...material("hss"), key: "none" })).toThrow();
  await after.close(0, "again");
  expect((await joinAs("stranger", "two")).isOpen).toBe(true);
});
