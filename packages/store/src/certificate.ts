import { createHash, createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { type CertificateRequest, x509 } from "./certificateRequest.ts";

const DAY_MS = 24 * 3_600_000;
/** Clocks of boxes that were just switched on run behind. */
const BACKDATED_MS = 5 * 60_000;
const AUTHORITY_YEARS = 10;
/** How long a certificate of an EPC or a daemon holds, days. */
export const CERTIFICATE_DAYS = 90;
/** A common name is at most 64 characters long (RFC 5280 appendix A.1, ub-common-name). */
const COMMON_NAME_LIMIT = 64;
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const PEM = { format: "pem", type: "pkcs8" } as const;

/** An authority as it is opened: what it certifies with. */
export interface Authority {
  certificatePem: string;
  keyPem: string;
}

/** A certificate for Diameter over TLS. */
export interface IssuedCertificate {
  certificatePem: string;
  /** SHA-256 of its DER, 64 hex digits. */
  sha256: string;
  expiresAt: Date;
}

/** A self-signed authority that certifies end entities only: ECDSA P-256, 10 years. */
export async function newAuthority(commonName: string, now: Date): Promise<Authority> {
  const lib = await x509();
  const keys = await newKeys();
  const certificate = await lib.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName.slice(0, COMMON_NAME_LIMIT)] }],
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_YEARS * 365 * DAY_MS),
    keys,
    signingAlgorithm: EC,
    extensions: [
      new lib.BasicConstraintsExtension(true, 0, true),
      new lib.KeyUsagesExtension(lib.KeyUsageFlags.keyCertSign, true),
      await lib.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: ended(certificate.toString("pem")), keyPem: await privatePem(keys.privateKey) };
}

/**
 * Certifies a key for Diameter identities (RFC 6733 13.1), as client and as server: a Diameter node is both. The names are
 * ours to give; the first one is the subject.
 */
export async function issueCertificate(
  authority: Authority,
  request: CertificateRequest,
  identities: readonly string[],
  now: Date,
): Promise<IssuedCertificate> {
  const lib = await x509();
  const expiresAt = new Date(Math.floor(now.getTime() / 1000) * 1000 + CERTIFICATE_DAYS * DAY_MS);
  const issuer = new lib.X509Certificate(authority.certificatePem);
  const usages = lib.KeyUsageFlags.digitalSignature | (request.kind === "rsa" ? lib.KeyUsageFlags.keyEncipherment : 0);
  const key = new lib.PublicKey(request.publicKey);
  const certificate = await lib.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [commonNameOf(identities)] }],
    issuer: issuer.subjectName,
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: expiresAt,
    publicKey: key,
    signingKey: await signingKey(authority.keyPem),
    signingAlgorithm: EC,
    extensions: [
      new lib.BasicConstraintsExtension(false, undefined, true),
      new lib.KeyUsagesExtension(usages, true),
      new lib.ExtendedKeyUsageExtension([lib.ExtendedKeyUsage.serverAuth, lib.ExtendedKeyUsage.clientAuth]),
      new lib.SubjectAlternativeNameExtension(identities.map((value) => ({ type: "dns" as const, value }))),
      await lib.AuthorityKeyIdentifierExtension.create(issuer),
      await lib.SubjectKeyIdentifierExtension.create(key),
    ],
  });
  const sha256 = createHash("sha256").update(Buffer.from(certificate.rawData)).digest("hex");
  return { certificatePem: ended(certificate.toString("pem")), sha256, expiresAt };
}

/** A fresh key pair for who needs no request: the private half as PKCS #8, PEM. */
export async function newKeyPair(): Promise<{ keyPem: string; request: CertificateRequest }> {
  const { privateKey } = await newKeys();
  const keyPem = await privatePem(privateKey);
  const publicKey = createPublicKey(keyPem).export({ format: "der", type: "spki" });
  return { keyPem, request: { publicKey, kind: "ec" } };
}

/** A long identity is shortened to its first labels: peers read the alternative names, where it stands whole. */
function commonNameOf([first = ""]: readonly string[]): string {
  return first.length <= COMMON_NAME_LIMIT ? first : first.split(".").slice(0, 2).join(".").slice(0, COMMON_NAME_LIMIT);
}

/** 128 random bits; the library keeps the number positive. */
function serialNumber(): string {
  return randomBytes(16).toString("hex");
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export(PEM).toString();
}

async function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: "der", type: "pkcs8" });
  return webcrypto.subtle.importKey("pkcs8", new Uint8Array(der), EC, false, ["sign"]);
}

function ended(pem: string): string {
  return new X509Certificate(pem).toString();
}
