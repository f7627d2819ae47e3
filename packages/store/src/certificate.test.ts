// openssl is the judge of what we make: chains, purposes, names and fields.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Authority, type IssuedCertificate, issueCertificate, newAuthority, newKeyPair } from "./certificate.ts";
import { readCertificateRequest } from "./certificateRequest.ts";

const NOW = new Date("2026-03-01T12:00:00.500Z");
const MME = "mme.epc-0123456789abcdef.wisp.test";
const SMF = "smf.epc-0123456789abcdef.wisp.test";

const folder = mkdtempSync(join(tmpdir(), "certificates-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" });

/** A request as a box makes it, whatever it asks for in its subject and extensions. */
function requestOf(algorithm: string[], more: string[] = []): string {
  const key = join(folder, "box.key");
  openssl("genpkey", ...algorithm, "-out", key);
  return openssl("req", "-new", "-key", key, "-subj", "/O=Someone else/CN=hss.wisp.test", ...more);
}

const P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
/** Seconds since 1970 some days after NOW. */
const at = (days: number) => String(Math.floor(NOW.getTime() / 1000 + days * 86_400));
const verifyAt = (time: string, ...args: string[]) =>
  spawnSync("openssl", ["verify", "-x509_strict", "-attime", time, ...args], { encoding: "utf8" });
const verify = (...args: string[]) => verifyAt(at(0.001), ...args);

let authority: Authority;
let issued: IssuedCertificate;

beforeAll(async () => {
  authority = await newAuthority("wisptools tenant_wisp123", NOW);
  const csr = requestOf(P256, ["-addext", "subjectAltName=DNS:hss.wisp.test", "-addext", "basicConstraints=CA:TRUE"]);
  issued = await issueCertificate(authority, await readCertificateRequest(csr), [MME, SMF], NOW);
});

describe("an authority", () => {
  it("holds for 10 years and certifies end entities only", () => {
    const text = openssl("x509", "-in", file("ca.pem", authority.certificatePem), "-noout", "-text");
    expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign\n/);
    expect(text).toContain("NIST CURVE: P-256");
    expect(text).toContain("Subject: CN = wisptools tenant_wisp123");
    expect(text).toMatch(/Not After : Feb 2[67] .* 2036/);
    const ca = join(folder, "ca.pem");
    expect(verify("-CAfile", ca, ca)).toMatchObject({ status: 0 });
  });

  it("keeps its key as PKCS #8", () => {
    expect(authority.keyPem).toMatch(/^-----BEGIN [A-Z]+ KEY-----\n/);
    const key = file("ca.key", authority.keyPem);
    expect(openssl("pkey", "-in", key, "-pubout")).toBe(
      openssl("x509", "-in", join(folder, "ca.pem"), "-noout", "-pubkey"),
    );
  });
});

describe("a certificate", () => {
  const check = (...args: string[]) => verify("-CAfile", file("ca.pem", authority.certificatePem), ...args);

  it.each(["sslclient", "sslserver"])(
    "holds under its authority as %s, for both identities, and not beyond 90 days",
    (purpose) => {
      const leaf = file("leaf.pem", issued.certificatePem);
      for (const name of [MME, SMF]) {
        expect(check("-purpose", purpose, "-verify_hostname", name, leaf)).toMatchObject({ status: 0 });
      }
      expect(check("-purpose", purpose, "-verify_hostname", "hss.wisp.test", leaf).status).not.toBe(0);
      const then = (days: number) => verifyAt(at(days), "-CAfile", join(folder, "ca.pem"), leaf);
      expect(then(89.9).status).toBe(0);
      expect(then(90.1).stderr).toContain("certificate has expired");
      expect(then(-0.01).stderr).toContain("not yet valid");
    },
  );

  it("is refused under another authority of the same name", async () => {
    const other = await newAuthority("wisptools tenant_wisp123", NOW);
    const leaf = file("leaf.pem", issued.certificatePem);
    expect(verify("-CAfile", file("other.pem", other.certificatePem), leaf).status).not.toBe(0);
  });

  it("takes the key of the request and nothing else", () => {
    const text = openssl("x509", "-in", file("leaf.pem", issued.certificatePem), "-noout", "-text");
    expect(text).toContain(`Subject: CN = ${MME}\n`);
    expect(text).toContain(`DNS:${MME}, DNS:${SMF}\n`);
    expect(text).not.toMatch(/hss\.wisp\.test|Someone else|CA:TRUE/);
    expect(text).toMatch(
      /X509v3 Extended Key Usage: \s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
    );
    expect(openssl("x509", "-in", join(folder, "leaf.pem"), "-noout", "-pubkey")).toBe(
      openssl("pkey", "-in", join(folder, "box.key"), "-pubout"),
    );
  });

  it("is told with the hash of its DER and its end", () => {
    const parsed = new X509Certificate(issued.certificatePem);
    expect(issued.sha256).toBe(createHash("sha256").update(parsed.raw).digest("hex"));
    expect(new Date(parsed.validTo)).toEqual(issued.expiresAt);
    expect(issued.expiresAt).toEqual(new Date("2026-05-30T12:00:00Z"));
  });

  it("has a serial number of its own, of at most 20 octets", async () => {
    const { request } = await newKeyPair();
    const serials = new Set<string>();
    for (let n = 0; n < 50; n++) {
      const { certificatePem } = await issueCertificate(authority, request, [MME], NOW);
      serials.add(new X509Certificate(certificatePem).serialNumber);
    }
    expect(serials.size).toBe(50);
    for (const serial of serials) expect(serial).toMatch(/^[0-9A-F]{20,34}$/);
  });

  it("of a realm too long for a common name carries the identity in its alternative names", async () => {
    const long = `mme.epc-0123456789abcdef.${"label.".repeat(18)}test`;
    const { request } = await newKeyPair();
    const { certificatePem } = await issueCertificate(authority, request, [long], NOW);
    const leaf = file("long.pem", certificatePem);
    expect(check("-verify_hostname", long, leaf).status).toBe(0);
    expect(openssl("x509", "-in", leaf, "-noout", "-subject")).toContain("CN = mme.epc-0123456789abcdef\n");
  });

  it("of a key made here fits that key", async () => {
    const { keyPem, request } = await newKeyPair();
    const { certificatePem } = await issueCertificate(authority, request, ["hss.wisptools.test"], NOW);
    const leaf = file("server.pem", certificatePem);
    expect(openssl("pkey", "-in", file("server.key", keyPem), "-pubout")).toBe(
      openssl("x509", "-in", leaf, "-noout", "-pubkey"),
    );
    expect(check("-verify_hostname", "hss.wisptools.test", leaf).status).toBe(0);
  });
});

