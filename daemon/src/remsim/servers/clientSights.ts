import { REMSIM_DEFAULTS, serverSight, type TenantId } from "@wisptools/core";
import type { Store, Write } from "@wisptools/store";
import type { MapReport } from "./mapReports.ts";

const SETTINGS_MS = 60_000;

/** Writes into clients' own documents that their server has them connected, or lost them: a sign of life, and the end of one. */
export class ClientSights {
  private readonly store: Pick<Store, "remsimClients" | "remsimSettings">;
  private readonly now: () => number;
  private readonly grace = new Map<TenantId, { seconds: number; until: number }>();

  constructor(store: Pick<Store, "remsimClients" | "remsimSettings">, now: () => number) {
    this.store = store;
    this.now = now;
  }

  /** Adds to the write of the maps, which fails as a whole when one of them is no more: a released client is not touched. */
  async add(write: Write, reports: readonly MapReport[]): Promise<void> {
    const turned = reports.filter((report) => report.turned);
    const keys = turned.map(
      ({ map: { data } }) => [data.tenantId, data.clientKey] as [typeof data.tenantId, typeof data.clientKey],
    );
    const clients = await this.store.remsimClients.getAll(keys);
    for (const [index, { map, actual }] of turned.entries()) {
      const client = clients[index];
      if (!client) continue;
      const grace = await this.graceOf(map.data.tenantId);
      write.patch(client.path, serverSight(client.data, actual.clientConnected, actual.at, grace));
    }
  }

  private async graceOf(tenantId: TenantId): Promise<number> {
    const held = this.grace.get(tenantId);
    if (held && held.until > this.now()) return held.seconds;
    const settings = await this.store.remsimSettings.get(tenantId);
    const seconds = settings?.data.graceSeconds ?? REMSIM_DEFAULTS.graceSeconds;
    this.grace.set(tenantId, { seconds, until: this.now() + SETTINGS_MS });
    return seconds;
  }
}
