// One connection of the load generator: requests from a template, answers checked to the last vector.
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { avp } from "../../daemon/src/diameter/codec/avpDefinition.ts";
import { FrameReader } from "../../daemon/src/diameter/codec/frame.ts";
import { encodeMessage, Message } from "../../daemon/src/diameter/codec/message.ts";
import * as base from "../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../daemon/src/diameter/dictionary/commands.ts";
import { THREEGPP } from "../../daemon/src/diameter/dictionary/define.ts";
import * as s6a from "../../daemon/src/diameter/dictionary/s6a.ts";
import { Usim } from "../../daemon/src/hss/crypto/usim.ts";
import { HSS, imsiOf, keysOf, PLMN, REALM } from "./subscribers.ts";

/** naive: AIRs whose answers hold a vector that no USIM would take. */
export type Kind = "air" | "naive" | "dwr";

const RING = 1 << 20;
const COUNTER = "0000000000";
/** One answer in so many is verified by its USIM. */
const SAMPLE = 1_000;

export class LoadPeer {
  /** Answers that came since the beginning. */
  answered = 0;
  sent = 0;
  verified = 0;
  /** The first answer that was wrong, in words. */
  fault: string | undefined;
  private readonly socket: Socket;
  private readonly reader = new FrameReader(65_536);
  private readonly kind: Kind;
  private readonly subscribers: number;
  private readonly template: Buffer;
  private readonly sessionAt: number;
  private readonly userAt: number;
  private readonly due = new Float64Array(RING);
  private readonly who = new Int32Array(RING);
  private readonly settled: (latencyMs: number) => void;
  private opened: (() => void) | undefined;
  private next: number;
  private closing = false;

  private constructor(
    socket: Socket,
    originHost: string,
    kind: Kind,
    subscribers: number,
    settled: (ms: number) => void,
  ) {
    this.socket = socket;
    this.kind = kind;
    this.subscribers = subscribers;
    this.settled = settled;
    this.template = kind === "dwr" ? dwr(originHost) : air(originHost);
    this.sessionAt = this.template.indexOf(COUNTER);
    this.userAt = this.template.indexOf(imsiOf(0));
    // Connections begin at different subscribers and walk through all of them.
    this.next = createHash("sha256").update(originHost).digest().readUInt32BE() % subscribers;
    socket.setNoDelay(true);
    socket.on("error", (error) => this.failed(error.message));
    socket.on("close", () => this.failed("closed by the server"));
    socket.on("data", (chunk) => this.reader.feed(chunk, (bytes, from, to) => this.take(new Message(bytes, from, to))));
  }

  /** Connects and exchanges capabilities; `settled` gets the milliseconds from when a request was due to its answer. */
  static async open(
    port: number,
    { originHost, kind, subscribers }: { originHost: string; kind: Kind; subscribers: number },
    settled: (latencyMs: number) => void,
  ): Promise<LoadPeer> {
    const socket = connect({ host: "127.0.0.1", port });
    const peer = new LoadPeer(socket, originHost, kind, subscribers, settled);
    await new Promise<void>((resolve, reject) => {
      peer.opened = resolve;
      socket.once("connect", () => socket.write(cer(originHost)));
      socket.once("error", reject);
    });
    return peer;
  }

  get outstanding(): number {
    return this.sent - this.answered;
  }

  /** Sends `count` requests in one write; the nth was due at `dueAt(n)`, ms of performance.now(). */
  send(count: number, dueAt: (n: number) => number): void {
    const { template, sessionAt, userAt } = this;
    const batch = Buffer.allocUnsafe(template.length * count);
    for (let n = 0; n < count; n++) {
      const at = n * template.length;
      const id = this.sent++ & (RING - 1);
      template.copy(batch, at);
      batch.writeUInt32BE(id, at + 12);
      batch.writeUInt32BE(this.sent >>> 0, at + 16);
      if (this.kind !== "dwr") {
        this.next = this.next + 1 >= this.subscribers ? 0 : this.next + 1;
        this.who[id] = this.next + 1;
        digits(batch, at + sessionAt, this.sent);
        digits(batch, at + userAt + 5, this.next + 1);
      }
      this.due[id] = dueAt(n);
    }
    this.socket.write(batch);
  }

  close(): void {
    this.closing = true;
    this.socket.destroy();
  }

  private failed(words: string): void {
    if (!this.closing) this.fault ??= words;
  }

