import {
  AppError,
  type api,
  type ChannelName,
  DEFAULT_CHANNEL,
  type Epc,
  type EpcId,
  freeTacs,
  paths,
  plmnText,
  samePlmn,
  type Tenant,
} from "@wisptools/core";
import { type Changes, untilUncontended, type Write } from "@wisptools/store";
import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";
import { buildScript } from "./buildScript.ts";
import { event } from "./event.ts";

type Input = typeof api.updateEpc.body._zod.output;

/** Changes names, tags, place or network settings of an EPC; the latter make a new script version for the device to fetch. */
export async function updateEpc(deps: Deps, caller: MemberCaller, epcId: EpcId, input: Input): Promise<Epc> {
  return untilUncontended(async () => {
    const stored = await deps.store.epcs.need("EPC", caller.tenantId, epcId);
    if (stored.data.state === "retired") throw new AppError("failed-precondition", "this EPC is retired");
    const tenant = (await deps.store.tenants.need("tenant", caller.tenantId)).data;
    const write = deps.store.write();
    const changes: Changes<Epc> = {
      ...described(input),
      ...(await networkChanges(deps, write, tenant, stored.data, input)),
    };
    const changed = { ...stored.data, ...changes } as Epc;
    if (changed.configVersion !== stored.data.configVersion) {
      const version = stored.data.scriptVersion + 1;
      await buildScript(deps, write, tenant, changed, {
        version,
        reason: reasonOf(input),
        createdBy: caller.actorName,
      });
      changes.scriptVersion = version;
      event(deps, write, changed, { type: "settings", message: `Script version ${version}: ${reasonOf(input)}` });
    }
    audit(deps, write, caller.tenantId, caller, {
      action: "epc.update",
      target: epcId,
      summary: `changed ${Object.keys(input).join(", ")}`,
    });
    await write.update(stored, { ...changes, updatedAt: deps.now() }).commit();
    return { ...changed, ...changes } as Epc;
  });
}

function described(input: Input): Changes<Epc> {
  const changes: Changes<Epc> = {};
  if (input.site_name !== undefined) changes.siteName = input.site_name;
  if (input.notes !== undefined) changes.notes = input.notes;
  if (input.tags !== undefined) changes.tags = [...new Set(input.tags)];
  if (input.time_zone !== undefined) changes.timeZone = input.time_zone ?? undefined;
  if (input.location !== undefined)
    changes.location = input.location ? { ...input.location, source: "operator" } : undefined;
  return changes;
}

async function networkChanges(deps: Deps, write: Write, tenant: Tenant, epc: Epc, input: Input): Promise<Changes<Epc>> {
  const changes: Changes<Epc> = {};
  const { plmn, tac, settings } = input;
  if (plmn && !samePlmn(plmn, epc.plmn)) {
    if (!tenant.plmns.some((one) => samePlmn(one, plmn))) {
      throw new AppError("invalid-argument", `plmn: ${plmnText(plmn)} is not one of the tenant's`, { field: "plmn" });
    }
    changes.plmn = plmn;
  }
  if (tac !== undefined && tac !== epc.tac) {
    await moveTac(deps, write, tenant, epc, tac);
    changes.tac = tac;
  }
  if (settings) {
    await checkChannel(deps, tenant, epc, settings.channel);
    changes.settings = settings;
  }
  return Object.keys(changes).length > 0 ? { ...changes, configVersion: epc.configVersion + 1 } : {};
}

/** A box that follows a channel nobody publishes to could not be deployed. The default one may begin later. */
async function checkChannel(
  deps: Deps,
  tenant: Tenant,
  epc: Epc,
  channel: ChannelName = DEFAULT_CHANNEL,
): Promise<void> {
  if (channel === DEFAULT_CHANNEL || channel === epc.settings.channel) return;
  if (await deps.store.channels.get(tenant.id, channel)) return;
  const message = `settings.channel: the repository has no channel ${channel} yet; publish or promote to it first`;
  throw new AppError("failed-precondition", message, { field: "settings.channel" });
}

async function moveTac(deps: Deps, write: Write, tenant: Tenant, epc: Epc, tac: number): Promise<void> {
  if (
    freeTacs(
      tenant.tacRanges.filter(({ from, to }) => from <= tac && tac <= to),
      new Set(),
      0xffff,
    ).length === 0
  ) {
    throw new AppError("invalid-argument", `tac: ${tac} is outside the tenant's ranges`, { field: "tac" });
  }
  if (await deps.store.tacs.get(tenant.id, tac)) {
    throw new AppError("already-exists", `tac: ${tac} belongs to another EPC`, { field: "tac" });
  }
  write.create(paths.tac(tenant.id, tac), { schemaVersion: 1, epcId: epc.id });
  write.delete(paths.tac(tenant.id, epc.tac));
}

function reasonOf(input: Input): string {
  const parts = [input.plmn && "PLMN", input.tac !== undefined && "TAC", input.settings && "network settings"];
  return parts.filter(Boolean).join(", ") || "settings";
}
