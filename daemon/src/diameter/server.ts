// A Diameter server: it listens, knows its peers, and hands their requests to handlers (RFC 6733).
import type { Socket } from "node:net";
import { DISCONNECT } from "./dictionary/commands.ts";
import { RESULT } from "./dictionary/results.ts";
import { addressOf, isTls, Listener } from "./listener.ts";
import { type Origin, originOf } from "./peer/answer.ts";
import { type Capabilities, capabilityAvps } from "./peer/capabilities.ts";
import { type Clock, systemClock } from "./peer/clock.ts";
import { Connection } from "./peer/connection.ts";
import { Dispatcher } from "./peer/dispatcher.ts";
import { Handshake } from "./peer/handshake.ts";
import { Identities } from "./peer/identity.ts";
import { Peer } from "./peer/peer.ts";
import { tlsIdentityOf } from "./peer/tlsIdentity.ts";
import { TokenBucket } from "./peer/tokenBucket.ts";
import type { Admission, Candidate, Refusal, ServerEvents, ServerOptions, TlsMaterial } from "./serverOptions.ts";

type Admitted<C> = Extract<Admission<C>, { admitted: true }>;

const DEFAULTS = {
  watchdogMs: 30_000,
  messageLimit: 65_536,
  outputLimit: 4_194_304,
  handshakeMs: 10_000,
  handshakes: 256,
  handshakesPerAddress: 16,
  probeMs: 2_000,
  answersKept: 256,
  identitiesKept: 1_024,
};

export class DiameterServer<C> {
  private readonly options: ServerOptions<C> & typeof DEFAULTS;
  private readonly events: ServerEvents<C>;
  private readonly clock: Clock;
  private readonly originStateId: number;
  private readonly origin: Origin;
  private readonly listeners: Listener[];
  private readonly dispatcher: Dispatcher<C>;
  private readonly identities: Identities;
  private readonly handshakes = new Map<Handshake, string>();
  private readonly open = new Map<string, Peer<C>>();
  private readonly candidates = new WeakMap<Peer<C>, Candidate>();
  /** Identities that somebody claims while another holds them. */
  private readonly claims = new Set<string>();
  private stopping = false;

  constructor(options: ServerOptions<C>) {
    this.options = { ...DEFAULTS, ...options };
    this.events = options.events ?? {};
    this.clock = options.clock ?? systemClock;
    this.originStateId = options.originStateId ?? Math.floor(this.clock.date().getTime() / 1000);
    this.origin = originOf(options.originHost, options.originRealm);
    this.identities = new Identities(this.options.answersKept, this.options.identitiesKept);
    const handlerFailed = (...failure: Parameters<NonNullable<ServerEvents<C>["handlerFailed"]>>) =>
      this.events.handlerFailed?.(...failure);
    this.dispatcher = new Dispatcher({ handlers: options.handlers, handlerFailed });
    this.listeners = options.listeners.map((each) => this.listener(each));
  }

  /** @throws Error if an address cannot be bound; none is then. */
  async listen(): Promise<void> {
    const started = this.listeners.map((each) => each.listen((error) => this.events.listenerFailed?.(error)));
    const failed = (await Promise.allSettled(started)).find((each) => each.status === "rejected");
    if (!failed) return;
    for (const each of this.listeners) each.close();
    throw failed.reason;
  }

  /** Where it listens, in the order of the options. */
  get addresses(): { host: string; port: number; tls: boolean }[] {
    return this.listeners.map((each) => each.address);
  }

  peers(): Peer<C>[] {
    return [...this.open.values()];
  }

  peer(originHost: string): Peer<C> | undefined {
    return this.open.get(originHost.toLowerCase());
  }

  /** New connections use these; open ones stay. @throws Error if the material is unusable: the old one is then kept. */
  updateTls(material: TlsMaterial): void {
    for (const each of this.listeners) each.updateTls(material);
  }

  /** Asks again of every peer whether it may be one: who may not is sent away at once, others get their new context. */
  recheck(admit: (candidate: Candidate) => Admission<C> = this.options.admit): void {
    for (const peer of this.peers()) {
      const admission = admit(this.candidates.get(peer) as Candidate);
      if (!admission.admitted) peer.expel(DISCONNECT.DO_NOT_WANT_TO_TALK_TO_YOU, admission.reason);
      else if (admission.originRealm !== peer.origin.originRealm) peer.expel(DISCONNECT.REBOOTING, "its realm changed");
      else peer.readmit(admission.context, this.rateOf(admission));
    }
  }

