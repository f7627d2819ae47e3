import type { RepositoryKey, TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { openAlert } from "../alerts.ts";

const DAY_MS = 24 * 3_600_000;
/** A key that ends within these days is worth an alert; within those, an urgent one. */
const WARN_DAYS = 180;
const URGENT_DAYS = 30;

export function keyAlertId(fingerprint: string): string {
  return `repository-key-expiry-${fingerprint}`;
}

/** Opens an alert for each key that ends within half a year: long before clients would refuse what it alone signed. */
export async function watchKeys(deps: Deps, tenantId: TenantId, keys: readonly RepositoryKey[]): Promise<void> {
  for (const { id, expiresAt } of keys) {
    const days = Math.floor((expiresAt.getTime() - deps.now().getTime()) / DAY_MS);
    if (days >= WARN_DAYS) continue;
    const write = deps.store.write();
    openAlert(deps, write, tenantId, await deps.store.alerts.get(tenantId, keyAlertId(id)), {
      id: keyAlertId(id),
      kind: "repository-key-expiry",
      severity: days < URGENT_DAYS ? "critical" : "warning",
      target: id,
      message: `The repository key ${id} ends on ${expiresAt.toISOString().slice(0, 10)}: add a new key, and retire this one when every box has the new one`,
    });
    await write.commit();
  }
}
