import { type HssProfile, type Imsi, paths } from "@wisptools/core";
import { type Changes, serverTime, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { checkRevision } from "./revision.ts";

/** How long tombstones are kept for daemons that were away, ms. */
export const TOMBSTONE_MS = 30 * 24 * 3_600_000;

/** Takes a subscriber away: its IMSI is free at once; what daemons mirror becomes a tombstone without keys or personal data. */
export async function deleteSubscriber(
  deps: Deps,
  caller: MemberCaller,
  imsi: Imsi,
  revision: number | undefined,
): Promise<void> {
  const { tenantId } = caller;
  await untilUncontended(async () => {
    const stored = await deps.store.subscribers.need("subscriber", tenantId, imsi);
    checkRevision("this subscriber", stored.data.revision, revision);
    const seen = await deps.store.equipment.ofSubscriber(tenantId, imsi);
    const write = deps.store.write();
    write.remove(stored);
    write.delete(paths.imsi(imsi));
    write.patch(paths.hssProfile(tenantId, imsi), tombstone(deps.now()));
    for (const sighting of seen) write.delete(sighting.path);
    audit(deps, write, tenantId, caller, {
      action: "subscriber.delete",
      target: imsi,
      summary: "deleted the subscriber",
    });
    await write.commit();
  });
}

function tombstone(now: Date): Changes<HssProfile> {
  return {
    deleted: true,
    keys: "",
    label: "",
    staticAddresses: {},
    msisdn: undefined,
    iccid: undefined,
    imei: undefined,
    updatedAt: serverTime(),
    expireAt: new Date(now.getTime() + TOMBSTONE_MS),
  };
}
