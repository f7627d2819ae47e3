import { mergeSnapshot, type TenantId } from "@wisptools/core";
import type { Deps, DevicePackage } from "../../deps.ts";
import type { Actor } from "../audit.ts";
import { addPackages, asStored, keyringOf, stanzasOf, storeFiles } from "./platformPackages.ts";
import { publish } from "./publish.ts";

/** After the keys have changed: every channel gets the package of those that sign now, for new boxes and for rollouts. Safe to repeat. */
export async function publishKeyring(deps: Deps, tenantId: TenantId, actor: Actor): Promise<void> {
  await publishEverywhere(deps, tenantId, actor, "the repository's keys", async () => [
    await keyringOf(deps, tenantId),
  ]);
}

/** Adds packages to every channel of a tenant, whatever else they have. */
export async function publishEverywhere(
  deps: Deps,
  tenantId: TenantId,
  actor: Actor,
  note: string,
  packages: () => Promise<readonly DevicePackage[]>,
): Promise<void> {
  for (const { data } of await deps.store.channels.all(tenantId)) {
    await publish({ deps, tenantId, channel: data.id, actor }, async ({ snapshot }) => {
      const own = await asStored(deps, tenantId, await packages());
      await storeFiles(deps, own);
      return {
        action: "publish",
        note,
        snapshot: mergeSnapshot(await snapshot(), stanzasOf(own)),
        also: (write) => addPackages(deps, write, own),
      };
    });
  }
}
