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
  channelPublished: (fields: {
    tenantId: string;
    channel: string;
    sequence: number;
    action: string;
    snapshotId: string;
    packages: number;
  }) => logger.info("channel published", fields),
  channelsResigned: (fields: { resigned: number; failed: number }) => logger.info("channels signed again", fields),
  resignFailed: (fields: { tenantId: string; channel: string }, error: unknown) =>
    logger.error("channel could not be signed again", { ...fields, error: describe(error) }),
  repositoryUnmade: (fields: { tenantId: string }, error: unknown) =>
    logger.error("repository could not be made; it is tried again at its next use", {
      ...fields,
      error: describe(error),
    }),
  platformPackageLeftOut: (fields: { tenantId: string; packageId: string; reason: string }) =>
    logger.warn("a package of the platform was left out of a tenant's repository", fields),
  packageRefused: (fields: { tenantId: string; uploadId: string; reason: string }) =>
    logger.warn("package refused", fields),
  rolloutStopped: (fields: { tenantId: string; rolloutId: string; reason: string }) =>
    logger.warn("rollout stopped", fields),
  rolloutFault: (fields: { tenantId: string; rolloutId: string }, error: unknown) =>
    logger.error("rollout could not go on; it is tried again in a minute", { ...fields, error: describe(error) }),
  webhookGivenUp: (fields: { tenantId: string; webhookId: string; deliveryId: string; attempts: number }) =>
    logger.warn("webhook delivery given up", fields),
  webhookStopped: (fields: { tenantId: string; webhookId: string; reason: string }) =>
    logger.warn("webhook switched off", fields),
  webhooksOverdue: (fields: { enqueued: number }) => logger.warn("webhook deliveries were overdue", fields),
  eventUnreadable: (fields: { path: string }, error: unknown) =>
    logger.error("a document could not be read, so webhooks are not told of it", { ...fields, error: describe(error) }),
  remsimClientDisconnected: (fields: { tenantId: string; clientKey: string }) =>
    logger.warn("remote-SIM client disconnected", fields),
  remsimFault: (fields: { path: string }, error: unknown) =>
    logger.error("the remote-SIM sweep could not deal with this; it is tried again in a minute", {
      ...fields,
      error: describe(error),
    }),
  remsimSwept: (fields: object) => logger.debug("remote SIM swept", fields),
  remsimRequest: (fields: {
    requestId: string;
    endpoint: string;
    /** Null: the credential was not found to hold. */
    tenantId: string | null;
    /** The id of the login's document, which is a hash; or `key:` and the start of an API key's. */
    credentialId: string | null;
    clientId: string | null;
    /** Null: the router hung up before it was answered. */
    status: number | null;
    outcome: string;
  }) => logger.info("remote-SIM router asked", fields),
  remsimRegistered: (fields: { tenantId: string; clientKey: string; slot: string }) =>
    logger.info("remote-SIM client got a card", fields),
  remsimReleased: (fields: { tenantId: string; clientKey: string; slot: string; because: string }) =>
    logger.info("remote-SIM client released its card", fields),
  remsimMoved: (fields: { tenantId: string; clientKey: string; from: string; to: string }) =>
    logger.info("remote-SIM client was moved to another card", fields),
  remsimNoSlot: (fields: { tenantId: string; clientId: string; mode: string }) =>
    logger.warn("no card for a remote-SIM client", fields),
  remsimClash: (fields: { tenantId: string; clientKey: string }) =>
    logger.warn("two routers register as one remote-SIM client", fields),
  swept: (fields: { offline: number; expiredCommands: number }) => logger.debug("swept", fields),
};

/** An error with its causes, whole. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  return { message: error.message, stack: error.stack, ...(error.cause ? { cause: describe(error.cause) } : {}) };
}
