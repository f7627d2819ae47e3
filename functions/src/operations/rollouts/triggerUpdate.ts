import {
  AppError,
  type api,
  compareVersions,
  matchesTarget,
  type Rollout,
  type RolloutStrategy,
} from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import type { ChannelPackages } from "../repository/channelPackages.ts";
import { createRollout } from "./createRollout.ts";
import { contentOf } from "./exactPackages.ts";

type Input = typeof api.triggerUpdate.body._zod.output;

/** Chosen boxes, all at once: each takes itself back where it fails, and a person hears of it when all do. */
const AT_ONCE: RolloutStrategy = {
  groups: [{ upToPercent: 100, successPercent: 100, soakMinutes: 0, approval: false }],
  failurePercent: 100,
  failureCount: 10_000,
  onFailure: "pause",
  maxConcurrent: 500,
  healthSeconds: 120,
  reportSeconds: 900,
};

/** A rollout of the newest of these packages to these EPCs. Throws `not-found` or `failed-precondition` for one that is not there or follows another channel. */
export async function triggerUpdate(deps: Deps, caller: MemberCaller, input: Input): Promise<Rollout> {
  const { channel } = input;
  const content = await contentOf(deps, caller.tenantId, channel);
  const packages = [...new Set(input.packages)].map((name) => newest(content, name, channel));
  const epcIds = [...new Set(input.epc_ids)];
  await assertFit(deps, caller, epcIds, channel);
  const name = `Update of ${epcIds.length === 1 ? epcIds[0] : `${epcIds.length} EPCs`}`;
  return createRollout(deps, caller, { name, channel, packages, target: { epcIds }, strategy: AT_ONCE });
}

function newest(content: ChannelPackages, name: string, channel: string): { name: string; version: string } {
  const versions = content.packages.filter((one) => one.name === name).map((one) => one.version);
  const [version] = versions.sort((a, b) => compareVersions(b, a));
  if (version) return { name, version };
  throw new AppError("invalid-argument", `packages: ${channel} has no ${name}`, { field: "packages" });
}

async function assertFit(
  deps: Deps,
  { tenantId }: MemberCaller,
  epcIds: Input["epc_ids"],
  channel: Input["channel"],
): Promise<void> {
  const epcs = await deps.store.epcs.getAll(epcIds.map((id) => [tenantId, id]));
  for (const [n, stored] of epcs.entries()) {
    const field = `epc_ids.${n}`;
    if (!stored) throw new AppError("not-found", `${field}: EPC not found`, { field });
    if (matchesTarget({}, channel, stored.data)) continue;
    const why = stored.data.state === "retired" ? "is retired" : `does not follow ${channel}`;
    throw new AppError("failed-precondition", `${field}: ${stored.data.id} ${why}`, { field });
  }
}
