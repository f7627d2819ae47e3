// A PCRF on a loopback socket with records in memory, and SMFs that connect to it.
import type { SubscriptionProfile } from "@wisptools/core";
import { type ClientPeer, connectPeer } from "../../diameter/client.ts";
import { type Avp, avp } from "../../diameter/codec/avpDefinition.ts";
import type { Message } from "../../diameter/codec/message.ts";
import * as base from "../../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND, commandKey } from "../../diameter/dictionary/commands.ts";
import type { Answer } from "../../diameter/peer/answer.ts";
import { FakeClock } from "../../diameter/peer/fakeClock.ts";
import { DiameterServer } from "../../diameter/server.ts";
import type { PeerContext } from "../../peerContext.ts";
import type {
  Directory,
  GxSession,
  Reporter,
  ServedSubscriber,
  Sessions,
  TenantRecord,
  Usage,
  UsageCounter,
} from "../../records.ts";
import { pcrfHandlers } from "../pcrfHandlers.ts";
import { PcrfPushes } from "../pcrfPushes.ts";

export const IMSI = "001010000000001";
export const SMF_A = "smf.epc-1.a.example";
/** Of another tenant. */
export const SMF_B = "smf.epc-9.b.example";

export function profile(changes: Partial<SubscriptionProfile> = {}): SubscriptionProfile {
  const rates = { uplink: 5_000_000, downlink: 20_000_000 };
  const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
  return {
    status: "active",
    rates,
    apns: [{ contextId: 1, apn: "internet", pdnType: "ipv4", qci: 9, arp, rates, rules: [] }],
    accessRestriction: 0,
    roaming: { allowed: "none" },
    networkAccessMode: 2,
    ...changes,
  };
}

/** Records in memory; a write takes a turn of the event loop, as the disk would. */
export class LabRecords {
  readonly subscribers = new Map<string, ServedSubscriber>();
  readonly tenants = new Map<string, TenantRecord>();
  readonly stored = new Map<string, GxSession>();
  readonly counters = new Map<string, UsageCounter>();
  readonly activities: Parameters<Reporter["activity"]>[0][] = [];
  readonly changes: { session: GxSession; state: "open" | "ended" }[] = [];
  readonly usages: Parameters<Reporter["usage"]>[] = [];
  /** Writes that are not durable yet. */
  writing = 0;

  constructor() {
    for (const id of ["a", "b"]) this.tenant(id);
    this.subscriber(IMSI, "a", profile());
  }

  tenant(id: string, changes: Partial<TenantRecord> = {}): void {
    const realm = `${id}.example`;
    const record = { id, realm, plmns: [], active: true, roamingPartners: [], unknownEquipment: "white" as const };
    this.tenants.set(id, { ...record, ...changes });
  }

  subscriber(imsi: string, tenantId: string, served: SubscriptionProfile | undefined): void {
    this.subscribers.set(imsi, {
      imsi,
      tenantId,
      profile: served,
      missing: served ? undefined : "plan gold",
      profileHash: JSON.stringify(served ?? null),
      algorithm: "milenage",
      amf: 0x8000,
      sqnOffset: 0,
      openKeys: () => {
        throw new Error("Gx opens no keys");
      },
    });
  }

  readonly directory: Directory = {
    subscriber: (imsi) => this.subscribers.get(imsi),
    tenant: (tenantId) => this.tenants.get(tenantId),
    tenants: () => [...this.tenants.values()],
    peer: () => undefined,
    equipment: () => undefined,
  };

  readonly sessions: Sessions = {
    get: (sessionId) => this.stored.get(sessionId),
    put: (session) => this.written(() => this.stored.set(session.sessionId, structuredClone(session))),
    remove: (sessionId) => this.written(() => this.stored.delete(sessionId)),
    ofSubscriber: (imsi) => [...this.stored.values()].filter((each) => each.imsi === imsi),
    all: () => this.stored.values(),
  };

  readonly usage: Usage = {
    get: (imsi) => this.counters.get(imsi),
    put: (imsi, counter) => this.written(() => this.counters.set(imsi, counter)),
  };

  readonly reporter: Reporter = {
    registered: () => {},
    detached: () => {},
    authenticated: () => {},
    authenticationFailed: () => {},
    sqnOffset: async () => {},
    equipmentSeen: () => {},
    sessionChanged: (session, state) => this.changes.push({ session, state }),
    usage: (...usage) => this.usages.push(usage),
    activity: (entry) => this.activities.push(entry),
    connection: () => {},
    askOthers: () => {},
  };

