// A tenant with banks, clients and maps on a Firestore project of a test's own, and daemons that look after its server.
import { randomBytes, randomUUID } from "node:crypto";
import {
  type BankSlot,
  bankSlotId,
  ClientKey,
  paths,
  type RemsimClient,
  RemsimServerId,
  type SlotMap,
  TenantId,
} from "@wisptools/core";
import { openFeeds } from "@wisptools/store";
import type { FakeRemsimServer } from "../../../../scripts/dev/simulator/remsimServer.ts";
import type { TestCloud } from "../../mirror/testing/cloud.ts";
import { type LoggedLine, removeFolder, temporaryFolder } from "../../mirror/testing/mirrors.ts";
import { Desired } from "../desired.ts";
import { remsimLog } from "../logs.ts";
import { openRemsimStore } from "../remsimStore.ts";
import { ServerKeepers } from "../servers/serverKeepers.ts";

export const SERVER = RemsimServerId.parse("main");

/** `1:17` */
export function slotOf(text: string): BankSlot {
  const [bankId = 0, slotId = 0] = text.split(":").map(Number);
  return { bankId, slotId };
}

export class RemsimWorld {
  readonly cloud: TestCloud;
  readonly tenantId = TenantId.parse(`tenant_r${randomBytes(6).toString("hex")}`);

  constructor(cloud: TestCloud) {
    this.cloud = cloud;
  }

  async addServer({ restUrl }: FakeRemsimServer): Promise<void> {
    const document = {
      schemaVersion: 1,
      id: SERVER,
      label: "Main",
      host: "127.0.0.1",
      port: 9998,
      restUrl,
      tenants: [],
    };
    const write = this.cloud.store.write();
    await write.put(paths.remsimServer(SERVER), { ...document, createdAt: new Date() }).commit();
  }

  /** `madeAgo`: s */
  async addBank(bankId: number, madeAgo = 3600): Promise<void> {
    const createdAt = new Date(Date.now() - madeAgo * 1000);
    const server = { serverId: SERVER, serverHost: "127.0.0.1", serverPort: 9998 };
    await this.cloud.store
      .write()
      .put(paths.simBank(this.tenantId, bankId), {
        ...{ schemaVersion: 1, id: String(bankId), tenantId: this.tenantId, bankId, label: `Bank ${bankId}` },
        ...{ ...server, regions: [], slots: 60, enabled: true, createdAt, updatedAt: createdAt },
      })
      .commit();
  }

  /** A client with a registration and its map, both as `1:17`. */
  async addMap(client: string, bank: string): Promise<void> {
    const document = mapDocument(this.tenantId, client, bank);
    const write = this.cloud.store.write();
    write.put(paths.slotMap(this.tenantId, document.id), document);
    write.put(paths.remsimClient(this.tenantId, document.clientKey), clientDocument(document));
    await write.commit();
  }

  async move(client: string, bank: string): Promise<void> {
    const path = paths.slotMap(this.tenantId, bankSlotId(slotOf(client)));
    await this.cloud.store
      .write()
      .patch(path, { bank: slotOf(bank), mappedAt: new Date() })
      .commit();
  }

  async release(client: string): Promise<void> {
    const path = paths.slotMap(this.tenantId, bankSlotId(slotOf(client)));
    await this.cloud.store.write().delete(path).commit();
  }

  async map(client: string): Promise<SlotMap | undefined> {
    return (await this.cloud.store.slotMaps.get(this.tenantId, bankSlotId(slotOf(client))))?.data;
  }

  async client(client: string): Promise<RemsimClient | undefined> {
    return (await this.cloud.store.remsimClients.get(this.tenantId, keyOf(client)))?.data;
  }

  async bank(bankId: number) {
    return (await this.cloud.store.simBanks.get(this.tenantId, bankId))?.data;
  }

  /** `type bank`, oldest first. */
  async events(): Promise<string[]> {
    const documents = await this.cloud.store.raw(paths.remsimEvents(this.tenantId));
    return documents
      .map((each) => `${each.id} ${each.type} ${each.bankId}`)
      .sort()
      .map((text) => text.replace(/^\S+ /, ""));
  }
}

/** The map of a client, both as `1:17`. */
export function mapDocument(tenantId: string, client: string, bank: string): SlotMap {
  const now = new Date();
  return {
    ...{ schemaVersion: 1, id: bankSlotId(slotOf(client)), tenantId: TenantId.parse(tenantId), serverId: SERVER },
    ...{ client: slotOf(client), bank: slotOf(bank), clientKey: keyOf(client), createdAt: now, mappedAt: now },
  };
}

function keyOf(client: string): ClientKey {
  return ClientKey.parse(`rc_${Buffer.from(client).toString("hex").padStart(24, "0")}`);
}

function clientDocument({ tenantId, client, bank, clientKey }: SlotMap): RemsimClient {
  const now = new Date();
  return {
    ...{ schemaVersion: 1, key: clientKey, tenantId, clientId: `vm-slot${client.slotId}`, credentialId: "c" },
    ...{ credentialName: "router1", mode: "ONE_TO_ONE_SWSIM", mccMnc: "", region: null, profileId: randomUUID() },
    ...{ state: "registered", lastSlot: null, registeredAt: now, registrations: 1, address: "", heartbeatAt: null },
    assignment: {
      ...{ slot: bank, client, serverId: SERVER, endpoint: "127.0.0.1:9998", iccid: "", imsi: "", mccMnc: "" },
      ...{ carrier: "", poolId: null, policyId: null, remap: true, since: now },
    },
    ...{ instanceId: null, clashAt: null, server: null, leaseUntil: new Date(now.getTime() + 300_000), status: "" },
    ...{ samples: [], modem: {}, pendingCommands: [], configuration: { wanted: 0, applied: 0 } },
    ...{ createdAt: now, updatedAt: now },
  };
}

/** The part of a daemon that looks after servers. */
export class KeeperUnderTest {
  readonly lines: LoggedLine[] = [];
  readonly keepers: ServerKeepers;
  hearsCloud = true;
  private readonly followings;
  private readonly store;
  private readonly folder: string;

  constructor({ platform, store }: TestCloud, folder = temporaryFolder()) {
    this.folder = folder;
    this.store = openRemsimStore(folder);
    const log = remsimLog((severity, event, fields) => this.lines.push({ severity, event, fields }));
    const desired = new Desired(this.store, log);
    this.followings = desired.follow(openFeeds(platform, store));
    const hearsCloud = () => this.hearsCloud;
    this.keepers = new ServerKeepers({ desired, store, log, now: Date.now, hearsCloud });
    this.keepers.start();
  }

  /** Begins to listen to the cloud. */
  follow(): this {
    for (const following of this.followings) following.start();
    return this;
  }

  logged(event: string): LoggedLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  /** `keepFolder`: for a next life. */
  async stop(keepFolder = false): Promise<void> {
    await Promise.all(this.followings.map((following) => following.stop()));
    await this.keepers.stop();
    await this.store.close();
    if (!keepFolder) removeFolder(this.folder);
  }
}
