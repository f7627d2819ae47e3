import { AppError, ClientKey } from "@wisptools/core";
import type { RemsimCaller } from "../../caller.ts";
import { sha256 } from "../secrets.ts";

/** Names a client within its tenant: routers of one host name are told apart by their credentials. */
export function clientKeyOf(credentialId: string, clientId: string): ClientKey {
  return ClientKey.parse(`rc_${sha256(`${credentialId}\n${clientId}`).slice(0, 24)}`);
}

/** The integer tenant id a client sends must be its credential's tenant; 0 is sent by clients that have none set. */
export function assertOwnTenant(caller: RemsimCaller, tenantNumber: number | undefined): void {
  if (tenantNumber === undefined || tenantNumber === 0 || tenantNumber === caller.tenantNumber) return;
  throw new AppError("permission-denied", `tenant_id ${tenantNumber} is not the tenant of this credential`, {
    field: "tenant_id",
    reason: "tenant_mismatch",
  });
}
