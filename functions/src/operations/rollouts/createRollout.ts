import { AppError, type ExactPackage, paths, type Rollout, RolloutId, type RolloutStrategy } from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { randomHex } from "../secrets.ts";
import { advanceRollout } from "./advanceRollout.ts";
import { contentOf, exactPackages } from "./exactPackages.ts";
import { matchDevices, type Plan } from "./matchDevices.ts";
import { prepareRollout } from "./prepareRollout.ts";

export interface NewRollout extends Plan {
  name: string;
}

/**
 * Begins a rollout of exact versions that its channel has now. Its devices are listed and the first are told in the same request; what a
 * crash leaves is done by the sweep. Throws `invalid-argument` or `failed-precondition` when it would be about nothing.
 */
export async function createRollout(deps: Deps, caller: MemberCaller, input: NewRollout): Promise<Rollout> {
  const { tenantId } = caller;
  const content = await contentOf(deps, tenantId, input.channel);
  const packages = exactPackages(content, input.channel, input.packages);
  const matched = await matchDevices(deps, tenantId, input);
  if (matched.length === 0) {
    throw new AppError("failed-precondition", `target: no EPC that follows ${input.channel} fits`, { field: "target" });
  }
  const rollout = newRollout(deps, caller, input, content.snapshotId, packages, matched.length);
  const write = deps.store.write().create(paths.rollout(tenantId, rollout.id), rollout);
  audit(deps, write, tenantId, caller, {
    action: "rollout.create",
    target: rollout.id,
    summary: `began ${rollout.name}: ${packages.map(({ name, version }) => `${name} ${version}`).join(", ")} from ${input.channel} to ${matched.length} EPCs (snapshot ${content.snapshotId})`,
  });
  await write.commit();
  await prepareRollout(deps, tenantId, rollout.id, matched);
  await advanceRollout(deps, tenantId, rollout.id);
  return (await deps.store.rollouts.need("rollout", tenantId, rollout.id)).data;
}

function newRollout(
  deps: Deps,
  caller: MemberCaller,
  input: NewRollout,
  snapshotId: string,
  packages: ExactPackage[],
  devices: number,
): Rollout {
  const now = deps.now();
  return {
    schemaVersion: 1,
    id: RolloutId.parse(`ro_${randomHex(8)}`),
    tenantId: caller.tenantId,
    name: input.name,
    channel: input.channel,
    snapshotId,
    packages,
    target: withoutAbsent(input.target),
    strategy: withoutAbsent<RolloutStrategy>(input.strategy),
    state: "preparing",
    stateReason: "",
    devices,
    groupSizes: input.strategy.groups.map(() => 0),
    counts: {},
    underWay: 0,
    group: 0,
    restored: 0,
    createdAt: now,
    createdBy: caller.actorName,
    updatedAt: now,
  };
}

/** Firestore takes no undefined members. */
function withoutAbsent<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
