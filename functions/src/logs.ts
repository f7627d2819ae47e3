import * as logger from "firebase-functions/logger";

/** Every line this package logs, by name. Fields never hold keys, tokens or signatures. */
export const log = {
  unknownError: (fields: { requestId: string; path: string }, error: unknown) =>
    logger.error("unknown error", { ...fields, error: describe(error) }),
  epcEnrolled: (fields: { tenantId: string; epcId: string; existing: boolean }) => logger.info("epc enrolled", fields),
  boxWaiting: (fields: { tenantId: string; claimId: string; reason: string }) => logger.info("box waiting", fields),
  signatureRefused: (fields: { requestId: string; reason: string; address: string }) =>
    logger.warn("signature refused", fields),
  epcOffline: (fields: { tenantId: string; epcId: string }) => logger.warn("epc offline", fields),
  swept: (fields: { offline: number; expiredCommands: number }) => logger.debug("swept", fields),
};

/** An error with its causes, whole. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  return { message: error.message, stack: error.stack, ...(error.cause ? { cause: describe(error.cause) } : {}) };
}
