import { CHANNELS, type ChannelName, mergeSnapshot, type Tenant, type TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { SYSTEM } from "../audit.ts";
import { ensureKeys } from "./keys.ts";
import { addPackages, platformPackages, stanzasOf, storeFiles } from "./platformPackages.ts";
import { type Plan, publish } from "./publish.ts";

/** Tenants whose repositories this instance has seen whole, by the packages that it carries. */
const seen = new WeakMap<Deps["devicePackages"], Set<TenantId>>();

/**
 * Makes what every tenant's repository begins with, where it is missing: a key, the platform's own packages, the first
 * channels with them. Newer packages of the platform go to `dev`, from where people promote them. Safe to repeat and to
 * run twice at once; after the first time in an instance it costs nothing.
 */
export async function ensureRepository(deps: Deps, { id }: Pick<Tenant, "id">): Promise<void> {
  const whole = seen.get(deps.devicePackages) ?? new Set();
  seen.set(deps.devicePackages, whole);
  if (whole.has(id)) return;
  await ensureKeys(deps, id);
  const own = await platformPackages(deps, id);
  const existing = await deps.store.channels.getAll(CHANNELS.map((name) => [id, name]));
  for (const [index, channel] of CHANNELS.entries()) {
    const takes = index === 0 && own.some(({ stored }) => !stored);
    if (!existing[index] || takes) await fill(deps, id, channel);
  }
  whole.add(id);
}

/** A new channel begins with the platform's packages; one that exists takes those only that the tenant did not have, so that what people took out stays out. */
async function fill(deps: Deps, tenantId: TenantId, channel: ChannelName): Promise<void> {
  await publish({ deps, tenantId, channel, actor: SYSTEM }, async ({ stored, snapshot }): Promise<Plan> => {
    const own = await platformPackages(deps, tenantId);
    const fresh = own.filter((one) => !one.stored);
    await storeFiles(deps, fresh);
    const taken = stored ? fresh : own;
    return {
      action: "publish",
      note: "packages of the platform",
      snapshot: mergeSnapshot(await snapshot(), stanzasOf(taken)),
      ...(taken.length > 0 ? { also: (write) => addPackages(deps, write, taken) } : {}),
    };
  });
}
