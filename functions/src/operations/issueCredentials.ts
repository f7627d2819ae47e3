import { type Epc, paths } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../deps.ts";
import { aptPassword } from "./repository/aptPassword.ts";
import { randomHex, sha256 } from "./secrets.ts";

export interface IssuedCredentials {
  id: string;
  authCode: string;
  apiKey: string;
  secretKey: string;
}

/** Credentials that an EPC may have waiting for their first use; more push out the oldest. */
export const PENDING_CREDENTIALS = 64;

/** Adds fresh credentials to a write. The caller adds their id to the EPC's pending ones in the same write. */
export async function issueCredentials(
  deps: Deps,
  write: Write,
  epc: Pick<Epc, "tenantId" | "id">,
  generation: number,
): Promise<IssuedCredentials> {
  const issued = { authCode: randomHex(16), apiKey: randomHex(32), secretKey: randomHex(32) };
  const id = sha256(issued.apiKey);
  write.create(paths.deviceCredential(id), {
    schemaVersion: 1,
    tenantId: epc.tenantId,
    epcId: epc.id,
    generation,
    authCodeSha256: sha256(issued.authCode),
    secretKey: await deps.store.vault.seal(epc.tenantId, `device-hmac/${id}`, issued.secretKey),
    aptPasswordSha256: sha256(aptPassword(issued.secretKey)),
    createdAt: deps.now(),
  });
  return { id, ...issued };
}
