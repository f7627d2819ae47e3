// A simulated node's connection to its HSS or PCRF, made again when it is lost.
import { type ClientPeer, type ConnectOptions, connectPeer } from "../../../daemon/src/diameter/client.ts";
import type { Avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import { DISCONNECT } from "../../../daemon/src/diameter/dictionary/commands.ts";
import type { Handler } from "../../../daemon/src/diameter/peer/dispatcher.ts";

/** Where a simulated node connects to, and as whom. */
export interface NodeOptions {
  host: string;
  port: number;
  originHost: string;
  originRealm: string;
  tls?: NonNullable<ConnectOptions["tls"]>;
  /** Milliseconds until a lost or refused connection is tried again; absent: it is not. */
  reconnectMs?: number;
  /** Milliseconds that an answer may take, default 10,000. */
  timeoutMs?: number;
  /** Tw, default 30,000. */
  watchdogMs?: number;
  /** Told when the connection comes and goes. */
  linkChanged?: (connected: boolean, reason: string) => void;
}

export class Link {
  private readonly options: NodeOptions;
  private readonly applications: readonly number[];
  private readonly handlers: ReadonlyMap<number, Handler<undefined>>;
  private peer: ClientPeer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    options: NodeOptions,
    applications: readonly number[],
    handlers: ReadonlyMap<number, Handler<undefined>> = new Map(),
  ) {
    this.options = options;
    this.applications = applications;
    this.handlers = handlers;
  }

  get isConnected(): boolean {
    return this.peer?.isOpen === true;
  }

  /** The other side, as its CEA names it. */
  get remote(): { originHost: string; originRealm: string } | undefined {
    return this.peer && { originHost: this.peer.originHost, originRealm: this.peer.originRealm };
  }

  /**
   * Connects once. @throws DiameterError or Error as `connectPeer`: with `reconnectMs` it goes on trying all the same.
   */
  async connect(): Promise<void> {
    try {
      this.opened(await this.attempt());
    } catch (error) {
      this.lost(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** @throws PeerUnavailable without a connection, or without an answer in time. */
  request(commandCode: number, applicationId: number, avps: readonly Avp[]): Promise<Message> {
    if (!this.peer?.isOpen) return Promise.reject(new Error(`${this.options.originHost} is not connected`));
    const { timeoutMs } = this.options;
    return this.peer.request(commandCode, applicationId, avps, timeoutMs === undefined ? {} : { timeoutMs });
  }

  /** Says goodbye and stays away. */
  async close(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.peer?.close(DISCONNECT.REBOOTING, "closed");
  }

  /** Drops the connection without a word, as a power cut does. */
  cut(): void {
    this.peer?.cut("cut");
  }

  private attempt(): Promise<ClientPeer> {
    const { host, port, originHost, originRealm, tls, watchdogMs } = this.options;
    return connectPeer({
      ...{ host, port, originHost, originRealm },
      ...(tls === undefined ? {} : { tls }),
      ...(watchdogMs === undefined ? {} : { watchdogMs }),
      applications: this.applications,
      handlers: this.handlers,
      productName: "wisptools simulator",
      handlerFailed: (error) => {
        throw error;
      },
    });
  }

  private opened(peer: ClientPeer): void {
    if (this.ended) {
      void peer.close(DISCONNECT.REBOOTING, "closed");
      return;
    }
    this.peer = peer;
    this.options.linkChanged?.(true, "");
    void peer.closed.then((reason) => {
      this.options.linkChanged?.(false, reason);
      this.lost(reason);
    });
  }

  private lost(_reason: string): void {
    this.peer = undefined;
    const { reconnectMs } = this.options;
    if (this.ended || reconnectMs === undefined) return;
    this.timer = setTimeout(() => void this.connect().catch(() => {}), reconnectMs);
  }
}
