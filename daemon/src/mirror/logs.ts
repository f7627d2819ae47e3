// Every line that the mirror logs, by name. Never keys; of an IMSI, its network and its last two digits.

export type Severity = "info" | "warning" | "error";
/** Where lines go; the composition root may bring its own. */
export type LogLine = (severity: Severity, event: string, fields: Record<string, unknown>) => void;

/** MCC and MNC (5 digits) and the last two, e.g. `00101********01`. */
export function maskedImsi(imsi: string): string {
  return imsi.length < 8 ? "*".repeat(imsi.length) : imsi.slice(0, 5) + "*".repeat(imsi.length - 7) + imsi.slice(-2);
}

/** A document's path with the IMSIs in it masked. */
export function maskedPath(path: string): string {
  return path.replace(/(?<=\/)\d{6,15}(?=\/|$)/g, maskedImsi);
}

/** One JSON line on standard output. */
export const jsonLine: LogLine = (severity, event, fields) => {
  process.stdout.write(`${JSON.stringify({ severity, message: event, ...fields })}\n`);
};

export type MirrorLog = ReturnType<typeof mirrorLog>;

export function mirrorLog(line: LogLine) {
  return {
    opened: (fields: { dataDir: string; subscribers: number; daemonId: string }) =>
      line("info", "mirror opened", fields),
    writeFailed: (what: string, error: unknown) =>
      line("error", "mirror cannot write", { what, error: describe(error) }),
    feedStarted: (fields: { feed: string; full: boolean }) => line("info", "feed started", fields),
    feedSynced: (fields: { feed: string; documents: number; removed: number }) => line("info", "feed in sync", fields),
    feedFailed: (fields: { feed: string; retryInMs: number }, error: unknown) =>
      line("warning", "feed interrupted", { ...fields, error: describe(error) }),
    feedsSilent: (fields: { seconds: number }) => line("warning", "feeds silent, starting them again", fields),
    documentSkipped: (path: string, error: unknown) =>
      line("error", "document does not fit its schema", { path: maskedPath(path), error: describe(error) }),
    keyFetched: (fields: { tenantId: string }) => line("info", "tenant key fetched", fields),
    keyMissing: (fields: { tenantId: string }, error?: unknown) =>
      line("warning", "tenant key not available", { ...fields, ...(error ? { error: describe(error) } : {}) }),
    sqnIndexClaimed: (fields: { index: number }) => line("info", "SQN index claimed", fields),
    sqnIndexFailed: (error: unknown) => line("error", "SQN index not claimed", { error: describe(error) }),
    outboxBlocked: (fields: { queued: number; retryInMs: number }, error: unknown) =>
      line("warning", "cloud does not take writes", { ...fields, error: describe(error) }),
    recordSetAside: (fields: { key: string }, error: unknown) =>
      line("error", "record set aside", { key: maskedPath(fields.key), error: describe(error) }),
    recordsDropped: (fields: { queue: string; dropped: number }) =>
      line("warning", "queue full, oldest dropped", fields),
    heartbeatFailed: (error: unknown) => line("warning", "heartbeat not written", { error: describe(error) }),
    commandClaimed: (fields: { id: string; action: string }) => line("info", "command claimed", fields),
    commandFailed: (fields: { id: string }, error: unknown) =>
      line("error", "command failed", { ...fields, error: describe(error) }),
    fileFaulty: (fields: { file: string; field: string; reason: string }) =>
      line("error", "subscriber file has a fault", fields),
    folderRead: (fields: { files: number; subscribers: number; changed: number; removed: number }) =>
      line("info", "subscriber folder read", fields),
    folderUnreadable: (fields: { folder: string }, error: unknown) =>
      line("error", "subscriber folder cannot be read", { ...fields, error: describe(error) }),
    reported: (what: string, imsi: string | undefined, fields: Record<string, unknown>) =>
      line("info", what, { ...(imsi === undefined ? {} : { imsi: maskedImsi(imsi) }), ...fields }),
  };
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const code = (error as { code?: unknown }).code;
  return { message, ...(code === undefined ? {} : { code }), ...(cause ? { cause: describe(cause) } : {}) };
}
