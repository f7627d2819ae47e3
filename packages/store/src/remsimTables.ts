import {
  BankIdHolder,
  paths,
  RemsimCredential,
  RemsimLoginHolder,
  RemsimServer,
  type RemsimServerId,
  RemsimSettings,
  RemsimTenantIdHolder,
  RSPRO_MAX,
  SimBank,
  SimCard,
  SimImsiHolder,
  SlotClaim,
  SlotMap,
  type TenantId,
} from "@wisptools/core";
import type { Firestore } from "firebase-admin/firestore";
import { CardPool } from "./cardPool.ts";
import { Documents, type Meter, type Stored } from "./documents.ts";
import { RemsimClients, RemsimConfigurations } from "./remsimClients.ts";
import { SimSlots } from "./simSlots.ts";
import { SlotNumbers } from "./slotNumbers.ts";
import { Tokens } from "./tokens.ts";

/** More servers than there are, and more banks than a tenant may have (SIM_BANKS_MAX). */
const ALL = 200;

class SimBanks extends Documents<[TenantId, number], SimBank> {
  async all(tenantId: TenantId): Promise<Stored<SimBank>[]> {
    return this.find(this.db.collection(paths.simBanks(tenantId)).limit(ALL));
  }

  async countAll(tenantId: TenantId): Promise<number> {
    return this.count(this.db.collection(paths.simBanks(tenantId)));
  }

  /** Banks of all tenants that the sweep shall look at, longest due first. */
  async due(now: Date, limit: number): Promise<Stored<SimBank>[]> {
    const due = this.db.collectionGroup("simBanks").where("sweepAt", "<=", now);
    return this.find(due.orderBy("sweepAt").limit(limit));
  }
}

class RemsimServers extends Documents<[RemsimServerId], RemsimServer> {
  async all(): Promise<Stored<RemsimServer>[]> {
    return this.find(this.db.collection(paths.remsimServers()).limit(ALL));
  }
}

class BankIds extends Documents<[RemsimServerId, number], BankIdHolder> {
  /** Whose the bank numbers of a server are, by number. */
  async ofServer(serverId: RemsimServerId): Promise<{ bankId: number; tenantId: TenantId }[]> {
    const holders = await this.find(this.db.collection(paths.remsimBankIds(serverId)).limit(RSPRO_MAX));
    return holders.map(({ path, data: { tenantId } }) => ({ bankId: Number(path.split("/").at(-1)), tenantId }));
  }
}

/** The documents of remote SIM. */
export function remsimCollections(db: Firestore, meter: Meter) {
  return {
    simBanks: new SimBanks(db, meter, SimBank, paths.simBank),
    simSlots: new SimSlots(db, meter),
    cardPool: new CardPool(db, meter),
    simCards: new Documents<[TenantId, string], SimCard>(db, meter, SimCard, paths.simCard),
    simImsis: new Documents<[TenantId, string], SimImsiHolder>(db, meter, SimImsiHolder, paths.simImsi),
    slotClaims: new SlotNumbers<SlotClaim>(db, meter, SlotClaim, paths.slotClaim),
    slotMaps: new SlotNumbers<SlotMap>(db, meter, SlotMap, paths.slotMap),
    remsimClients: new RemsimClients(db, meter),
    remsimConfigurations: new RemsimConfigurations(db, meter),
    remsimSettings: new Documents<[TenantId], RemsimSettings>(db, meter, RemsimSettings, paths.remsimSettings),
    remsimCredentials: new Tokens<RemsimCredential>(db, meter, RemsimCredential, paths.remsimCredential),
    remsimLogins: new Documents<[TenantId, string], RemsimLoginHolder>(db, meter, RemsimLoginHolder, paths.remsimLogin),
    remsimServers: new RemsimServers(db, meter, RemsimServer, paths.remsimServer),
    remsimBankIds: new BankIds(db, meter, BankIdHolder, paths.remsimBankId),
    remsimTenantIds: new Documents<[number], RemsimTenantIdHolder>(
      db,
      meter,
      RemsimTenantIdHolder,
      paths.remsimTenantId,
    ),
  };
}