describe("a request", () => {
  it.each<[string, string[]]>([
    ["EC P-256", P256],
    ["EC P-384", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]],
    ["RSA 2048", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]],
    ["RSA 3072", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]],
  ])("for %s is certified", async (_, algorithm) => {
    const request = await readCertificateRequest(requestOf(algorithm));
    const { certificatePem } = await issueCertificate(authority, request, [MME], NOW);
    const leaf = file("any.pem", certificatePem);
    expect(verify("-CAfile", file("ca.pem", authority.certificatePem), "-purpose", "sslclient", leaf)).toMatchObject({
      status: 0,
    });
    expect(openssl("x509", "-in", leaf, "-noout", "-pubkey")).toBe(
      openssl("pkey", "-in", join(folder, "box.key"), "-pubout"),
    );
  });

  it.each<[string, string[], string]>([
    ["RSA 1024", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "RSA key of 1024 bits"],
    ["EC P-224", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp224r1"], "EC key on secp224r1"],
    ["EC P-521", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "EC key on secp521r1"],
    ["EC secp256k1", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "EC key on secp256k1"],
    ["Ed25519", ["-algorithm", "ED25519"], "ed25519"],
    ["RSA-PSS", ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"], "rsa-pss"],
  ])("for %s is refused by name", async (_, algorithm, words) => {
    await expect(readCertificateRequest(requestOf(algorithm))).rejects.toMatchObject({
      code: "invalid-argument",
      field: "csr",
      message: expect.stringContaining(words),
    });
  });

  it("whose signature does not hold is refused", async () => {
    const [mine, other] = [requestOf(P256), requestOf(P256)].map((pem) =>
      Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64"),
    ) as [Buffer, Buffer];
    const point = (der: Buffer) => der.indexOf(Buffer.from("03420004", "hex")); // BIT STRING of an uncompressed P-256 point
    other.copy(mine, point(mine), point(other), point(other) + 68);
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${mine.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(readCertificateRequest(forged)).rejects.toThrow("csr is not signed by the key it holds");
  });

  it("that is none is refused: other PEM, cut, altered, random", async () => {
    const whole = requestOf(P256);
    const own = readFileSync(join(folder, "box.key"), "utf8");
    const none = ["x", "", authority.certificatePem, own, whole + whole, whole.slice(0, 200), `${whole}x`];
    const body = Buffer.from(whole.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const armoured = (der: Buffer) =>
      `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    for (let length = 1; length < body.length; length += 7) none.push(armoured(body.subarray(0, length)));
    for (let at = 0; at < body.length; at += 3) {
      const altered = Buffer.from(body);
      altered[at] = (altered[at] ?? 0) ^ 0x55;
      none.push(armoured(altered));
    }
    for (const pem of none) {
      await expect(readCertificateRequest(pem), pem).rejects.toMatchObject({ code: "invalid-argument", field: "csr" });
    }
  });
});
