import { REMSIM_DEFAULTS, type RemsimSettings, type TenantId } from "@wisptools/core";
import type { Store } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

/** How long an instance believes what it read, ms: a change of the intervals may take so long to reach heartbeats and sweeps. */
const LIFETIME_MS = 60_000;
/** Tenants remembered; beyond that, all are forgotten and read again. */
const SIZE = 2000;

export type LiveSettings = Pick<RemsimSettings, "heartbeatSeconds" | "graceSeconds" | "bankGraceSeconds">;

const known = new WeakMap<Store, Map<TenantId, { settings: Promise<LiveSettings>; until: number }>>();

/** A tenant's intervals, without a read in the steady state. Assignments read the settings themselves. */
export async function cachedSettings(deps: Deps, tenantId: TenantId): Promise<LiveSettings> {
  const now = deps.now().getTime();
  const own = known.get(deps.store) ?? new Map();
  known.set(deps.store, own);
  const held = own.get(tenantId);
  if (held && held.until > now) return held.settings;
  if (own.size >= SIZE) own.clear();
  const settings = read(deps, tenantId);
  own.set(tenantId, { settings, until: now + LIFETIME_MS });
  settings.catch(() => own.delete(tenantId));
  return settings;
}

async function read(deps: Deps, tenantId: TenantId): Promise<LiveSettings> {
  return (await deps.store.remsimSettings.get(tenantId))?.data ?? REMSIM_DEFAULTS;
}
