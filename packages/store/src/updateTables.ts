import {
  Alert,
  AptPackage,
  Channel,
  type ChannelName,
  type PackageId,
  PackageUpload,
  Publication,
  paths,
  RepositoryKey,
  Rollout,
  RolloutDevice,
  Snapshot,
  type TenantId,
  type UploadId,
} from "@wisptools/core";
import type { Firestore, Query } from "firebase-admin/firestore";
import { Documents, type Meter, type Stored } from "./documents.ts";
import { idPage, type Page } from "./page.ts";
import { RolloutDevices, Rollouts } from "./rolloutTables.ts";

/** More channels or keys than a tenant may have. */
const ALL = 100;

class Packages extends Documents<[TenantId, PackageId], AptPackage> {
  async page(tenantId: TenantId, size: number, after?: string, name?: string): Promise<Page<AptPackage>> {
    let query: Query = this.db.collection(paths.packages(tenantId));
    if (name) query = query.where("name", "==", name);
    return idPage(this, query, size, after);
  }

  /** One version: a document for each architecture it was built for. */
  async versions(tenantId: TenantId, name: string, version: string): Promise<Stored<AptPackage>[]> {
    const named = this.db.collection(paths.packages(tenantId)).where("name", "==", name);
    return this.find(named.where("version", "==", version).limit(ALL));
  }
}

class Channels extends Documents<[TenantId, ChannelName], Channel> {
  async all(tenantId: TenantId): Promise<Stored<Channel>[]> {
    return this.find(this.db.collection(paths.channels(tenantId)).limit(ALL));
  }

  /** Channels of all tenants whose release ends by then, soonest first. */
  async expiring(by: Date, limit: number): Promise<Stored<Channel>[]> {
    return this.find(
      this.db.collectionGroup("channels").where("validUntil", "<=", by).orderBy("validUntil").limit(limit),
    );
  }
}

class Keys extends Documents<[TenantId, string], RepositoryKey> {
  async active(tenantId: TenantId): Promise<Stored<RepositoryKey>[]> {
    return this.find(this.db.collection(paths.repositoryKeys(tenantId)).where("state", "==", "active").limit(ALL));
  }

  async all(tenantId: TenantId): Promise<Stored<RepositoryKey>[]> {
    return this.find(this.db.collection(paths.repositoryKeys(tenantId)).limit(ALL));
  }
}

/** The documents of APT repositories and rollouts. */
export function updateCollections(db: Firestore, meter: Meter) {
  return {
    packages: new Packages(db, meter, AptPackage, paths.package),
    packageUploads: new Documents<[TenantId, UploadId], PackageUpload>(db, meter, PackageUpload, paths.packageUpload),
    channels: new Channels(db, meter, Channel, paths.channel),
    snapshots: new Documents<[TenantId, string], Snapshot>(db, meter, Snapshot, paths.snapshot),
    publications: new Documents<[TenantId, string], Publication>(db, meter, Publication, paths.publication),
    repositoryKeys: new Keys(db, meter, RepositoryKey, paths.repositoryKey),
    rollouts: new Rollouts(db, meter, Rollout, paths.rollout),
    rolloutDevices: new RolloutDevices(db, meter, RolloutDevice, paths.rolloutDevice),
    alerts: new Documents<[TenantId, string], Alert>(db, meter, Alert, paths.alert),
  };
}
