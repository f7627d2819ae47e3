import { type api, hasAll } from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { contentOf, exactPackages } from "./exactPackages.ts";
import { type Matched, matchDevices } from "./matchDevices.ts";

type Input = typeof api.previewRollout.body._zod.output;
type Preview = Omit<typeof api.previewRollout.reply._zod.output, "success">;

/** Devices a preview names. */
const SHOWN = 200;

/** Whom a rollout would mean now, in the groups it would have. Writes nothing. */
export async function previewRollout(deps: Deps, caller: MemberCaller, input: Input): Promise<Preview> {
  const content = await contentOf(deps, caller.tenantId, input.channel);
  const packages = exactPackages(content, input.channel, input.packages);
  const matched = await matchDevices(deps, caller.tenantId, input);
  const changing = matched.filter((epc) => !hasAll(epc.packages, packages));
  return {
    matched: matched.length,
    unchanged: matched.length - changing.length,
    offline: changing.filter((epc) => epc.state === "offline").length,
    group_sizes: input.strategy.groups.map((_, group) => matched.filter((epc) => epc.group === group).length),
    devices: [...matched]
      .sort((a, b) => a.group - b.group)
      .slice(0, SHOWN)
      .map((epc) => shown(epc, packages)),
  };
}

function shown(epc: Matched, packages: readonly { name: string }[]): Preview["devices"][number] {
  const installed = packages.flatMap(({ name }) => {
    const version = epc.packages?.[name];
    return version ? [[name, version] as const] : [];
  });
  return {
    epc_id: epc.id,
    site_name: epc.siteName,
    group: epc.group,
    state: epc.state,
    installed: Object.fromEntries(installed),
  };
}
