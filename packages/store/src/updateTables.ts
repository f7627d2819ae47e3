import {
  Alert,
  AptPackage,
  Channel,
  type ChannelName,
  type EpcId,
  type PackageId,
  PackageUpload,
  Publication,
  paths,
  RepositoryKey,
  Rollout,
  RolloutDevice,
  type RolloutId,
  Snapshot,
  type TenantId,
  type UploadId,
} from "@wisptools/core";
import type { Firestore } from "firebase-admin/firestore";
import { Documents, type Meter } from "./documents.ts";

/** The documents of APT repositories and rollouts. */
export function updateCollections(db: Firestore, meter: Meter) {
  return {
    packages: new Documents<[TenantId, PackageId], AptPackage>(db, meter, AptPackage, paths.package),
    packageUploads: new Documents<[TenantId, UploadId], PackageUpload>(db, meter, PackageUpload, paths.packageUpload),
    channels: new Documents<[TenantId, ChannelName], Channel>(db, meter, Channel, paths.channel),
    snapshots: new Documents<[TenantId, string], Snapshot>(db, meter, Snapshot, paths.snapshot),
    publications: new Documents<[TenantId, string], Publication>(db, meter, Publication, paths.publication),
    repositoryKeys: new Documents<[TenantId, string], RepositoryKey>(db, meter, RepositoryKey, paths.repositoryKey),
    rollouts: new Documents<[TenantId, RolloutId], Rollout>(db, meter, Rollout, paths.rollout),
    rolloutDevices: new Documents<[TenantId, RolloutId, EpcId], RolloutDevice>(
      db,
      meter,
      RolloutDevice,
      paths.rolloutDevice,
    ),
    alerts: new Documents<[TenantId, string], Alert>(db, meter, Alert, paths.alert),
  };
}
