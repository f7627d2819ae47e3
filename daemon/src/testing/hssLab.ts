// An HSS on a loopback socket with records in memory, and MMEs that connect to it.
import type { SubscriptionProfile } from "@wisptools/core";
import { admitPeer } from "../admitPeer.ts";
import { type ClientPeer, connectPeer } from "../diameter/client.ts";
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import { ExperimentalResult, ExperimentalResultCode, ResultCode, UserName } from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND, commandKey } from "../diameter/dictionary/commands.ts";
import { RatType } from "../diameter/dictionary/gx.ts";
import {
  Imei,
  NumberOfRequestedVectors,
  RequestedEutranAuthenticationInfo,
  ReSynchronizationInfo,
  SoftwareVersion,
  TerminalInformation,
  UlrFlags,
  VisitedPlmnId,
} from "../diameter/dictionary/s6a.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import { DiameterServer } from "../diameter/server.ts";
import type { SubscriberKeys } from "../hss/crypto/keys.ts";
import { SqnGenerator } from "../hss/crypto/sqn.ts";
import { type HssDeps, hssDeps } from "../hss/deps.ts";
import { HSS_APPLICATIONS, hssHandlers } from "../hss/handlers.ts";
import { HssPushes, type HssPushesOptions } from "../hss/hssPushes.ts";
import type { PeerContext } from "../peerContext.ts";
import { peerEvents } from "../peerEvents.ts";
import { MemoryDirectory } from "./memoryDirectory.ts";
import { MemoryRegistrations } from "./memoryRegistrations.ts";
import { RecordedReporter } from "./recordedReporter.ts";

export const IMSI = "001010000000001";
/** Of tenant `b`. */
export const IMSI_B = "001010000000009";
export const PLMN = Buffer.from("00f110", "hex");
/** 262/01. */
export const FOREIGN_PLMN = Buffer.from("62f210", "hex");
export const MME_A = "mme.epc-1.a.example";
export const MME_A2 = "mme.epc-2.a.example";
export const MME_B = "mme.epc-9.b.example";
export const IMEI = "356938035643809";
const HSS = "hss.wisptools.local";

/** TS 35.208 4.3, set 1. */
export const KEYS = {
  k: Buffer.from("465b5ce8b199b49faa5f0a2ee238a6bc", "hex"),
  operator: Buffer.from("cd63cb71954a9f4e48a5994e37a02baf", "hex"),
  kind: "opc" as const,
};
export const CARD: SubscriberKeys = { algorithm: "milenage", k: KEYS.k, opc: KEYS.operator, amf: 0x8000 };

export function profile(changes: Partial<SubscriptionProfile> = {}): SubscriptionProfile {
  const rates = { uplink: 5_000_000, downlink: 20_000_000 };
  const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
  return {
    status: "active",
    msisdn: "4915112345678",
    rates,
    apns: [{ contextId: 1, apn: "internet", pdnType: "ipv4", qci: 9, arp, rates, rules: [] }],
    accessRestriction: 0,
    roaming: { allowed: "none" },
    networkAccessMode: 2,
    ...changes,
  };
}

/** A request that the HSS sent. */
export interface Received {
  readonly commandCode: number;
  readonly message: Message;
}

/** An MME of a test: a Diameter client that keeps what it is sent and answers as the test says. */
export class LabMme {
  readonly received: Received[] = [];
  /** What requests from the HSS are answered with. */
  answer: (received: Received) => Answer | Promise<Answer> = () => ({ avps: [] });
  peer!: ClientPeer;

  of(commandCode: number): Message[] {
    return this.received.filter((each) => each.commandCode === commandCode).map((each) => each.message);
  }

  s6a(commandCode: number, avps: readonly Avp[]): Promise<Message> {
    return this.peer.request(commandCode, APPLICATION.S6A, avps);
  }

  air(imsi: string, changes: AirChanges = {}): Promise<Message> {
    const { plmn = PLMN, vectors, resync } = changes;
    const asked = [
      ...(vectors === undefined ? [] : [avp(NumberOfRequestedVectors, vectors)]),
      ...(resync === undefined ? [] : [avp(ReSynchronizationInfo, resync)]),
    ];
    return this.s6a(COMMAND.AUTHENTICATION_INFORMATION, [
      avp(UserName, imsi),
      avp(RequestedEutranAuthenticationInfo, asked),
      avp(VisitedPlmnId, plmn),
    ]);
  }

  ulr(imsi: string, changes: UlrChanges = {}): Promise<Message> {
    const { plmn = PLMN, ratType = 1004, flags = 0x22, imei, more = [] } = changes;
    return this.s6a(COMMAND.UPDATE_LOCATION, [
      avp(UserName, imsi),
      ...(imei === undefined ? [] : [avp(TerminalInformation, [avp(Imei, imei), avp(SoftwareVersion, "01")])]),
      avp(RatType, ratType),
      avp(UlrFlags, flags),
      avp(VisitedPlmnId, plmn),
      ...more,
    ]);
  }

