import type { Channel, TenantId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { openAlert, resolveAlert } from "../alerts.ts";
import { type Actor, SYSTEM } from "../audit.ts";
import { ensureRepository } from "./ensureRepository.ts";
import { activeKeys } from "./keys.ts";
import { publish } from "./publish.ts";
import { watchKeys } from "./watchKeys.ts";

const DAY_MS = 24 * 3_600_000;
/** A release with fewer days left is signed again. */
const RESIGN_DAYS = 9;
/** With fewer days left, an alert that signing fails is critical. */
const CRITICAL_DAYS = 5;
/** Channels handled at most per run, those that end soonest. */
const LIMIT = 5000;
const PARALLEL = 10;

/** Signs all channels of a tenant again, with the keys that are active now. */
export async function resignChannels(deps: Deps, tenantId: TenantId, actor: Actor, note: string): Promise<void> {
  const channels = await deps.store.channels.all(tenantId);
  const results = await Promise.allSettled(channels.map(({ data }) => resign(deps, data, actor, note)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

async function resign(deps: Deps, channel: Channel, actor: Actor, note: string): Promise<void> {
  const place = { deps, tenantId: channel.tenantId, channel: channel.id, actor };
  await publish(place, async () => ({ action: "resign", note, snapshot: undefined }));
}

/**
 * The daily schedule: releases of all tenants that end soon are signed again, keys that end within months are told of. Their repositories
 * are given what the platform has newer, which otherwise waits for the next script.
 */
export async function resignExpiring(deps: Deps): Promise<{ resigned: number; failed: number }> {
  const by = new Date(deps.now().getTime() + RESIGN_DAYS * DAY_MS);
  const channels = await deps.store.channels.expiring(by, LIMIT);
  const tenants = Map.groupBy(channels, ({ data }) => data.tenantId);
  const queue = [...tenants];
  let [resigned, failed] = [0, 0];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [tenantId, own] = next;
      const outcomes = [];
      for (const channel of own) outcomes.push(await resignOne(deps, channel));
      resigned += outcomes.filter(Boolean).length;
      failed += outcomes.filter((done) => !done).length;
      await untilTold(tenantId, "keys", async () => watchKeys(deps, tenantId, await activeKeys(deps, tenantId)));
      await ensureRepository(deps, { id: tenantId }).catch((error) => log.repositoryUnmade({ tenantId }, error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  log.channelsResigned({ resigned, failed });
  return { resigned, failed };
}

/** Whether it could be signed; its alert says so. */
async function resignOne(deps: Deps, { data }: Stored<Channel>): Promise<boolean> {
  const { tenantId, id } = data;
  try {
    await resign(deps, data, SYSTEM, "");
    await untilTold(tenantId, id, () => tell(deps, data, undefined));
    return true;
  } catch (error) {
    log.resignFailed({ tenantId, channel: id }, error);
    await untilTold(tenantId, id, () => tell(deps, data, error));
    return false;
  }
}

/** An alert that could not be written is logged: the other channels matter more. */
async function untilTold(tenantId: TenantId, channel: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    log.resignFailed({ tenantId, channel }, error);
  }
}

async function tell(deps: Deps, channel: Channel, error: unknown): Promise<void> {
  const { tenantId, id, validUntil } = channel;
  const alertId = `repository-expiry-${id}`;
  const known = await deps.store.alerts.get(tenantId, alertId);
  const write = deps.store.write();
  if (!error) resolveAlert(deps, write, known);
  else {
    const days = (validUntil.getTime() - deps.now().getTime()) / DAY_MS;
    openAlert(deps, write, tenantId, known, {
      id: alertId,
      kind: "repository-expiry",
      severity: days < CRITICAL_DAYS ? "critical" : "warning",
      target: id,
      message: `The channel ${id} could not be signed again; boxes refuse it from ${validUntil.toISOString()} on`,
    });
  }
  await write.commit();
}