  kinds(): string[] {
    return this.activities.map(({ kind }) => kind);
  }

  private async written(write: () => void): Promise<void> {
    this.writing += 1;
    await new Promise((resolve) => setImmediate(resolve));
    write();
    this.writing -= 1;
  }
}

export interface LabSmf {
  readonly peer: ClientPeer;
  /** RARs that came. */
  readonly received: Message[];
  /** What a RAR is answered; by default success. */
  answer: (request: Message) => Answer | Promise<Answer>;
  /** Sends a CCR and gets its CCA. */
  ccr(type: number, number: number, avps?: readonly Avp[], sessionId?: string): Promise<Message>;
}

export class PcrfLab {
  readonly records: LabRecords;
  readonly clock: FakeClock;
  readonly failures: unknown[] = [];
  readonly pushes: PcrfPushes;
  private readonly server: DiameterServer<PeerContext>;
  private readonly clients: ClientPeer[] = [];

  constructor(records = new LabRecords(), clock = new FakeClock()) {
    this.records = records;
    this.clock = clock;
    const { directory, sessions, usage, reporter } = records;
    const deps = { directory, sessions, usage, reporter, clock: this.clock };
    const failed = (error: unknown): void => {
      this.failures.push(error);
    };
    this.pushes = new PcrfPushes({ ...deps, peer: (originHost) => this.server.peer(originHost), failed });
    const handlers = pcrfHandlers<PeerContext>({ ...deps, pushes: this.pushes });
    this.server = new DiameterServer<PeerContext>({
      listeners: [{ host: "127.0.0.1", port: 0 }],
      originHost: "pcrf.example",
      originRealm: "example",
      applications: [APPLICATION.GX],
      productName: "lab",
      admit: ({ originHost, originRealm }) => {
        const tenantId = originRealm.slice(0, 1);
        const context = { tenantId, epcId: originHost.split(".")[1] ?? "", role: "smf" as const, trusted: false };
        return { admitted: true, context, originRealm, requestsPerSecond: Number.POSITIVE_INFINITY };
      },
      handlers: new Map(handlers.map((each) => [commandKey(each.applicationId, each.commandCode), each.handler])),
      events: { handlerFailed: failed, peerOpened: (peer) => this.pushes.peerConnected(peer) },
    });
  }

  async start(): Promise<this> {
    await this.server.listen();
    this.pushes.start();
    return this;
  }

  async stop(): Promise<void> {
    this.pushes.stop();
    for (const client of this.clients) client.cut("the test is over");
    await this.server.stop(1_000);
  }

  /** Of a restart: another process with the same records. */
  async restarted(): Promise<PcrfLab> {
    await this.stop();
    return new PcrfLab(this.records, this.clock).start();
  }

  peerCount(): number {
    return this.server.peers().length;
  }

  async smf(originHost = SMF_A): Promise<LabSmf> {
    const received: Message[] = [];
    const smf: { answer: LabSmf["answer"] } = { answer: () => ({ avps: [] }) };
    const handler = (request: Message): Answer | Promise<Answer> => {
      received.push(request);
      return smf.answer(request);
    };
    const originRealm = originHost.split(".").slice(2).join(".");
    const peer = await connectPeer({
      host: "127.0.0.1",
      port: this.server.addresses[0]?.port ?? 0,
      originHost,
      originRealm,
      applications: [APPLICATION.GX],
      handlers: new Map([[commandKey(APPLICATION.GX, COMMAND.RE_AUTH), handler]]),
    });
    this.clients.push(peer);
    const ccr: LabSmf["ccr"] = (type, number, avps = [], sessionId = `${originHost};1;1`) =>
      peer.request(COMMAND.CREDIT_CONTROL, APPLICATION.GX, [
        avp(base.SessionId, sessionId),
        avp(base.DestinationRealm, originRealm),
        avp(base.CcRequestType, type),
        avp(base.CcRequestNumber, number),
        ...avps,
      ]);
    return Object.assign(smf, { peer, received, ccr });
  }
}

/** What a CCR-I says of the UE. */
export function who(imsi = IMSI, apn = "internet", address = [10, 45, 0, 2]): Avp[] {
  return [
    avp(base.SubscriptionId, [avp(base.SubscriptionIdType, 0), avp(base.SubscriptionIdData, "15550001")]),
    avp(base.SubscriptionId, [avp(base.SubscriptionIdType, 1), avp(base.SubscriptionIdData, imsi)]),
    avp(base.CalledStationId, apn),
    avp(base.FramedIpAddress, Buffer.from(address)),
  ];
}