  handlers() {
    const codes = [
      COMMAND.CANCEL_LOCATION,
      COMMAND.INSERT_SUBSCRIBER_DATA,
      COMMAND.DELETE_SUBSCRIBER_DATA,
      COMMAND.RESET,
    ];
    return new Map(
      codes.map((commandCode) => [
        commandKey(APPLICATION.S6A, commandCode),
        (message: Message) => {
          const received = { commandCode, message };
          this.received.push(received);
          return this.answer(received);
        },
      ]),
    );
  }
}

export interface AirChanges {
  readonly plmn?: Buffer;
  readonly vectors?: number;
  readonly resync?: Buffer;
}

export interface UlrChanges {
  readonly plmn?: Buffer;
  readonly ratType?: number;
  readonly flags?: number;
  readonly imei?: string;
  readonly more?: readonly Avp[];
}

/** Two tenants, `a` with two MMEs and `b` with one, a subscriber each. */
export class HssLab {
  readonly directory = new MemoryDirectory();
  readonly registrations = new MemoryRegistrations();
  readonly reporter = new RecordedReporter();
  readonly lines: [event: string, fields: Record<string, unknown>][] = [];
  readonly deps: HssDeps;
  readonly server: DiameterServer<PeerContext>;
  readonly mmes: LabMme[] = [];

  readonly pushes: HssPushes;

  /** With `trusted`, stand-alone: every peer is admitted. */
  constructor(options: HssPushesOptions & { trusted?: { realm: string } } = {}) {
    const { directory, registrations, reporter } = this;
    this.directory.addTenant({ id: "a" });
    this.directory.addTenant({ id: "b" });
    this.directory.addPeer({ originHost: MME_A, tenantId: "a", epcId: "epc_1" });
    this.directory.addPeer({ originHost: MME_A2, tenantId: "a", epcId: "epc_2" });
    this.directory.addPeer({ originHost: MME_B, tenantId: "b", epcId: "epc_9" });
    this.directory.addSubscriber({ imsi: IMSI, tenantId: "a", profile: profile(), keys: KEYS });
    this.directory.addSubscriber({ imsi: IMSI_B, tenantId: "b", profile: profile(), keys: KEYS });
    const log = (_severity: string, event: string, fields: Record<string, unknown>) => {
      this.lines.push([event, fields]);
    };
    const sqn = new SqnGenerator({ ind: 3, leased: 0, lease: () => {} });
    this.deps = hssDeps({ directory, registrations, reporter, sqn, log });
    this.pushes = new HssPushes(this.deps, options);
    const events = peerEvents({ directory, reporter, log, application: "hss" });
    const handlers = hssHandlers(this.deps).map(
      ({ applicationId, commandCode, handler }) => [commandKey(applicationId, commandCode), handler] as const,
    );
    this.server = new DiameterServer<PeerContext>({
      listeners: [{ host: "127.0.0.1", port: 0 }],
      originHost: HSS,
      originRealm: "wisptools.local",
      applications: HSS_APPLICATIONS,
      productName: "wisptools",
      admit: admitPeer(directory, {
        requestsPerSecond: Number.POSITIVE_INFINITY,
        ...(options.trusted ? { trusted: options.trusted } : {}),
      }),
      handlers: new Map(handlers),
      events: {
        ...events,
        peerOpened: (peer) => {
          events.peerOpened(peer);
          this.pushes.peerOpened(peer);
        },
      },
    });
  }

  async start(): Promise<this> {
    await this.server.listen();
    return this;
  }

  async connect(originHost: string): Promise<LabMme> {
    const mme = new LabMme();
    const [address] = this.server.addresses;
    mme.peer = await connectPeer({
      host: "127.0.0.1",
      port: address?.port ?? 0,
      originHost,
      originRealm: originHost.replace(/^mme\.[^.]+\./, ""),
      applications: HSS_APPLICATIONS,
      handlers: mme.handlers(),
    });
    this.mmes.push(mme);
    return mme;
  }

  async stop(): Promise<void> {
    for (const { peer } of this.mmes) peer.cut("the test is over");
    this.pushes.stop();
    await this.server.stop(1000);
  }
}

/** Result-Code, or Experimental-Result-Code preceded by the vendor. */
export function resultOf(answer: Message): string {
  const code = answer.get(ResultCode);
  const experimental = answer.get(ExperimentalResult);
  if (code !== undefined && experimental === undefined) return String(code);
  return `experimental ${experimental?.get(ExperimentalResultCode)}`;
}
