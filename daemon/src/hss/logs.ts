// Every line that the HSS logs, by name. Never keys, never a whole IMSI.
import { type LogLine, maskedImsi } from "../mirror/logs.ts";

export type HssLog = ReturnType<typeof hssLog>;

export function hssLog(line: LogLine) {
  const masked = <Fields extends { imsi: string }>(fields: Fields): Fields => ({
    ...fields,
    imsi: maskedImsi(fields.imsi),
  });
  return {
    crossTenantRequest: (fields: { tenantId: string; imsi: string; originHost: string; held: number }) =>
      line("warning", "request for another tenant's subscriber", masked(fields)),
    noVectors: (fields: { tenantId: string; imsi: string }, error: unknown) =>
      line("error", "no authentication vectors", { ...masked(fields), error: describe(error) }),
    refused: (fields: { tenantId: string; imsi: string; reason: string }) =>
      line("info", "subscriber refused", masked(fields)),
    updateLocationFailed: (fields: { mme: string }, error: unknown) =>
      line("error", "location not updated", { ...fields, error: describe(error) }),
    oldLocationNotCancelled: (fields: { imsi: string; mme: string; outcome: string }) =>
      line("warning", "old location not cancelled", masked(fields)),
    pushed: (fields: { tenantId: string; imsi: string; mme: string; what: string; outcome: string }) =>
      line("info", "pushed to the MME", masked(fields)),
    pushFailed: (fields: { imsi: string; mme: string }, error: unknown) =>
      line("error", "push failed", { ...masked(fields), error: describe(error) }),
    reset: (fields: { mme: string; outcome: string }) => line("info", "reset sent", fields),
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
