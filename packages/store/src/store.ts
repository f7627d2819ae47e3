import {
  ApiKey,
  ApnProfile,
  CertificateAuthority,
  Claim,
  Command,
  Daemon,
  DaemonIndex,
  DeviceCredential,
  DiameterPeer,
  EirEntry,
  EnrolmentToken,
  Epc,
  type EpcId,
  type EpcState,
  EquipmentSighting,
  Group,
  Hardware,
  HssCommand,
  HssProfile,
  type Imsi,
  ImsiHolder,
  Invitation,
  Member,
  MmeConnection,
  PdnSession,
  Plan,
  paths,
  Script,
  SealedSecret,
  Subscriber,
  SubscriberActivity,
  SubscriberImport,
  TacHolder,
  Tenant,
  type TenantId,
  User,
} from "@wisptools/core";
import { FieldPath, type Firestore, type Query } from "firebase-admin/firestore";
import { CertificateAuthorities } from "./certificateAuthorities.ts";
import { Documents, type Meter, type Stored, Write } from "./documents.ts";
import type { Platform } from "./firebase.ts";
import { ObjectStore } from "./objectStore.ts";
import { People } from "./people.ts";
import { SigningKeys } from "./signingKeys.ts";
import { SubscriberKeys } from "./subscriberKeys.ts";
import { type KeyService, Vault } from "./vault.ts";

/** A page of a list in id order; `next` is absent on the last. */
export interface Page<T> {
  items: T[];
  next: string | undefined;
}

class Tokens<T extends { id: string }> extends Documents<[TenantId, string], T> {
  /** By its hash alone, when the request does not name the tenant. */
  async findAnywhere(group: string, sha256: string): Promise<Stored<T> | undefined> {
    return (await this.find(this.db.collectionGroup(group).where("id", "==", sha256).limit(1)))[0];
  }
}

class Epcs extends Documents<[TenantId, EpcId], Epc> {
  async page(tenantId: TenantId, size: number, after?: string, state?: EpcState): Promise<Page<Epc>> {
    let query: Query = this.db.collection(paths.epcs(tenantId));
    if (state) query = query.where("state", "==", state);
    return idPage(this, query, size, after);
  }

  /** EPCs of all tenants that should have reported by now, longest silent first. */
  async overdue(now: Date, limit: number): Promise<Stored<Epc>[]> {
    return this.find(this.db.collectionGroup("epcs").where("offlineAt", "<=", now).orderBy("offlineAt").limit(limit));
  }
}

class Claims extends Documents<[TenantId, string], Claim> {
  async pendingPage(tenantId: TenantId, size: number, after?: string): Promise<Page<Claim>> {
    return idPage(this, this.db.collection(paths.claims(tenantId)).where("state", "==", "pending"), size, after);
  }
}

class Commands extends Documents<[TenantId, EpcId, string], Command> {
  async overdue(now: Date, limit: number): Promise<Stored<Command>[]> {
    return this.find(
      this.db
        .collectionGroup("commands")
        .where("state", "in", ["queued", "delivered", "running"])
        .where("expiresAt", "<=", now)
        .limit(limit),
    );
  }
}

class Members extends Documents<[TenantId, string], Member> {
  async all(tenantId: TenantId): Promise<Stored<Member>[]> {
    return this.find(this.db.collection(paths.members(tenantId)).limit(400));
  }

  async owners(tenantId: TenantId): Promise<Stored<Member>[]> {
    return this.find(this.db.collection(paths.members(tenantId)).where("role", "==", "owner").limit(2));
  }
}

class Tacs extends Documents<[TenantId, number], TacHolder> {
  async used(tenantId: TenantId): Promise<Set<number>> {
    const snapshot = await this.db.collection(paths.tacs(tenantId)).select().get();
    this.meter.reads += Math.max(1, snapshot.size);
    return new Set(snapshot.docs.map((doc) => Number(doc.id)));
  }
}

class DiameterPeers extends Documents<[string], DiameterPeer> {
  /** The peers of one EPC, buried ones too. */
  async ofEpc(epcId: EpcId): Promise<Stored<DiameterPeer>[]> {
    return this.find(this.db.collection(paths.diameterPeers()).where("epcId", "==", epcId).limit(10));
  }
}

async function idPage<T>(documents: Documents<never, T>, query: Query, size: number, after?: string): Promise<Page<T>> {
  let ordered = query.orderBy(FieldPath.documentId()).limit(size + 1);
  if (after) ordered = ordered.startAfter(after);
  const found = await documents.find(ordered);
  const last = found[size - 1];
  return {
    items: found.slice(0, size).map((stored) => stored.data),
    next: found.length > size && last ? last.path.slice(last.path.lastIndexOf("/") + 1) : undefined,
  };
}

