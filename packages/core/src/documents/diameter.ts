// Who speaks Diameter with the platform, and the daemons that answer: of the platform rather than of one tenant, and server only.
import { z } from "zod";
import { EpcId, TenantId } from "../domain/ids.ts";
import { Instant } from "./instant.ts";
import { mirrored } from "./mirrored.ts";

/** diameterPeers/{originHost}, server only: who may connect, mirrored by the daemons. */
export const DiameterPeer = z.object({
  schemaVersion: z.literal(1),
  originHost: z.string(),
  tenantId: TenantId,
  epcId: EpcId,
  role: z.enum(["mme", "smf"]),
  /** SHA-256 of the certificates (DER) that hold now, 64 hex digits each: the newest and, until it is used, the one before. */
  certificates: z.array(z.string()),
  /** Addresses from which it may connect without TLS; empty: never. */
  plainFrom: z.array(z.string()),
  ...mirrored,
});
export type DiameterPeer = z.infer<typeof DiameterPeer>;

/** daemons/{daemonId}, server only: heartbeat of a daemon. `sqnIndex` is its own IND for good (3GPP TS 33.102 C.1.1.1). */
export const Daemon = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  sqnIndex: z.int().min(0).max(31),
  roles: z.array(z.string()),
  startedAt: Instant,
  heartbeatAt: Instant,
  /** Seconds between a change in the cloud and its being served here, at the last one. */
  lagSeconds: z.number(),
  /** Records waiting to be written to the cloud. */
  queued: z.int(),
  peers: z.int(),
  subscribers: z.int(),
});
export type Daemon = z.infer<typeof Daemon>;

/** daemonIndexes/{0..31}: create() gives each daemon an IND that no other has. */
export const DaemonIndex = z.object({ schemaVersion: z.literal(1), daemonId: z.string(), claimedAt: Instant });
export type DaemonIndex = z.infer<typeof DaemonIndex>;

/** platformSecrets/diameterCa, server only: the authority that certifies the daemons' own identities. `key` is sealed for `platform`. */
export const CertificateAuthority = z.object({
  schemaVersion: z.literal(1),
  certificatePem: z.string(),
  key: z.object({ wrappedKey: z.string(), iv: z.string(), ciphertext: z.string(), tag: z.string(), aad: z.string() }),
  createdAt: Instant,
});
export type CertificateAuthority = z.infer<typeof CertificateAuthority>;
