import {
  ApnProfile,
  CertificateAuthority,
  Daemon,
  DaemonIndex,
  DiameterPeer,
  EirEntry,
  type EpcId,
  EquipmentSighting,
  Group,
  HssCommand,
  HssProfile,
  type Imsi,
  ImsiHolder,
  MmeConnection,
  PdnSession,
  Plan,
  paths,
  Subscriber,
  SubscriberActivity,
  SubscriberImport,
  type TenantId,
} from "@wisptools/core";
import type { Firestore } from "firebase-admin/firestore";
import { Documents, type Meter, type Stored } from "./documents.ts";
import { Subscribers } from "./subscribers.ts";

/** Plans, groups or APN profiles. */
class CatalogueTable<T> extends Documents<[TenantId, string], T> {
  /** All that are not tombstones, in id order. */
  async all(tenantId: TenantId): Promise<T[]> {
    const collection = this.path(tenantId, "x").replace(/\/x$/, "");
    const found = await this.find(this.db.collection(collection).where("deleted", "==", false).limit(500));
    return found.map((stored) => stored.data);
  }

  /** One that names this plan or APN profile; tombstones name none. */
  async using(tenantId: TenantId, field: "planId" | "apnIds", id: string): Promise<Stored<T>[]> {
    const collection = this.path(tenantId, "x").replace(/\/x$/, "");
    const operator = field === "apnIds" ? "array-contains" : "==";
    return this.find(this.db.collection(collection).where(field, operator, id).limit(1));
  }
}

class Equipment extends Documents<[TenantId, Imsi, string], EquipmentSighting> {
  async ofSubscriber(tenantId: TenantId, imsi: Imsi): Promise<Stored<EquipmentSighting>[]> {
    return this.find(this.db.collection(paths.equipment(tenantId, imsi)).limit(400));
  }
}

class Sessions extends Documents<[TenantId, string], PdnSession> {
  async countOpen(tenantId: TenantId): Promise<number> {
    return this.count(this.db.collection(paths.sessions(tenantId)).where("state", "==", "open"));
  }
}

class MmeConnections extends Documents<[TenantId, string], MmeConnection> {
  async all(tenantId: TenantId): Promise<MmeConnection[]> {
    return (await this.find(this.db.collection(paths.mmeConnections(tenantId)).limit(500))).map((one) => one.data);
  }

  async countConnected(tenantId: TenantId, role: MmeConnection["role"]): Promise<number> {
    const connected = this.db.collection(paths.mmeConnections(tenantId)).where("state", "==", "connected");
    return this.count(connected.where("role", "==", role));
  }
}

class SubscriberImports extends Documents<[TenantId, string], SubscriberImport> {
  /** Every kept import of the file with this hash. */
  async ofFile(tenantId: TenantId, sha256: string): Promise<Stored<SubscriberImport>[]> {
    return this.find(this.db.collection(paths.subscriberImports(tenantId)).where("sha256", "==", sha256).limit(50));
  }
}

class Daemons extends Documents<[string], Daemon> {
  async all(): Promise<Daemon[]> {
    return (await this.find(this.db.collection(paths.daemons()).limit(100))).map((one) => one.data);
  }
}

class DiameterPeers extends Documents<[string], DiameterPeer> {
  /** The peers of one EPC, buried ones too. */
  async ofEpc(epcId: EpcId): Promise<Stored<DiameterPeer>[]> {
    return this.find(this.db.collection(paths.diameterPeers()).where("epcId", "==", epcId).limit(10));
  }
}

/** The tables of the cloud HSS, EIR and PCRF. */
export function subscriptionCollections(db: Firestore, meter: Meter) {
  return {
    subscribers: new Subscribers(db, meter, Subscriber, paths.subscriber),
    hssProfiles: new Documents<[TenantId, Imsi], HssProfile>(db, meter, HssProfile, paths.hssProfile),
    imsis: new Documents<[Imsi], ImsiHolder>(db, meter, ImsiHolder, paths.imsi),
    equipment: new Equipment(db, meter, EquipmentSighting, paths.equipmentSighting),
    plans: new CatalogueTable(db, meter, Plan, paths.plan),
    groups: new CatalogueTable(db, meter, Group, paths.group),
    apnProfiles: new CatalogueTable(db, meter, ApnProfile, paths.apnProfile),
    eirEntries: new Documents<[TenantId, string], EirEntry>(db, meter, EirEntry, paths.eirEntry),
    sessions: new Sessions(db, meter, PdnSession, paths.session),
    mmeConnections: new MmeConnections(db, meter, MmeConnection, paths.mmeConnection),
    subscriberActivity: new Documents<[TenantId, string], SubscriberActivity>(
      db,
      meter,
      SubscriberActivity,
      paths.subscriberActivity,
    ),
    hssCommands: new Documents<[TenantId, string], HssCommand>(db, meter, HssCommand, paths.hssCommand),
    subscriberImports: new SubscriberImports(db, meter, SubscriberImport, paths.subscriberImport),
    diameterPeers: new DiameterPeers(db, meter, DiameterPeer, paths.diameterPeer),
    daemons: new Daemons(db, meter, Daemon, paths.daemon),
    daemonIndexes: new Documents<[number], DaemonIndex>(db, meter, DaemonIndex, paths.daemonIndex),
    platformAuthorities: new Documents<[string], CertificateAuthority>(
      db,
      meter,
      CertificateAuthority,
      paths.platformSecret,
    ),
  };
}