/** The tables of the cloud HSS, EIR and PCRF. */
function subscriptionCollections(db: Firestore, meter: Meter) {
  return {
    subscribers: new Documents<[TenantId, Imsi], Subscriber>(db, meter, Subscriber, paths.subscriber),
    hssProfiles: new Documents<[TenantId, Imsi], HssProfile>(db, meter, HssProfile, paths.hssProfile),
    imsis: new Documents<[Imsi], ImsiHolder>(db, meter, ImsiHolder, paths.imsi),
    equipment: new Documents<[TenantId, Imsi, string], EquipmentSighting>(
      db,
      meter,
      EquipmentSighting,
      paths.equipmentSighting,
    ),
    plans: new Documents<[TenantId, string], Plan>(db, meter, Plan, paths.plan),
    groups: new Documents<[TenantId, string], Group>(db, meter, Group, paths.group),
    apnProfiles: new Documents<[TenantId, string], ApnProfile>(db, meter, ApnProfile, paths.apnProfile),
    eirEntries: new Documents<[TenantId, string], EirEntry>(db, meter, EirEntry, paths.eirEntry),
    sessions: new Documents<[TenantId, string], PdnSession>(db, meter, PdnSession, paths.session),
    mmeConnections: new Documents<[TenantId, string], MmeConnection>(db, meter, MmeConnection, paths.mmeConnection),
    subscriberActivity: new Documents<[TenantId, string], SubscriberActivity>(
      db,
      meter,
      SubscriberActivity,
      paths.subscriberActivity,
    ),
    hssCommands: new Documents<[TenantId, string], HssCommand>(db, meter, HssCommand, paths.hssCommand),
    subscriberImports: new Documents<[TenantId, string], SubscriberImport>(
      db,
      meter,
      SubscriberImport,
      paths.subscriberImport,
    ),
    diameterPeers: new DiameterPeers(db, meter, DiameterPeer, paths.diameterPeer),
    daemons: new Documents<[string], Daemon>(db, meter, Daemon, paths.daemon),
    daemonIndexes: new Documents<[number], DaemonIndex>(db, meter, DaemonIndex, paths.daemonIndex),
    platformAuthorities: new Documents<[string], CertificateAuthority>(
      db,
      meter,
      CertificateAuthority,
      paths.platformSecret,
    ),
  };
}

function collections(db: Firestore, meter: Meter) {
  return {
    ...subscriptionCollections(db, meter),
    users: new Documents(db, meter, User, paths.user),
    tenants: new Documents<[TenantId], Tenant>(db, meter, Tenant, paths.tenant),
    members: new Members(db, meter, Member, paths.member),
    invitations: new Documents<[TenantId, string], Invitation>(db, meter, Invitation, paths.invitation),
    enrolmentTokens: new Tokens(db, meter, EnrolmentToken, paths.enrolmentToken),
    apiKeys: new Tokens(db, meter, ApiKey, paths.apiKey),
    epcs: new Epcs(db, meter, Epc, paths.epc),
    commands: new Commands(db, meter, Command, paths.command),
    scripts: new Documents<[TenantId, EpcId, number], Script>(db, meter, Script, paths.script),
    claims: new Claims(db, meter, Claim, paths.claim),
    hardware: new Documents(db, meter, Hardware, paths.hardware),
    deviceCredentials: new Documents(db, meter, DeviceCredential, paths.deviceCredential),
    tacs: new Tacs(db, meter, TacHolder, paths.tac),
    secrets: new Documents<[TenantId, string], SealedSecret>(db, meter, SealedSecret, paths.secret),
  };
}

export type Store = ReturnType<typeof openStore>;

/** Everything the operations need of the outside world's storage. */
export function openStore(platform: Platform, keys: KeyService) {
  const meter: Meter = { reads: 0, writes: 0 };
  const tables = collections(platform.db, meter);
  const vault = new Vault(keys);
  const write = () => new Write(platform.db, meter);
  return {
    ...tables,
    meter,
    vault,
    objects: new ObjectStore(platform.bucket),
    people: new People(platform.auth),
    signingKeys: new SigningKeys(vault, tables.secrets),
    subscriberKeys: new SubscriberKeys(vault, tables.secrets),
    certificateAuthorities: new CertificateAuthorities(vault, tables, write),
    write,
    /** One document unparsed: for benches. */
    rawDocument: async (path: string) => (await platform.db.doc(path).get()).data(),
    /** Every document of a collection, unparsed: for tests and exports. */
    raw: async (collection: string) => (await platform.db.collection(collection).get()).docs.map((doc) => doc.data()),
  };
}
