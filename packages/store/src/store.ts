import {
  ApiKey,
  Claim,
  Command,
  DeviceCredential,
  EnrolmentToken,
  Epc,
  type EpcId,
  type EpcState,
  Hardware,
  Invitation,
  Member,
  paths,
  Script,
  SealedSecret,
  TacHolder,
  Tenant,
  type TenantId,
  User,
} from "@wisptools/core";
import type { Firestore, Query } from "firebase-admin/firestore";
import { CertificateAuthorities } from "./certificateAuthorities.ts";
import { Documents, type Meter, type Stored, Write } from "./documents.ts";
import type { Platform } from "./firebase.ts";
import { ObjectStore } from "./objectStore.ts";
import { idPage, type Page } from "./page.ts";
import { People } from "./people.ts";
import { remsimCollections } from "./remsimTables.ts";
import { RepositorySigner } from "./repositorySigner.ts";
import { SigningKeys } from "./signingKeys.ts";
import { SubscriberKeys } from "./subscriberKeys.ts";
import { subscriptionCollections } from "./subscriptionTables.ts";
import { Tokens } from "./tokens.ts";
import { updateCollections } from "./updateTables.ts";
import { type KeyService, Vault } from "./vault.ts";
import { WebhookSecrets } from "./webhookSecrets.ts";
import { webhookCollections } from "./webhookTables.ts";

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

function collections(db: Firestore, meter: Meter) {
  return {
    ...subscriptionCollections(db, meter),
    ...remsimCollections(db, meter),
    ...updateCollections(db, meter),
    ...webhookCollections(db, meter),
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
    repositorySigner: new RepositorySigner(vault, tables.secrets),
    subscriberKeys: new SubscriberKeys(vault, tables.secrets),
    webhookSecrets: new WebhookSecrets(vault, tables.secrets),
    certificateAuthorities: new CertificateAuthorities(vault, tables, write),
    write,
    /** One document unparsed: for benches. */
    rawDocument: async (path: string) => (await platform.db.doc(path).get()).data(),
    /** Every document of a collection, unparsed: for tests and exports. */
    raw: async (collection: string) => (await platform.db.collection(collection).get()).docs.map((doc) => doc.data()),
  };
}