  /** Takes no new connections, says goodbye to all peers, and cuts those that are still there after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    for (const each of this.listeners) each.close();
    for (const each of this.handshakes.keys()) each.cut("the server stops");
    const peers = this.peers();
    const cancel = this.clock.after(deadlineMs, () => {
      for (const peer of peers) peer.cut("the server stops");
    });
    await Promise.all(peers.map((peer) => peer.close(DISCONNECT.REBOOTING, "the server stops")));
    cancel();
  }

  private listener(options: ServerOptions<C>["listeners"][number]): Listener {
    return new Listener(options, this.options.handshakeMs, this.options.handshakes, {
      connected: (socket) => this.connected(socket),
      failed: (address, reason) =>
        this.refused({ address, tls: true, resultCode: undefined, reason, originHost: undefined }),
    });
  }

  private connected(socket: Socket): void {
    const address = addressOf(socket);
    socket.on("error", () => {});
    const fromThere = [...this.handshakes.values()].filter((each) => each === address).length;
    const { handshakes, handshakesPerAddress } = this.options;
    if (this.stopping || this.handshakes.size >= handshakes || fromThere >= handshakesPerAddress) {
      const reason = "too many connections without a CER";
      this.refused({ address, tls: isTls(socket), resultCode: undefined, reason, originHost: undefined });
      socket.destroy();
      return;
    }
    const handshake = new Handshake(new Connection(socket, this.options), {
      clock: this.clock,
      limitMs: this.options.handshakeMs,
      applications: this.options.applications,
      origin: this.origin,
      introduced: (each, capabilities, common) => this.introduced(each, candidateOf(socket, capabilities), common),
      refused: (resultCode, reason, known) =>
        this.refused({ address, tls: isTls(socket), resultCode, reason, originHost: known?.originHost }),
      over: (each) => this.handshakes.delete(each),
    });
    this.handshakes.set(handshake, address);
  }

  private introduced(handshake: Handshake, candidate: Candidate, common: number[]): void {
    const admission = this.admissionOf(candidate);
    if (!admission.admitted) {
      handshake.refuse(admission.resultCode, admission.reason);
      return;
    }
    const holder = this.peer(candidate.originHost);
    if (holder === undefined) {
      this.welcome(handshake, candidate, admission, common);
      return;
    }
    void this.claim(handshake, candidate, holder).then((free) => {
      if (free && !handshake.connection.isOver) this.welcome(handshake, candidate, admission, common);
    });
  }

  private admissionOf(candidate: Candidate): Admission<C> {
    try {
      return this.options.admit(candidate);
    } catch (error) {
      this.events.admissionFailed?.(error, candidate);
      return { admitted: false, resultCode: RESULT.UNABLE_TO_COMPLY, reason: "the admission failed" };
    }
  }

  /**
   * One identity, one connection. RFC 6733 5.6.4 elects among two connections opened from both sides, and we open none.
   * So the holder is asked for a sign of life: if it gives one, the newcomer is refused with 4003 (a stolen identity does not
   * push out a live peer); if not, the newcomer replaces it (a node that lost its power is back within `probeMs`).
   */
  private async claim(handshake: Handshake, candidate: Candidate, holder: Peer<C>): Promise<boolean> {
    const key = candidate.originHost.toLowerCase();
    if (this.claims.has(key)) {
      handshake.refuse(RESULT.ELECTION_LOST, "this identity is being claimed already");
      return false;
    }
    this.claims.add(key);
    const alive = await holder.probe(this.options.probeMs);
    this.claims.delete(key);
    if (alive) {
      handshake.refuse(RESULT.ELECTION_LOST, "this identity has an open connection");
      return false;
    }
    holder.cut("replaced by a new connection of the same identity");
    return true;
  }

  private welcome(handshake: Handshake, candidate: Candidate, admission: Admitted<C>, common: number[]): void {
    const origin = originOf(this.options.originHost, admission.originRealm);
    const { connection } = handshake;
    const address = (connection.socket.localAddress ?? "127.0.0.1").replace(/^::ffff:(?=\d+\.)/, "");
    const { productName, applications } = this.options;
    const own = { addresses: [address], productName, originStateId: this.originStateId, applications };
    handshake.accept({ avps: capabilityAvps(own) }, origin);
    if (connection.isOver) return;
    const peer = this.peerOf(connection, candidate, admission, origin, common);
    this.candidates.set(peer, candidate);
    this.open.set(candidate.originHost.toLowerCase(), peer);
    this.events.peerOpened?.(peer);
  }

  private peerOf(
    connection: Connection,
    candidate: Candidate,
    admission: Admitted<C>,
    origin: Origin,
    common: number[],
  ): Peer<C> {
    const { originHost, originRealm, address, tls } = candidate;
    return new Peer<C>({
      connection,
      originHost,
      originRealm,
      address,
      tls,
      applications: common,
      context: admission.context,
      origin,
      ourRealms: [admission.originRealm, this.options.originRealm, ...(admission.furtherRealms ?? [])],
      originStateId: this.originStateId,
      identity: this.identities.of(originHost),
      rate: this.rateOf(admission),
      dispatcher: this.dispatcher,
      clock: this.clock,
      watchdogMs: this.options.watchdogMs,
      closed: (peer, reason) => this.closed(peer, reason),
      suspected: (peer) => this.events.peerSuspected?.(peer),
    });
  }

  private rateOf({ requestsPerSecond }: Admitted<C>): TokenBucket | undefined {
    return Number.isFinite(requestsPerSecond) ? new TokenBucket(requestsPerSecond, this.clock) : undefined;
  }

  private closed(peer: Peer<C>, reason: string): void {
    const key = peer.originHost.toLowerCase();
    if (this.open.get(key) === peer) this.open.delete(key);
    this.events.peerClosed?.(peer, reason);
  }

  private refused(refusal: Refusal): void {
    this.events.peerRefused?.(refusal);
  }
}

function candidateOf(socket: Socket, capabilities: Capabilities): Candidate {
  const { originHost, originRealm, applications, productName } = capabilities;
  const tls = isTls(socket) ? tlsIdentityOf(socket) : undefined;
  const port = socket.remotePort ?? 0;
  return {
    originHost,
    originRealm,
    applications,
    productName,
    address: addressOf(socket),
    port,
    ...(tls ? { tls } : {}),
  };
}
