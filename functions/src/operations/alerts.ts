import { type Alert, paths, type TenantId } from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../deps.ts";

/** What is the matter. One id is one matter: it opens, changes and resolves in the same document. */
export type Matter = Pick<Alert, "id" | "kind" | "severity" | "target" | "message">;

/** Opens an alert, or says anew what is the matter; costs no write where nothing changed. `known`: the alert as it is. */
export function openAlert(
  deps: Deps,
  write: Write,
  tenantId: TenantId,
  known: Stored<Alert> | undefined,
  matter: Matter,
): void {
  const { state, severity, message, openedAt } = known?.data ?? {};
  if (state === "open" && severity === matter.severity && message === matter.message) return;
  const now = deps.now();
  const alert: Alert = {
    schemaVersion: 1,
    tenantId,
    ...matter,
    state: "open",
    openedAt: state === "open" && openedAt ? openedAt : now,
    updatedAt: now,
  };
  write.put(paths.alert(tenantId, matter.id), alert);
}

/** Resolves an alert that is open. */
export function resolveAlert(deps: Deps, write: Write, known: Stored<Alert> | undefined): void {
  if (known?.data.state !== "open") return;
  const now = deps.now();
  write.patch(known.path, { state: "resolved", resolvedAt: now, updatedAt: now });
}