  private take(message: Message): boolean {
    if (message.commandCode === COMMAND.CAPABILITIES_EXCHANGE) {
      if (message.get(base.ResultCode) === 2001) this.opened?.();
      else this.failed(`CEA ${message.get(base.ResultCode)}`);
      return true;
    }
    if (message.isRequest) return true; // DWR of the server: the runs are shorter than its patience.
    this.answered += 1;
    this.settled(performance.now() - (this.due[message.hopByHop] as number));
    if (this.fault === undefined) this.fault = this.kind === "dwr" ? checkResult(message) : this.checkAia(message);
    return true;
  }

  private checkAia(message: Message): string | undefined {
    const wrong = checkResult(message);
    if (wrong) return wrong;
    const vector = message.get(s6a.AuthenticationInfo)?.get(s6a.EUtranVector);
    const rand = vector?.get(s6a.Rand);
    const xres = vector?.get(s6a.Xres);
    const autn = vector?.get(s6a.Autn);
    const kasme = vector?.get(s6a.Kasme);
    if (rand?.length !== 16 || xres?.length !== 8 || autn?.length !== 16 || kasme?.length !== 32) {
      return "an AIA without a whole vector";
    }
    if (this.kind === "naive" || this.answered % SAMPLE !== 0) return undefined;
    const card = new Usim(keysOf(this.who[message.hopByHop] as number)).authenticateEps(rand, autn, PLMN);
    if (card.outcome !== "accepted") return `the USIM says ${card.outcome}`;
    this.verified += 1;
    return card.res.equals(xres) && card.kasme.equals(kasme) ? undefined : "RES or KASME differ from the card's";
  }
}

function checkResult(message: Message): string | undefined {
  const code = message.get(base.ResultCode);
  if (code === 2001) return undefined;
  const experimental = message.get(base.ExperimentalResult)?.get(base.ExperimentalResultCode);
  return `answered ${code ?? `experimental ${experimental}`} ${message.get(base.ErrorMessage) ?? ""}`;
}

function digits(target: Buffer, at: number, value: number): void {
  let rest = value;
  for (let n = COUNTER.length - 1; n >= 0; n--) {
    target[at + n] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

const origin = (originHost: string) => [avp(base.OriginHost, originHost), avp(base.OriginRealm, REALM)];

function cer(originHost: string): Buffer {
  const header = { commandCode: COMMAND.CAPABILITIES_EXCHANGE, applicationId: 0, hopByHop: 1, endToEnd: 1 };
  return encodeMessage({ ...header, flags: { request: true } }, [
    ...origin(originHost),
    avp(base.HostIpAddress, "127.0.0.1"),
    avp(base.VendorId, THREEGPP),
    avp(base.ProductName, "load"),
    avp(base.SupportedVendorId, THREEGPP),
    avp(base.VendorSpecificApplicationId, [avp(base.VendorId, THREEGPP), avp(base.AuthApplicationId, APPLICATION.S6A)]),
    avp(base.AuthApplicationId, APPLICATION.RELAY),
  ]);
}

function dwr(originHost: string): Buffer {
  const header = { commandCode: COMMAND.DEVICE_WATCHDOG, applicationId: 0, hopByHop: 0, endToEnd: 0 };
  return encodeMessage({ ...header, flags: { request: true } }, origin(originHost));
}

/** As an Open5GS MME sends it. */
function air(originHost: string): Buffer {
  const header = { commandCode: COMMAND.AUTHENTICATION_INFORMATION, hopByHop: 0, endToEnd: 0 };
  return encodeMessage({ ...header, applicationId: APPLICATION.S6A, flags: { request: true, proxiable: true } }, [
    avp(base.SessionId, `${originHost};1700000000;${COUNTER};app_s6a`),
    avp(base.AuthSessionState, 1),
    ...origin(originHost),
    avp(base.DestinationHost, HSS),
    avp(base.DestinationRealm, REALM),
    avp(base.UserName, imsiOf(0)),
    avp(s6a.RequestedEutranAuthenticationInfo, [
      avp(s6a.NumberOfRequestedVectors, 1),
      avp(s6a.ImmediateResponsePreferred, 1),
    ]),
    avp(s6a.VisitedPlmnId, PLMN),
    avp(base.VendorSpecificApplicationId, [avp(base.VendorId, THREEGPP), avp(base.AuthApplicationId, APPLICATION.S6A)]),
  ]);
}
