import { admitPeer } from "./admitPeer.ts";
import type { Config, Listen } from "./config.ts";
import { DiameterError } from "./diameter/codec/diameterError.ts";
import { commandKey, commandOf } from "./diameter/dictionary/commands.ts";
import { RESULT } from "./diameter/dictionary/results.ts";
import type { Answer } from "./diameter/peer/answer.ts";
import type { Handler } from "./diameter/peer/dispatcher.ts";
import { DiameterServer } from "./diameter/server.ts";
import type { ServerEvents, TlsMaterial } from "./diameter/serverOptions.ts";
import type { Metrics } from "./metrics.ts";
import type { LogLine } from "./mirror/logs.ts";
import type { Mirror } from "./mirror/openMirror.ts";
import type { PeerContext } from "./peerContext.ts";
import { peerEvents } from "./peerEvents.ts";
import type { MirrorEvents } from "./records.ts";

/** What both applications are made from. */
export interface ApplicationParts {
  config: Config;
  mirror: Mirror;
  metrics: Metrics;
  log: LogLine;
  /** Absent: the TLS listeners of the configuration are left out (stand-alone mode has no authority). */
  tls: TlsMaterial | undefined;
}

/** One Diameter server with what it tells its peers unasked. */
export interface Application
  extends Pick<MirrorEvents, "profilesChanged" | "registrationsChanged" | "tenantsChanged" | "command"> {
  name: "hss" | "pcrf";
  server: DiameterServer<PeerContext>;
  /** Whether `command` would run it here. */
  holds(command: Parameters<MirrorEvents["command"]>[0]): boolean;
  /** Ends pushes and timers; the server is stopped by itself. */
  stop(): void;
}

interface Row {
  applicationId: number;
  commandCode: number;
  handler: Handler<PeerContext>;
}

/** A server of `name` for these handlers, counted, with the house's admission. */
export function serverOf(
  { config, mirror, metrics, log, tls }: ApplicationParts,
  name: Application["name"],
  applications: readonly number[],
  rows: readonly Row[],
  peerOpened: NonNullable<ServerEvents<PeerContext>["peerOpened"]>,
): DiameterServer<PeerContext> {
  const { identity, listen } = config[name];
  const events = peerEvents({ directory: mirror.directory, reporter: mirror.reporter, log, application: name });
  const trusted = config.trustPeers && "realm" in config.source ? { realm: config.source.realm } : undefined;
  return new DiameterServer<PeerContext>({
    listeners: listen.filter((each) => !each.tls || tls).map((each) => listenerOf(each, tls)),
    originHost: identity,
    originRealm: "realm" in config.source ? config.source.realm : identity.slice(identity.indexOf(".") + 1),
    applications,
    productName: "wisptools",
    watchdogMs: config.watchdogMs,
    admit: admitPeer(mirror.directory, { requestsPerSecond: config.peerRate, ...(trusted ? { trusted } : {}) }),
    handlers: new Map(rows.map((row) => [commandKey(row.applicationId, row.commandCode), counted(row, metrics)])),
    events: {
      ...events,
      peerOpened: (peer) => {
        events.peerOpened(peer);
        peerOpened(peer);
      },
    },
  });
}

function listenerOf({ host, port, tls }: Listen, material: TlsMaterial | undefined) {
  return { host, port, ...(tls && material ? { tls: material } : {}) };
}

/** Counts each answer of a handler by its result, with the time it took. */
function counted({ applicationId, commandCode, handler }: Row, metrics: Metrics): Handler<PeerContext> {
  const command = commandOf(applicationId, commandCode)?.request ?? String(commandCode);
  return (request, peer) => {
    const begun = performance.now();
    const count = (result: number): void => metrics.answered(command, result, (performance.now() - begun) / 1000);
    const failed = (error: unknown): never => {
      count(error instanceof DiameterError ? error.resultCode : RESULT.UNABLE_TO_COMPLY);
      throw error;
    };
    try {
      const answer = handler(request, peer);
      if (answer instanceof Promise) {
        return answer.then((value) => {
          count(resultOf(value));
          return value;
        }, failed);
      }
      count(resultOf(answer));
      return answer;
    } catch (error) {
      return failed(error);
    }
  };
}

function resultOf({ resultCode, experimentalResult }: Answer): number {
  return experimentalResult?.code ?? resultCode ?? RESULT.SUCCESS;
}
