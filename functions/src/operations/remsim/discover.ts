import { MAPPING_MODES, type MappingMode } from "@wisptools/core";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { readRemsimSettings } from "./remsimSettings.ts";

export interface Offer {
  modes: MappingMode[];
  heartbeatSeconds: number;
  servers: { host: string; port: number }[];
}

/** What a tenant's routers can ask for, and where its cards are. A read for the settings and for each bank. */
export async function discover(deps: Deps, { tenantId }: RemsimCaller): Promise<Offer> {
  const [{ data: settings }, banks] = await Promise.all([
    readRemsimSettings(deps, tenantId),
    deps.store.simBanks.all(tenantId),
  ]);
  const hasPool = settings.pools.some(({ enabled }) => enabled);
  const open = banks.filter(({ data }) => data.enabled);
  const servers = new Map(
    open.map(({ data }) => [data.serverId, { host: data.serverHost, port: data.serverPort }] as const),
  );
  return {
    modes: MAPPING_MODES.filter((mode) => mode !== "KI_PROXY_SWSIM" || hasPool),
    heartbeatSeconds: settings.heartbeatSeconds,
    servers: [...servers.values()],
  };
}
