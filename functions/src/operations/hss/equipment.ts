import type { api } from "@wisptools/core";
import { AppError, type EirEntry, paths } from "@wisptools/core";
import { serverTime, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { TOMBSTONE_MS } from "./deleteSubscriber.ts";

type Input = typeof api.putEquipment.body._zod.output;

function idOf(subject: EirEntry["subject"]): string {
  return subject.kind === "imei" ? `imei-${subject.imei}` : `tac-${subject.from}-${subject.to}`;
}

/** Puts equipment on a list, or moves it; saying the same twice writes nothing. */
export async function putEquipment(
  deps: Deps,
  caller: MemberCaller,
  { subject, list, reason }: Input,
): Promise<{ id: string; revision: number }> {
  const { tenantId } = caller;
  const id = idOf(subject);
  return untilUncontended(async () => {
    const stored = await deps.store.eirEntries.get(tenantId, id);
    const known = stored?.data;
    if (known && !known.deleted && known.list === list && known.reason === reason)
      return { id, revision: known.revision };
    const revision = (known?.revision ?? 0) + 1;
    const kept = { list, reason, revision, updatedAt: serverTime(), deleted: false };
    const write = deps.store.write();
    if (!stored) {
      const fresh: EirEntry = { schemaVersion: 1, id, tenantId, subject, createdAt: deps.now(), ...kept };
      write.create(paths.eirEntry(tenantId, id), fresh);
    } else {
      const anew = stored.data.deleted ? { createdAt: deps.now(), expireAt: undefined } : {};
      write.update(stored, { ...kept, ...anew });
    }
    audit(deps, write, tenantId, caller, {
      action: "equipment.put",
      target: id,
      summary: `put ${id} on the ${list} list`,
    });
    await write.commit();
    return { id, revision };
  });
}

/** Takes equipment off its list; daemons see a tombstone. */
export async function removeEquipment(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  const { tenantId } = caller;
  await untilUncontended(async () => {
    const stored = await deps.store.eirEntries.get(tenantId, id);
    if (!stored || stored.data.deleted) throw new AppError("not-found", "entry not found");
    const expireAt = new Date(deps.now().getTime() + TOMBSTONE_MS);
    const write = deps.store.write().update(stored, { deleted: true, updatedAt: serverTime(), expireAt });
    audit(deps, write, tenantId, caller, {
      action: "equipment.remove",
      target: id,
      summary: `took ${id} off the ${stored.data.list} list`,
    });
    await write.commit();
  });
}
