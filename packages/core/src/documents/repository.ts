import { z } from "zod";
import {
  Architecture,
  ChannelName,
  Fingerprint,
  PackageId,
  PackageName,
  PackageVersion,
  UploadId,
} from "../domain/apt/ids.ts";
import { Sha256, TenantId } from "../domain/ids.ts";
import { Instant } from "./instant.ts";

/** tenants/{t}/packages/{name_version_arch}: one .deb of the pool. Never changes; its object is named by its hash. */
export const AptPackage = z.object({
  schemaVersion: z.literal(1),
  id: PackageId,
  tenantId: TenantId,
  name: PackageName,
  version: PackageVersion,
  architecture: Architecture,
  /** Octets of the .deb. */
  size: z.int(),
  sha256: Sha256,
  /** First line of the description. */
  summary: z.string(),
  maintainer: z.string(),
  /** Its entry in a Packages index (deb822, ends with one newline), Filename, Size and SHA256 included. */
  stanza: z.string(),
  uploadedAt: Instant,
  uploadedBy: z.string(),
  /** When a channel began with it. */
  updatedAt: Instant.optional(),
  /** It is being deleted: its object may be gone already, and no channel may take it. */
  deleting: z.literal(true).optional(),
});
export type AptPackage = z.infer<typeof AptPackage>;

/** tenants/{t}/packageUploads/{id}: a resumable upload that was begun; ends when it is finalised or with its TTL. */
export const PackageUpload = z.object({
  schemaVersion: z.literal(1),
  id: UploadId,
  tenantId: TenantId,
  filename: z.string(),
  size: z.int(),
  /** open -> done with the package | refused with the reason. */
  state: z.enum(["open", "done", "refused"]),
  packageId: PackageId.optional(),
  reason: z.string().optional(),
  /** What a refused one was answered besides, to be answered again. */
  refusal: z.object({ code: z.enum(["invalid-argument", "already-exists"]), field: z.string().optional() }).optional(),
  createdAt: Instant,
  createdBy: z.string(),
  expireAt: Instant,
});
export type PackageUpload = z.infer<typeof PackageUpload>;

/** An index file of a release, stored under its own hash (by-hash). */
export const IndexFile = z.object({
  /** Below dists/{suite}/, e.g. main/binary-amd64/Packages.gz */
  path: z.string(),
  size: z.int(),
  sha256: Sha256,
});
export type IndexFile = z.infer<typeof IndexFile>;

/** tenants/{t}/snapshots/{sha256}: an immutable list of packages. Its id is the hash of all its stanzas, which an object holds. */
export const Snapshot = z.object({
  schemaVersion: z.literal(1),
  id: Sha256,
  tenantId: TenantId,
  packages: z.int(),
  /** Octets of all its .debs. */
  poolSize: z.int(),
  indexes: z.array(IndexFile),
  createdAt: Instant,
  createdBy: z.string(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** What a channel's clients are given: the one atomic switch is the write of this in the channel's document. */
export const Release = z.object({
  snapshotId: Sha256,
  packages: z.int(),
  indexes: z.array(IndexFile),
  /** The Release file, clear-signed, and the same text with its detached signature. */
  inRelease: z.string(),
  release: z.string(),
  releaseGpg: z.string(),
  /** apt ignores one that is not later than what it has. */
  date: Instant,
  validUntil: Instant,
  /** Keys that signed it. */
  fingerprints: z.array(Fingerprint),
});
export type Release = z.infer<typeof Release>;

/** tenants/{t}/channels/{name} */
export const Channel = z.object({
  schemaVersion: z.literal(1),
  id: ChannelName,
  tenantId: TenantId,
  /** Grows with each publication: publishers write on condition of what they read. */
  sequence: z.int(),
  current: Release,
  publishedAt: Instant,
  publishedBy: z.string(),
  /** validUntil of `current`, for the query of the re-sign schedule. */
  validUntil: Instant,
  updatedAt: Instant,
});
export type Channel = z.infer<typeof Channel>;

/** tenants/{t}/publications/{channel-sequence}: the history of a channel, for people. */
export const Publication = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  channel: ChannelName,
  sequence: z.int(),
  action: z.enum(["publish", "promote", "rollback", "resign"]),
  snapshotId: Sha256,
  packages: z.int(),
  added: z.array(PackageId),
  removed: z.array(PackageId),
  /** The channel it was promoted from. */
  from: ChannelName.optional(),
  note: z.string(),
  at: Instant,
  by: z.string(),
});
export type Publication = z.infer<typeof Publication>;

/** tenants/{t}/repositoryKeys/{fingerprint}; the private half is in secrets/repositoryKey-{fingerprint}. */
export const RepositoryKey = z.object({
  schemaVersion: z.literal(1),
  id: Fingerprint,
  tenantId: TenantId,
  algorithm: z.enum(["ed25519", "rsa4096"]),
  /** active keys sign, all of them at once; a retired one signs no more. */
  state: z.enum(["active", "retired"]),
  publicKey: z.string(),
  /** This public key in a message clear-signed by the keys that were active before it; the first has none. */
  announcement: z.string().optional(),
  createdAt: Instant,
  expiresAt: Instant,
  retiredAt: Instant.optional(),
});
export type RepositoryKey = z.infer<typeof RepositoryKey>;
