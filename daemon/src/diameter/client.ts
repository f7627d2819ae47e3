// The side that opens a connection: simulators, load generators, tests.
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { avp } from "./codec/avpDefinition.ts";
import { writeAvp } from "./codec/avpWriter.ts";
import { DiameterError } from "./codec/diameterError.ts";
import { endMessage, FLAG_REQUEST, Message, writeHeader } from "./codec/message.ts";
import { ErrorMessage, ResultCode } from "./dictionary/base.ts";
import { APPLICATION, COMMAND } from "./dictionary/commands.ts";
import { RESULT } from "./dictionary/results.ts";
import { type Origin, originOf } from "./peer/answer.ts";
import { type Capabilities, capabilityAvps, commonApplications, readCapabilities } from "./peer/capabilities.ts";
import { type Clock, systemClock } from "./peer/clock.ts";
import { Connection } from "./peer/connection.ts";
import { Dispatcher, type Handler } from "./peer/dispatcher.ts";
import { Identities } from "./peer/identity.ts";
import { Peer } from "./peer/peer.ts";

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly originHost: string;
  readonly originRealm: string;
  readonly applications: readonly number[];
  /** Plain without it. The server's certificate must be of `ca`; its name must be `serverName` if that is given. */
  readonly tls?: {
    readonly ca: string | readonly string[];
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
  };
  readonly productName?: string;
  /** Of the requests that the server sends us; those without one are answered 3001 or 3007. */
  readonly handlers?: ReadonlyMap<number, Handler<undefined>>;
  readonly handlerFailed?: (error: unknown, request: Message) => void;
  readonly localAddress?: string;
  readonly originStateId?: number;
  readonly watchdogMs?: number;
  readonly messageLimit?: number;
  readonly outputLimit?: number;
  /** From the beginning to the CEA, default 10,000. */
  readonly handshakeMs?: number;
  readonly clock?: Clock;
}

export type ClientPeer = Peer<undefined>;

/**
 * Connects, and exchanges capabilities.
 * @throws DiameterError with the CEA's Result-Code if we are refused
 * @throws Error if there is no connection, or no CEA in time
 */
export async function connectPeer(options: ConnectOptions): Promise<ClientPeer> {
  const clock = options.clock ?? systemClock;
  const socket = open(options);
  const limits = { messageLimit: options.messageLimit ?? 65_536, outputLimit: options.outputLimit ?? 67_108_864 };
  const connection = new Connection(socket, limits);
  const origin = originOf(options.originHost, options.originRealm);
  return new Promise((resolve, reject) => {
    const cancel = clock.after(options.handshakeMs ?? 10_000, () => connection.cut("no CEA in time"));
    const fail = (error: Error): void => {
      cancel();
      connection.receiver = undefined;
      connection.cut(error.message);
      reject(error);
    };
    connection.receiver = {
      gone: (reason) => fail(new Error(`${options.host}:${options.port}: ${reason}`)),
      message: (bytes, from, to) => {
        try {
          const capabilities = readCea(new Message(bytes, from, to));
          cancel();
          resolve(peerOf(options, connection, origin, capabilities, clock));
        } catch (error) {
          fail(error as Error);
        }
      },
    };
    socket.once(options.tls ? "secureConnect" : "connect", () => sendCer(options, connection, origin));
  });
}

function open({ host, port, tls, localAddress }: ConnectOptions): Socket {
  const where = { host, port, ...(localAddress === undefined ? {} : { localAddress }) };
  if (tls === undefined) return connect(where);
  const { ca, cert, key, serverName } = tls;
  return connectTls({
    ...where,
    ca: typeof ca === "string" ? ca : [...ca],
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? { checkServerIdentity: () => undefined } : { servername: serverName }),
    minVersion: "TLSv1.2",
  });
}

function sendCer(options: ConnectOptions, connection: Connection, origin: Origin): void {
  const { output, socket } = connection;
  const own = {
    addresses: [socket.localAddress ?? "127.0.0.1"],
    productName: options.productName ?? "wisptools",
    originStateId: options.originStateId ?? 1,
    applications: options.applications,
  };
  writeHeader(output, COMMAND.CAPABILITIES_EXCHANGE, APPLICATION.BASE, FLAG_REQUEST, 1, 1);
  writeAvp(output, { definition: undefined, value: origin.encoded });
  for (const each of capabilityAvps(own)) writeAvp(output, each);
  endMessage(output);
  connection.written();
}

/** @throws DiameterError if it is not the CEA of success. */
function readCea(message: Message): Capabilities {
  if (message.isRequest || message.commandCode !== COMMAND.CAPABILITIES_EXCHANGE) {
    throw new DiameterError(RESULT.UNABLE_TO_COMPLY, "the first message is no CEA");
  }
  const resultCode = message.get(ResultCode) ?? 0;
  if (resultCode === RESULT.SUCCESS) return readCapabilities(message);
  const text = message.get(ErrorMessage);
  throw new DiameterError(
    resultCode,
    `refused with ${resultCode}${text === undefined ? "" : `: ${text}`}`,
    avp(ResultCode, resultCode),
  );
}

function peerOf(
  options: ConnectOptions,
  connection: Connection,
  origin: Origin,
  { originHost, originRealm, applications }: Capabilities,
  clock: Clock,
): ClientPeer {
  return new Peer<undefined>({
    connection,
    originHost,
    originRealm,
    address: connection.socket.remoteAddress ?? options.host,
    tls: undefined,
    applications: commonApplications(options.applications, applications),
    context: undefined,
    origin,
    ourRealms: [options.originRealm],
    originStateId: options.originStateId ?? 1,
    identity: new Identities(0, 1).of(originHost),
    rate: undefined,
    dispatcher: new Dispatcher<undefined>({
      handlers: options.handlers ?? new Map(),
      handlerFailed: (error, request) => options.handlerFailed?.(error, request),
    }),
    clock,
    watchdogMs: options.watchdogMs ?? 30_000,
    closed: () => {},
  });
}
