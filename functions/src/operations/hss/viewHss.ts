import { ApnSettings, type api, GroupSettings, PlanSettings } from "@wisptools/core";
import type { z } from "zod";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";

/** A daemon that has not been heard of for so long, ms, is not online. */
const SILENCE_MS = 120_000;

type Reply<E extends { reply: z.ZodType }> = Omit<z.infer<E["reply"]>, "success">;

/** Figures of a tenant, by aggregation: a thousand subscribers cost one read. */
export async function hssStats(deps: Deps, { tenantId }: MemberCaller): Promise<Reply<typeof api.hssStats>> {
  const { subscribers, sessions, mmeConnections, daemons } = deps.store;
  const [total, active, suspended, attached, open, mme, smf, running] = await Promise.all([
    subscribers.countAll(tenantId),
    subscribers.countOf(tenantId, "status", "active"),
    subscribers.countOf(tenantId, "status", "suspended"),
    subscribers.countOf(tenantId, "live.state", "attached"),
    sessions.countOpen(tenantId),
    mmeConnections.countConnected(tenantId, "mme"),
    mmeConnections.countConnected(tenantId, "smf"),
    daemons.all(),
  ]);
  return {
    subscribers: { total, active, suspended, attached },
    open_sessions: open,
    connections: { mme, smf },
    daemons: running.map((daemon) => ({
      id: daemon.id,
      online: deps.now().getTime() - daemon.heartbeatAt.getTime() < SILENCE_MS,
      heartbeat_at: daemon.heartbeatAt.toISOString(),
      lag_seconds: daemon.lagSeconds,
      queued: daemon.queued,
    })),
  };
}

export async function mmeConnections(deps: Deps, caller: MemberCaller): Promise<Reply<typeof api.mmeConnections>> {
  const all = await deps.store.mmeConnections.all(caller.tenantId);
  return {
    connections: all.map((one) => ({
      origin_host: one.originHost,
      epc_id: one.epcId ?? null,
      role: one.role,
      state: one.state,
      reason: one.reason,
      address: one.address,
      tls: one.tls,
      since: one.since.toISOString(),
    })),
  };
}

/** Every plan, group and APN profile: what an operator sets, with id and revision. */
export async function readCatalogue(deps: Deps, { tenantId }: MemberCaller): Promise<Reply<typeof api.readCatalogue>> {
  const { plans, groups, apnProfiles } = deps.store;
  const [allPlans, allGroups, allApns] = await Promise.all([
    plans.all(tenantId),
    groups.all(tenantId),
    apnProfiles.all(tenantId),
  ]);
  const kept = ({ id, revision }: { id: string; revision: number }) => ({ id, revision });
  return {
    plans: allPlans.map((plan) => ({ ...PlanSettings.parse(plan), ...kept(plan) })),
    groups: allGroups.map((group) => ({ ...GroupSettings.parse(group), ...kept(group) })),
    apns: allApns.map((apn) => ({ ...ApnSettings.parse(apn), ...kept(apn) })),
  };
}
