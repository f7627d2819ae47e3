import { type api, defined, type Epc, type EpcId, type EpcState } from "@wisptools/core";
import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";

export async function listEpcs(
  deps: Deps,
  caller: MemberCaller,
  query: { page_size: number; page_token?: string | undefined; state?: EpcState | undefined },
): Promise<{ epcs: api.EpcView[]; next: string | undefined }> {
  const page = await deps.store.epcs.page(caller.tenantId, query.page_size, query.page_token, query.state);
  return { epcs: page.items.map(viewOf), next: page.next };
}

export async function readEpc(deps: Deps, caller: MemberCaller, epcId: EpcId): Promise<api.EpcView> {
  return viewOf((await deps.store.epcs.need("EPC", caller.tenantId, epcId)).data);
}

function viewOf(epc: Epc): api.EpcView {
  return {
    epc_id: epc.id,
    site_name: epc.siteName,
    tags: epc.tags,
    state: epc.state,
    state_since: epc.stateSince.toISOString(),
    last_seen_at: epc.lastSeenAt?.toISOString() ?? null,
    plmn: epc.plmn,
    tac: epc.tac,
    primary_ip: epc.network.primaryIp ?? null,
    hostname: epc.hardware.hostname ?? null,
    versions: defined(epc.versions),
    components: Object.fromEntries(Object.entries(epc.components).map(([name, { state }]) => [name, state])),
    sessions: epc.latest?.sessions ?? null,
    config_version: epc.configVersion,
    script_version: epc.scriptVersion,
    deployed_script_version: epc.deployedScriptVersion,
  };
}
