import { type BankSlot, bankSlotId, RemsimServer, SimBank, SlotMap } from "@wisptools/core";
import type { Feeds, Following } from "@wisptools/store";
import { Followed, type Known } from "./followed.ts";
import type { RemsimLog } from "./logs.ts";
import type { RemsimStore } from "./remsimStore.ts";

/** What is needed here of servers and banks, so that fields of newer releases don't matter. */
const ServerRecord = RemsimServer.pick({
  ...{ id: true, host: true, restUrl: true },
  ...{ reachable: true, reachableAt: true, seenAt: true },
});
export type ServerRecord = Pick<RemsimServer, keyof typeof ServerRecord.shape>;
const BankRecord = SimBank.pick({
  ...{ tenantId: true, bankId: true, label: true, serverId: true },
  ...{ connected: true, connectedAt: true, failedOverAt: true, sweepAt: true, createdAt: true },
});
export type BankRecord = Pick<SimBank, keyof typeof BankRecord.shape>;

/** Every server, the banks on it, and the maps it shall have, of all tenants; kept on disk. */
export class Desired {
  readonly servers: Followed<ServerRecord>;
  readonly banks: Followed<BankRecord>;
  readonly maps: Followed<SlotMap>;
  /** Paths of maps by server and by the client's RSPRO identity. */
  private readonly byServer = new Map<string, Map<string, string>>();

  constructor(store: RemsimStore, log: RemsimLog) {
    this.servers = new Followed({ name: "remsimServers", schema: ServerRecord, table: store.remsimServers, log });
    this.banks = new Followed({ name: "simBanks", schema: BankRecord, table: store.simBanks, log });
    this.maps = new Followed({ name: "slotMaps", schema: SlotMap, table: store.slotMaps, log });
    for (const { path, data } of this.maps.all()) this.index(path, data);
    this.maps.onChange(() => {
      this.byServer.clear();
      for (const { path, data } of this.maps.all()) this.index(path, data);
    });
  }

  follow(feeds: Feeds): Following[] {
    return [
      feeds.remsimServers(this.servers.sink()),
      feeds.simBanks(this.banks.sink()),
      feeds.slotMaps(this.maps.sink()),
    ];
  }

  /** Whether all three have been seen whole since the start, and every map is understood: one that is not must not go as a stray. */
  get isKnown(): boolean {
    return this.servers.isSynced && this.banks.isSynced && this.maps.isSynced && this.maps.isWhole;
  }

  mapsOf(serverId: string): Known<SlotMap>[] {
    const paths = this.byServer.get(serverId)?.values() ?? [];
    return [...paths].flatMap((path) => this.maps.get(path) ?? []);
  }

  banksOf(serverId: string): Known<BankRecord>[] {
    return [...this.banks.all()].filter(({ data }) => data.serverId === serverId);
  }

  /** Maps of the client with this RSPRO identity on the servers that clients reach at `host`: one, unless servers share an address. */
  mapsAt(host: string, client: BankSlot): SlotMap[] {
    const servers = [...this.servers.all()].filter(({ data }) => data.host === host);
    const paths = servers.flatMap(({ data }) => this.byServer.get(data.id)?.get(bankSlotId(client)) ?? []);
    return paths.flatMap((path) => this.maps.get(path)?.data ?? []);
  }

  private index(path: string, { serverId, client }: SlotMap): void {
    const maps = this.byServer.get(serverId) ?? new Map<string, string>();
    this.byServer.set(serverId, maps.set(bankSlotId(client), path));
  }
}
