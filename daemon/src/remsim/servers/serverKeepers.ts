import { paths } from "@wisptools/core";
import type { Store } from "@wisptools/store";
import type { GaugeSource } from "../../metrics.ts";
import type { Desired, ServerRecord } from "../desired.ts";
import type { RemsimLog } from "../logs.ts";
import { ServerKeeper } from "./serverKeeper.ts";
import { ServerReports } from "./serverReports.ts";

export interface ServerKeepersOptions {
  desired: Desired;
  store: Pick<Store, "write" | "remsimClients" | "remsimSettings">;
  log: RemsimLog;
  now: () => number;
  /** Whether the cloud was heard of lately. */
  hearsCloud: () => boolean;
}

/** A keeper for each server there is. */
export class ServerKeepers {
  private readonly options: ServerKeepersOptions;
  private readonly keepers = new Map<string, ServerKeeper>();
  private readonly ending = new Set<Promise<void>>();
  private stopped = false;

  constructor(options: ServerKeepersOptions) {
    this.options = options;
    const { desired } = options;
    desired.servers.onChange(() => this.follow());
    desired.maps.onChange((changes) => {
      // Not for what we or other daemons report in them.
      const meant = changes.filter(({ before, after }) => key(before) !== key(after));
      for (const { before, after } of meant) for (const map of [before, after]) this.wake(map?.serverId);
    });
    desired.banks.onChange((changes) => {
      const meant = changes.filter(({ before, after }) => before?.serverId !== after?.serverId);
      for (const { before, after } of meant) for (const bank of [before, after]) this.wake(bank?.serverId);
    });
  }

  /** From what is on disk, if the cloud is not there yet. */
  start(): void {
    this.follow();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.keepers.values()].map((keeper) => keeper.stop()));
    await Promise.all(this.ending);
  }

  gauges(): GaugeSource[] {
    const each = (value: (keeper: ServerKeeper) => number) => () =>
      [...this.keepers].map(([server, keeper]) => ({ labels: { server }, value: value(keeper) }));
    const gauge = (name: string, help: string, value: (keeper: ServerKeeper) => number): GaugeSource => ({
      ...{ name: `wisptools_remsim_${name}`, help, labels: ["server"], values: each(value) },
    });
    return [
      gauge(
        "maps_desired",
        "Slot maps an osmo-remsim-server shall have",
        ({ server }) => this.options.desired.mapsOf(server.id).length,
      ),
      gauge("maps_active", "Those of them that are ACTIVE", (keeper) => keeper.figures().active),
      gauge("server_reachable", "Whether its REST interface answers", (keeper) => Number(keeper.figures().reachable)),
      gauge("drift", "Times a map was not as it should be, since the start", (keeper) => keeper.figures().drifts),
    ];
  }

  private follow(): void {
    if (this.stopped) return;
    const { desired } = this.options;
    for (const [id, keeper] of this.keepers) {
      const now = desired.servers.get(paths.remsimServer(id))?.data;
      if (now?.restUrl === keeper.server.restUrl) continue;
      this.keepers.delete(id);
      const ended = keeper.stop().finally(() => this.ending.delete(ended));
      this.ending.add(ended);
    }
    for (const { data } of desired.servers.all())
      if (!this.keepers.has(data.id)) this.keepers.set(data.id, this.keep(data));
  }

  private keep(server: ServerRecord): ServerKeeper {
    const { desired, store, log, now, hearsCloud } = this.options;
    const reports = new ServerReports({ server, desired, store, log, now });
    return new ServerKeeper({
      ...{ server, desired, reports, log, now },
      isCurrent: () => desired.isKnown && hearsCloud(),
    });
  }

  private wake(serverId: string | undefined): void {
    if (serverId !== undefined) this.keepers.get(serverId)?.wake();
  }
}

/** What of a map concerns the server. */
function key(map: { serverId: string; bank: object; client: object } | undefined): string {
  return map ? JSON.stringify([map.serverId, map.bank, map.client]) : "";
}
