// Every line that the role logs, by name. Never a credential; clients by their own names, which are no secret.
import type { LogLine } from "../mirror/logs.ts";

export type RemsimLog = ReturnType<typeof remsimLog>;

export function remsimLog(line: LogLine) {
  return {
    edgeListening: (fields: { at: readonly string[]; cloud: string }) =>
      line("info", "remote-SIM edge listening", fields),
    edgeOff: () => line("warning", "remote-SIM edge not served: --cloud-url says where the cloud is", {}),
    advertised: (fields: { name: string; port: number }) => line("info", "remote-SIM edge advertised", fields),
    advertisingFailed: (error: unknown) => line("error", "remote-SIM edge not advertised", { error: describe(error) }),
    certificateRead: (fields: { file: string }) => line("info", "remote-SIM certificate read again", fields),
    certificateUnreadable: (error: unknown) =>
      line("error", "remote-SIM certificate not read again", { error: describe(error) }),
    cloudAway: (fields: { held: number }, error: unknown) =>
      line("warning", "cloud does not answer routers", { ...fields, error: describe(error) }),
    cloudBack: (fields: { queued: number }) => line("info", "cloud answers routers again", fields),
    answeredFromDisk: (fields: { clientId: string; request: string }) =>
      line("info", "router answered without the cloud", fields),
    credentialRefused: (fields: { status: number; forgotten: number }) =>
      line("warning", "cloud refused a router's credential", fields),
    queueFull: (fields: { most: number }) => line("error", "queue of routers' requests is full", fields),
    requestDropped: (fields: { clientId: string; kind: string; why: string }) =>
      line("warning", "router's queued request dropped", fields),
    edgeFailed: (error: unknown) => line("error", "remote-SIM edge failed", { error: describe(error) }),
    feedFailed: (fields: { feed: string; retryInMs: number }, error: unknown) =>
      line("warning", "feed interrupted", { ...fields, error: describe(error) }),
    documentSkipped: (path: string, error: unknown) =>
      line("error", "document does not fit its schema", { path, error: describe(error) }),
    serverReachable: (fields: { serverId: string; maps: number }) => line("info", "remsim-server reachable", fields),
    serverUnreachable: (fields: { serverId: string; retryInMs: number }, error: unknown) =>
      line("warning", "remsim-server not reachable", { ...fields, error: describe(error) }),
    mapsChanged: (fields: { serverId: string; added: number; removed: number }) =>
      line("info", "slot maps put right", fields),
    mapsNotPutRight: (fields: { serverId: string }, error: unknown) =>
      line("warning", "slot maps not put right", { ...fields, error: describe(error) }),
    drift: (fields: { serverId: string; map: string; why: string; held: number }) =>
      line("warning", "slot map is not as it shall be", fields),
    reportFailed: (fields: { serverId: string }, error: unknown) =>
      line("warning", "remsim-server's state not reported", { ...fields, error: describe(error) }),
  };
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const code = (error as { code?: unknown }).code;
  return { message, ...(code === undefined ? {} : { code }), ...(cause ? { cause: describe(cause) } : {}) };
}
