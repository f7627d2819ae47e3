import { RESULT } from "./diameter/dictionary/results.ts";
import type { Admission, Candidate } from "./diameter/serverOptions.ts";
import type { PeerContext } from "./peerContext.ts";
import type { Directory } from "./records.ts";

export interface AdmissionOptions {
  /** More are answered 3004 (RFC 6733 7.1.3). */
  readonly requestsPerSecond: number;
  /** Stand-alone mode: any peer is admitted, and answered with this Origin-Realm. */
  readonly trusted?: { readonly realm: string };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Who may be a peer: an enrolled EPC's node of an active tenant, by its certificate, or from the address that was enrolled
 * for connections without TLS. Whoever it is gets answers of its own tenant's realm: an MME sends requests to no other.
 */
export function admitPeer(
  directory: Pick<Directory, "peer" | "tenant">,
  options: AdmissionOptions,
): (candidate: Candidate) => Admission<PeerContext> {
  const { requestsPerSecond, trusted, now = Date.now } = options;
  return (candidate) => {
    if (trusted) {
      const context: PeerContext = { tenantId: "", role: "other", trusted: true };
      return { admitted: true, context, originRealm: trusted.realm, requestsPerSecond };
    }
    const peer = directory.peer(candidate.originHost);
    if (!peer) return refuse("it is not enrolled");
    const tenant = directory.tenant(peer.tenantId);
    if (!tenant) return refuse("its tenant is unknown");
    if (!tenant.active) return refuse("its tenant is suspended");
    const fault = candidate.tls ? tlsFault(peer, candidate, candidate.tls, now()) : addressFault(peer, candidate);
    if (fault !== undefined) return refuse(fault);
    const { tenantId, epcId, role } = peer;
    const context: PeerContext = { tenantId, ...(epcId === undefined ? {} : { epcId }), role, trusted: false };
    return { admitted: true, context, originRealm: tenant.realm, requestsPerSecond };
  };
}

type Enrolled = NonNullable<ReturnType<Directory["peer"]>>;

/**
 * The name in the certificate must be the one that the CER gives (RFC 6733 13.1), and the certificate one that we issued to this node and still hold. The
 * handshake has proved that its key is there; no list of authorities is sent, as that would name every tenant to anyone who connects.
 */
function tlsFault(
  { certificates }: Enrolled,
  { originHost }: Candidate,
  tls: NonNullable<Candidate["tls"]>,
  now: number,
): string | undefined {
  const name = originHost.toLowerCase();
  if (!tls.names.some((each) => each.toLowerCase() === name)) return "its certificate is for another name";
  const known = certificates.some((each) => each.toLowerCase() === tls.fingerprintSha256);
  if (!known) return "its certificate was replaced or revoked, or is not ours";
  if (now < tls.validFrom.getTime()) return "its certificate is not valid yet";
  return now > tls.validTo.getTime() ? "its certificate has expired" : undefined;
}

function addressFault({ plainFrom }: Enrolled, { address }: Candidate): string | undefined {
  if (plainFrom.length === 0) return "it may only connect with TLS";
  return plainFrom.includes(address) ? undefined : `${address} is not its address`;
}

function refuse(reason: string): Admission<PeerContext> {
  return { admitted: false, resultCode: RESULT.UNKNOWN_PEER, reason };
}
