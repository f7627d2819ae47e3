import { objects, type TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { sha256 } from "../secrets.ts";

/** The text of a snapshot, checked against its id; undefined when there is no such snapshot. */
export async function readSnapshot(deps: Deps, tenantId: TenantId, snapshotId: string): Promise<string | undefined> {
  const text = await deps.store.objects.get(objects.snapshot(tenantId, snapshotId));
  if (text !== undefined && sha256(text) !== snapshotId) {
    throw new Error(`snapshot ${snapshotId} of ${tenantId} was altered in storage`);
  }
  return text;
}

/** Like `readSnapshot`, for one that a document names: it has to be there. */
export async function needSnapshot(deps: Deps, tenantId: TenantId, snapshotId: string): Promise<string> {
  const text = await readSnapshot(deps, tenantId, snapshotId);
  if (text === undefined) throw new Error(`snapshot ${snapshotId} of ${tenantId} is absent from storage`);
  return text;
}
