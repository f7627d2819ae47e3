// Who a TLS certificate says somebody is.
import type { TLSSocket } from "node:tls";

export interface TlsIdentity {
  /** SHA-256 of the certificate, lower-case hexadecimal without colons. */
  readonly fingerprintSha256: string;
  /** The dNSNames of subjectAltName, and the common name. */
  readonly names: readonly string[];
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** @returns undefined if the other side showed no certificate. */
export function tlsIdentityOf(socket: TLSSocket): TlsIdentity | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    fingerprintSha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    names: [...new Set([...dnsNames(certificate.subjectAltName), ...commonNames(certificate.subject)])],
    validFrom: certificate.validFromDate,
    validTo: certificate.validToDate,
  };
}

/** Reads Node's text of subjectAltName: `DNS:a, IP Address:b, DNS:"with, comma"`. */
export function dnsNames(subjectAltName: string | undefined): string[] {
  const entries = (subjectAltName ?? "").match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) ?? [];
  return entries.flatMap((entry) => {
    const name = /^\s*DNS:(.*)$/s.exec(entry)?.[1];
    if (name === undefined || name === "") return [];
    return [name.startsWith('"') ? (JSON.parse(name) as string) : name];
  });
}

/** Reads Node's text of a subject: a line per attribute. */
export function commonNames(subject: string | undefined): string[] {
  return (subject ?? "").split("\n").flatMap((line) => {
    const name = /^CN=(.+)$/.exec(line)?.[1];
    return name === undefined ? [] : [name];
  });
}
