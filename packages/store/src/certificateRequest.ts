import { createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";
import { AppError } from "@wisptools/core";

/** @peculiar/x509 on Node's own cryptography; loaded at first use, as most requests never need it. */
export async function x509(): Promise<typeof X509> {
  await import("reflect-metadata");
  const library = await import("@peculiar/x509");
  library.cryptoProvider.set(webcrypto);
  return library;
}

/** A PKCS#10 request whose signature holds: all that counts of it is its public key. */
export interface CertificateRequest {
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
  kind: "ec" | "rsa";
}

const ARMOUR =
  /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END (NEW )?CERTIFICATE REQUEST-----\s*$/;
const CURVES: Record<string, string> = { prime256v1: "P-256", secp384r1: "P-384" };
const RSA_BITS = { least: 2048, most: 8192 };

/**
 * Reads a PEM certificate request and checks that its sender holds the key. `invalid-argument` naming `csr` for anything
 * that is no request, whose signature does not hold, or whose key is not EC P-256 or P-384 or RSA of 2048 to 8192 bits.
 */
export async function readCertificateRequest(pem: string): Promise<CertificateRequest> {
  if (!ARMOUR.test(pem)) throw refused("is not a PEM certificate request (PKCS #10)");
  const { Pkcs10CertificateRequest } = await x509();
  let request: X509.Pkcs10CertificateRequest;
  let key: KeyObject;
  try {
    request = new Pkcs10CertificateRequest(pem);
    key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: "der", type: "spki" });
  } catch (error) {
    throw refused("is not a PEM certificate request (PKCS #10)", error);
  }
  const kind = kindOf(key);
  const signed = await request.verify().catch(() => false);
  if (!signed) throw refused("is not signed by the key it holds");
  return { publicKey: key.export({ format: "der", type: "spki" }), kind };
}

function kindOf(key: KeyObject): CertificateRequest["kind"] {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ec":
      if (namedCurve && CURVES[namedCurve]) return "ec";
      throw refused(`holds an EC key on ${namedCurve ?? "a curve without a name"}; ${ACCEPTED}`);
    case "rsa":
      if (modulusLength && modulusLength >= RSA_BITS.least && modulusLength <= RSA_BITS.most) return "rsa";
      throw refused(`holds an RSA key of ${modulusLength} bits; ${ACCEPTED}`);
    default:
      throw refused(`holds a key of the kind ${key.asymmetricKeyType}; ${ACCEPTED}`);
  }
}

const ACCEPTED = `certified are EC P-256, EC P-384 and RSA of ${RSA_BITS.least} to ${RSA_BITS.most} bits`;

function refused(words: string, cause?: unknown): AppError {
  return new AppError("invalid-argument", `csr ${words}`, { field: "csr", ...(cause ? { cause } : {}) });
}
