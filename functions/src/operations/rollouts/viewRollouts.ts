import { type api, channelOf, type EpcId, type RolloutId } from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { rolloutView } from "./rolloutView.ts";

/** Newest first. */
export async function listRollouts(
  deps: Deps,
  caller: MemberCaller,
  query: { page_size: number; page_token?: RolloutId | undefined },
): Promise<{ rollouts: api.RolloutView[]; next: string | undefined }> {
  const page = await deps.store.rollouts.page(caller.tenantId, query.page_size, query.page_token);
  return { rollouts: page.items.map(rolloutView), next: page.next };
}

export async function readRollout(deps: Deps, caller: MemberCaller, id: RolloutId): Promise<api.RolloutView> {
  return rolloutView((await deps.store.rollouts.need("rollout", caller.tenantId, id)).data);
}

/** Of all rollouts that have not ended, newest first. */
export async function readUpdateStatus(deps: Deps, caller: MemberCaller): Promise<api.RolloutView[]> {
  const open = (await deps.store.rollouts.open(caller.tenantId)).map((stored) => stored.data);
  return open.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).map(rolloutView);
}

type EpcStatus = Omit<typeof api.readEpcUpdateStatus.reply._zod.output, "success">;

/** What an EPC follows and has, and its part in rollouts, latest first. */
export async function readEpcUpdateStatus(deps: Deps, caller: MemberCaller, epcId: EpcId): Promise<EpcStatus> {
  const epc = (await deps.store.epcs.need("EPC", caller.tenantId, epcId)).data;
  const devices = await deps.store.rolloutDevices.ofEpc(caller.tenantId, epcId);
  return {
    channel: channelOf(epc),
    installed: epc.packages ?? {},
    updates: devices.map(({ data }) => ({
      rollout_id: data.rolloutId,
      state: data.state,
      attempt: data.attempt,
      message: data.message,
      updated_at: data.updatedAt.toISOString(),
    })),
  };
}
