import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ClientPeer, type ConnectOptions, connectPeer } from "./client.ts";
import { type Avp, avp, encodedAvp } from "./codec/avpDefinition.ts";
import { DiameterError } from "./codec/diameterError.ts";
import { FrameReader } from "./codec/frame.ts";
import { decodeMessage, encodeMessage, type Message, type MessageFlags } from "./codec/message.ts";
import {
  AuthApplicationId,
  AuthSessionState,
  DestinationHost,
  DestinationRealm,
  DisconnectCause,
  ErrorMessage,
  ExperimentalResult,
  ExperimentalResultCode,
  FailedAvp,
  HostIpAddress,
  InbandSecurityId,
  OriginHost,
  OriginRealm,
  OriginStateId,
  ProductName,
  ProxyHost,
  ProxyInfo,
  ProxyState,
  ResultCode,
  SessionId,
  UserName,
  VendorId,
  VendorSpecificApplicationId,
} from "./dictionary/base.ts";
import { APPLICATION, COMMAND, commandKey, DISCONNECT } from "./dictionary/commands.ts";
import { RESULT } from "./dictionary/results.ts";
import { VisitedPlmnId } from "./dictionary/s6a.ts";
import type { Answer } from "./peer/answer.ts";
import type { Handler } from "./peer/dispatcher.ts";
import { DiameterServer } from "./server.ts";
import type { Admission, Refusal, ServerOptions } from "./serverOptions.ts";

const { S6A, GX } = APPLICATION;
const { AUTHENTICATION_INFORMATION: AIR, CANCEL_LOCATION: CLR } = COMMAND;
const PLMN = Buffer.from("00f110", "hex");
const admitted: Admission<string> = {
  admitted: true,
  context: "tenant",
  originRealm: "tenant.test",
  requestsPerSecond: Infinity,
};

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of cleanUps.splice(0).reverse()) await each();
});

async function start(handler: Handler<string>, options: Partial<ServerOptions<string>> = {}) {
  const log = { opened: [] as string[], closed: [] as string[], refused: [] as Refusal[], failed: [] as unknown[] };
  const server = new DiameterServer<string>({
    listeners: [{ host: "127.0.0.1", port: 0 }],
    originHost: "hss.test",
    originRealm: "test",
    applications: [S6A],
    productName: "server",
    originStateId: 77,
    admit: () => admitted,
    handlers: new Map([[commandKey(S6A, AIR), handler]]),
    events: {
      peerOpened: (peer) => log.opened.push(peer.originHost),
      peerClosed: (peer, reason) => log.closed.push(`${peer.originHost}: ${reason}`),
      peerRefused: (refusal) => log.refused.push(refusal),
      handlerFailed: (error) => log.failed.push(error),
    },
    ...options,
  });
  await server.listen();
  cleanUps.push(() => server.stop(500));
  return { server, log, port: server.addresses[0]?.port ?? 0 };
}

async function join(port: number, options: Partial<ConnectOptions> = {}): Promise<ClientPeer> {
  const base = { host: "127.0.0.1", port, originHost: "mme.test", originRealm: "test", applications: [S6A] };
  const peer = await connectPeer({ ...base, ...options });
  cleanUps.push(() => peer.cut("the test is over"));
  return peer;
}

const echo: Handler<string> = (request) => ({ avps: [avp(UserName, request.get(UserName) ?? "")] });
const AIR_AVPS = [avp(UserName, "001010000000001"), avp(VisitedPlmnId, PLMN)];
const air = (peer: ClientPeer, more: readonly Avp[] = AIR_AVPS, options = {}) => peer.request(AIR, S6A, more, options);

/** A connection that says exactly what it is told to. */
class Raw {
  readonly socket: Socket;
  readonly messages: Message[] = [];
  isClosed = false;
  private readonly reader = new FrameReader(1 << 20);

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk) =>
      this.reader.feed(chunk, (bytes, from, to) => {
        this.messages.push(decodeMessage(Buffer.from(bytes.subarray(from, to))));
        return true;
      }),
    );
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.isClosed = true;
    });
    cleanUps.push(() => this.socket.destroy());
  }

  send(commandCode: number, applicationId: number, flags: Partial<MessageFlags>, avps: readonly Avp[], id = 1): void {
    this.socket.write(encodeMessage({ commandCode, applicationId, flags, hopByHop: id, endToEnd: id }, avps));
  }

  async answer(count = 1): Promise<Message> {
    await vi.waitFor(() => expect(this.messages.length).toBeGreaterThanOrEqual(count), { timeout: 5000 });
    return this.messages[count - 1] as Message;
  }

  async closed(): Promise<void> {
    await vi.waitFor(() => expect(this.isClosed).toBe(true), { timeout: 5000 });
  }

  /** CER, and its CEA. */
  async open(originHost = "raw.test"): Promise<this> {
    this.send(COMMAND.CAPABILITIES_EXCHANGE, 0, { request: true }, cer(originHost));
    expect((await this.answer()).get(ResultCode)).toBe(2001);
    this.messages.shift();
    return this;
  }
}

const origin = (originHost: string) => [avp(OriginHost, originHost), avp(OriginRealm, "test")];
const cer = (originHost: string, applications = [avp(AuthApplicationId, S6A)]) => [
  ...origin(originHost),
  avp(HostIpAddress, "127.0.0.1"),
  avp(HostIpAddress, "::1"),
  avp(VendorId, 10415),
  avp(ProductName, "raw"),
  ...applications,
];
const rawAir = (more: readonly Avp[] = AIR_AVPS) => [
  avp(SessionId, "raw;1;1"),
  avp(AuthSessionState, 1),
  ...origin("raw.test"),
  avp(DestinationRealm, "tenant.test"),
  ...more,
];
const REQUEST = { request: true, proxiable: true };

describe("capabilities", () => {
  it("are answered with ours, in the realm of the peer's admission", async () => {
    const { port } = await start(echo);
    const raw = new Raw(port);
    raw.send(257, 0, { request: true }, cer("raw.test"), 9);
    const cea = await raw.answer();
    expect(cea).toMatchObject({ commandCode: 257, hopByHop: 9, endToEnd: 9, flagBits: 0 });
    expect(cea.get(ResultCode)).toBe(2001);
    expect(cea.get(OriginHost)).toBe("hss.test");
    expect(cea.get(OriginRealm)).toBe("tenant.test");
    expect(cea.get(OriginStateId)).toBe(77);
    expect(cea.all(HostIpAddress)).toEqual(["127.0.0.1"]);
    expect(cea.get(VendorSpecificApplicationId)?.get(AuthApplicationId)).toBe(S6A);
  });

  it.each<[string, Avp[], number]>([
    ["no common application", cer("raw.test", [avp(AuthApplicationId, GX)]), 5010],
    ["no Product-Name", cer("raw.test").filter(({ definition }) => definition?.name !== "Product-Name"), 5005],
    ["an unknown AVP with the M-bit", [...cer("raw.test"), encodedAvp(Buffer.from("00ffffff40000008", "hex"))], 5001],
    ["TLS asked for in band", [...cer("raw.test"), avp(InbandSecurityId, 1)], 5017],
  ])("with %s are refused, and the connection closed", async (_name, avps, resultCode) => {
    const { port, log } = await start(echo);
    const raw = new Raw(port);
    raw.send(257, 0, { request: true }, avps);
    expect((await raw.answer()).get(ResultCode)).toBe(resultCode);
    await raw.closed();
    expect(log.refused).toEqual([expect.objectContaining({ resultCode, address: "127.0.0.1" })]);
    expect(log.opened).toEqual([]);
  });

  it("of a relay have all applications, as has a vendor-specific one", async () => {
    const { port, server } = await start(echo);
    const vendor = avp(VendorSpecificApplicationId, [avp(VendorId, 10415), avp(AuthApplicationId, S6A)]);
    for (const [n, each] of [avp(AuthApplicationId, 0xffffffff), vendor].entries()) {
      const raw = new Raw(port);
      raw.send(257, 0, { request: true }, cer(`raw${n}.test`, [each]));
      expect((await raw.answer()).get(ResultCode)).toBe(2001);
      expect(server.peer(`RAW${n}.test`)?.applications).toEqual([S6A]);
    }
  });

  it("of somebody who is not admitted are refused as the admission says", async () => {
    const admit = () => ({ admitted: false, resultCode: 3010, reason: "not enrolled" }) as const;
    const { port, log } = await start(echo, { admit });
    await expect(join(port)).rejects.toMatchObject({ resultCode: 3010, message: "refused with 3010: not enrolled" });
    expect(log.refused).toEqual([
      { address: "127.0.0.1", tls: false, resultCode: 3010, reason: "not enrolled", originHost: "mme.test" },
    ]);
  });

  it("are answered 5012 if the admission fails", async () => {
    const admissionFailed = vi.fn();
    const admit = () => {
      throw new Error("store is closed");
    };
    const { port } = await start(echo, { admit, events: { admissionFailed } });
    await expect(join(port)).rejects.toMatchObject({ resultCode: 5012 });
    expect(admissionFailed).toHaveBeenCalledTimes(1);
  });

  it("must come first, and in time", async () => {
    const { port, log } = await start(echo, { handshakeMs: 100 });
    const early = new Raw(port);
    early.send(280, 0, { request: true }, origin("raw.test"));
    await early.closed();
    await new Raw(port).closed();
    expect(log.refused.map(({ reason }) => reason)).toEqual(["the first message is no CER", "no CER in time"]);
  });

  it("are awaited from so many connections at a time", async () => {
    const { port, log } = await start(echo, { handshakesPerAddress: 3 });
    const raws = Array.from({ length: 5 }, () => new Raw(port));
    await vi.waitFor(() => expect(raws.filter(({ isClosed }) => isClosed)).toHaveLength(2));
    expect(log.refused.map(({ reason }) => reason)).toEqual(Array(2).fill("too many connections without a CER"));
  });
});

describe("an answer", () => {
  it("has what every answer has", async () => {
    const { port } = await start(echo);
    const raw = await new Raw(port).open();
    const proxies = ["a", "b"].map((host) =>
      avp(ProxyInfo, [avp(ProxyHost, host), avp(ProxyState, Buffer.from(host))]),
    );
    raw.send(AIR, S6A, REQUEST, rawAir([...AIR_AVPS, ...proxies]), 0xfffffffe);
    const answer = await raw.answer();
    expect(answer).toMatchObject({ commandCode: AIR, applicationId: S6A, hopByHop: 0xfffffffe, endToEnd: 0xfffffffe });
    expect(answer.flags).toEqual({ request: false, proxiable: true, error: false, retransmitted: false });
    expect([...answer.places()][0]?.code).toBe(SessionId.code);
    expect(answer.get(SessionId)).toBe("raw;1;1");
    expect(answer.get(VendorSpecificApplicationId)?.get(AuthApplicationId)).toBe(S6A);
    expect(answer.get(AuthSessionState)).toBe(1);
    expect(answer.get(OriginRealm)).toBe("tenant.test");
    expect(answer.get(UserName)).toBe("001010000000001");
    expect(answer.all(ProxyInfo).map((each) => each.get(ProxyHost))).toEqual(["a", "b"]);
  });

  it.each<[string, Answer, object]>([
    ["success", { avps: [] }, { resultCode: 2001, experimental: undefined, error: false }],
    ["an error", { resultCode: 5012, avps: [] }, { resultCode: 5012, error: false }],
    ["a protocol error", { resultCode: 3004, avps: [] }, { resultCode: 3004, error: true }],
    [
      "3GPP's 5001",
      { experimentalResult: { vendorId: 10415, code: 5001 }, avps: [] },
      { resultCode: undefined, experimental: 5001 },
    ],
    [
      "a base code as experimental",
      { experimentalResult: { vendorId: 10415, code: 5012 }, avps: [] },
      { resultCode: 5012, experimental: undefined },
    ],
    ["the E-bit by hand", { resultCode: 5012, error: true, avps: [] }, { resultCode: 5012, error: true }],
    ["a session state of its own", { avps: [avp(AuthSessionState, 0)] }, { resultCode: 2001, state: [0] }],
  ])("of %s", async (_name, returned, expected) => {
    const { port } = await start(() => returned);
    const answer = await air(await join(port));
    expect({
      resultCode: answer.get(ResultCode),
      experimental: answer.get(ExperimentalResult)?.get(ExperimentalResultCode),
      error: answer.flags.error,
      state: answer.all(AuthSessionState),
    }).toMatchObject(expected);
  });

  it.each<[string, Handler<string>, number, number]>([
    [
      "throws a DiameterError",
      () => {
        throw new DiameterError(5004, "no");
      },
      5004,
      0,
    ],
    [
      "throws something else",
      () => {
        throw new Error("bug");
      },
      5012,
      1,
    ],
    [
      "rejects with a DiameterError",
      async () => {
        throw new DiameterError(4001, "no");
      },
      4001,
      0,
    ],
    [
      "rejects with something else",
      async () => {
        throw new Error("bug");
      },
      5012,
      1,
    ],
    ["returns what cannot be encoded", () => ({ avps: [avp(OriginStateId, -1)] }), 5012, 1],
    ["resolves with what cannot be encoded", async () => ({ avps: [avp(OriginStateId, -1)] }), 5012, 1],
  ])("comes even if the handler %s", async (_name, handler, resultCode, failures) => {
    const { port, log } = await start(handler);
    const peer = await join(port);
    expect((await air(peer)).get(ResultCode)).toBe(resultCode);
    expect((await air(peer)).get(ResultCode)).toBe(resultCode);
    expect(log.failed).toHaveLength(2 * failures);
  });

  it("comes when its handler is done, others meanwhile", async () => {
    let release: (answer: Answer) => void = () => {};
    const { port } = await start((request) =>
      request.get(UserName) === "slow"
        ? new Promise((resolve) => {
            release = resolve;
          })
        : echo(request, undefined as never),
    );
    const peer = await join(port);
    const slow = air(peer, [avp(UserName, "slow"), avp(VisitedPlmnId, PLMN)]);
    expect((await air(peer)).get(UserName)).toBe("001010000000001");
    release({ resultCode: 4181, avps: [] });
    expect((await slow).get(ResultCode)).toBe(4181);
  });
});

describe("a request that is wrong", () => {
  const unknown = encodedAvp(Buffer.from("00ffffff4000000c01020304", "hex"));
  const wrongLength = encodedAvp(Buffer.from("0000011640000009ff000000", "hex"));

  it.each<[string, Partial<MessageFlags>, number, number, readonly Avp[], object]>([
    ["of an unknown command", REQUEST, 999, S6A, rawAir(), { code: 3001, error: true }],
    ["of an unknown application", REQUEST, AIR, GX, rawAir(), { code: 3007, error: true }],
    ["of an unknown base command", { request: true }, 999, 0, [], { code: 3001, error: true }],
    ["with the E-bit", { ...REQUEST, error: true }, AIR, S6A, rawAir(), { code: 3008, error: true }],
    [
      "without a mandatory AVP",
      REQUEST,
      AIR,
      S6A,
      rawAir([avp(VisitedPlmnId, PLMN)]),
      { code: 5005, failed: "0000000140000008" },
    ],
    [
      "with an AVP twice",
      REQUEST,
      AIR,
      S6A,
      rawAir([...AIR_AVPS, avp(UserName, "2")]),
      { code: 5009, failed: "000000014000000932000000" },
    ],
    [
      "with an unknown AVP",
      REQUEST,
      AIR,
      S6A,
      rawAir([...AIR_AVPS, unknown]),
      { code: 5001, failed: "00ffffff4000000c01020304" },
    ],
    [
      "with a wrong length",
      REQUEST,
      AIR,
      S6A,
      rawAir([...AIR_AVPS, wrongLength]),
      { code: 5014, failed: "000001164000000c00000000" },
    ],
    [
      "for another realm",
      REQUEST,
      AIR,
      S6A,
      [...rawAir().slice(0, 4), avp(DestinationRealm, "else.test"), ...AIR_AVPS],
      { code: 3003, error: true },
    ],
    [
      "for another host",
      REQUEST,
      AIR,
      S6A,
      rawAir([...AIR_AVPS, avp(DestinationHost, "hss2.test")]),
      { code: 3002, error: true },
    ],
    [
      "for our host in capitals",
      REQUEST,
      AIR,
      S6A,
      rawAir([...AIR_AVPS, avp(DestinationHost, "HSS.Test")]),
      { code: 2001, error: false },
    ],
    ["to watch, without an origin", { request: true }, 280, 0, [], { code: 5005 }],
    ["to open again", { request: true }, 257, 0, cer("raw.test"), { code: 5012 }],
  ])("%s is told so", async (_name, flags, commandCode, applicationId, avps, expected) => {
    const { port } = await start(echo);
    const raw = await new Raw(port).open();
    raw.send(commandCode, applicationId, flags, avps, 5);
    const answer = await raw.answer();
    expect(answer).toMatchObject({ commandCode, applicationId, hopByHop: 5, endToEnd: 5 });
    const failed = answer.get(FailedAvp) as unknown as { bytes: Buffer; from: number; to: number } | undefined;
    expect({
      code: answer.get(ResultCode),
      error: answer.flags.error,
      failed: failed?.bytes.subarray(failed.from, failed.to).toString("hex"),
    }).toMatchObject(expected);
    // The connection lives on.
    raw.send(280, 0, { request: true }, origin("raw.test"));
    expect((await raw.answer(2)).get(ResultCode)).toBe(2001);
  });

  it("in its handler's eyes is told so with the AVP", async () => {
    const { port } = await start((request) => ({
      avps: [avp(OriginStateId, request.get(HostIpAddress)?.length ?? 0)],
    }));
    const bad = encodedAvp(Buffer.from("000001014000000e0009c00002010000", "hex"));
    const answer = await air(await join(port), [...AIR_AVPS, bad]);
    expect(answer.get(ResultCode)).toBe(5004);
    expect(answer.get(FailedAvp)?.has(HostIpAddress)).toBe(true);
  });

  it.each<[string, (bytes: Buffer) => Buffer, number | undefined]>([
    [
      "another version",
      (bytes) => {
        bytes[0] = 2;
        return bytes;
      },
      5011,
    ],
    [
      "a length that is no multiple of 4",
      (bytes) => {
        const odd = Buffer.concat([bytes, Buffer.alloc(2)]);
        odd.writeUIntBE(odd.length, 1, 3);
        return odd;
      },
      5015,
    ],
    [
      "a length above the limit",
      (bytes) => {
        bytes.writeUIntBE(70_000, 1, 3);
        return bytes;
      },
      undefined,
    ],
    [
      "a length below a header's",
      (bytes) => {
        bytes.writeUIntBE(19, 1, 3);
        return bytes;
      },
      undefined,
    ],
  ])("in its header by %s is answered, or the connection closed", async (_name, change, code) => {
    const { port, log } = await start(echo);
    const raw = await new Raw(port).open();
    const flags = { request: true, proxiable: true };
    raw.socket.write(
      change(encodeMessage({ commandCode: AIR, applicationId: S6A, flags, hopByHop: 1, endToEnd: 1 }, rawAir())),
    );
    if (code !== undefined) expect((await raw.answer()).get(ResultCode)).toBe(code);
    else {
      await raw.closed();
      await vi.waitFor(() => expect(log.closed).toEqual([expect.stringMatching(/^raw.test: message length \d+$/)]));
    }
  });

  it("in number is told 3004", async () => {
    const { port, server } = await start(echo, {
      admit: () => ({ ...admitted, requestsPerSecond: 5 }) as Admission<string>,
    });
    const peer = await join(port);
    const codes = (await Promise.all(Array.from({ length: 20 }, () => air(peer)))).map((each) => each.get(ResultCode));
    expect(codes.slice(0, 5)).toEqual(Array(5).fill(2001));
    expect(codes.filter((code) => code === RESULT.TOO_BUSY).length).toBeGreaterThan(10);
    expect(server.peers()[0]?.counters.tooBusy).toBe(codes.filter((code) => code === 3004).length);
  });
});

it("serves the realms of the peer's admission, and its own", async () => {
  const admit = () => ({ ...admitted, furtherRealms: ["epc.mnc001.mcc001.3gppnetwork.org"] }) as Admission<string>;
  const { port } = await start(echo, { admit });
  const peer = await join(port);
  const codes = ["TENANT.test", "test", "epc.mnc001.mcc001.3gppnetwork.org", "epc.mnc002.mcc001.3gppnetwork.org"].map(
    async (realm) => (await air(peer, [avp(DestinationRealm, realm), ...AIR_AVPS])).get(ResultCode),
  );
  expect(await Promise.all(codes)).toEqual([2001, 2001, 2001, 3003]);
});

describe("a request sent again (T-bit)", () => {
  it("gets the same answer, even on another connection", async () => {
    let count = 0;
    const { port } = await start(() => ({ avps: [avp(OriginStateId, ++count)] }));
    const session = avp(SessionId, "one;1;1");
    const first = await join(port);
    const a = await air(first, [session, ...AIR_AVPS], { endToEnd: 42 });
    const b = await air(first, [session, ...AIR_AVPS], { endToEnd: 42, flags: { retransmitted: true } });
    await first.close(DISCONNECT.REBOOTING, "restart");
    const second = await join(port);
    const c = await air(second, [session, ...AIR_AVPS], { endToEnd: 42, flags: { retransmitted: true } });
    expect([a, b, c].map((each) => each.get(OriginStateId))).toEqual([1, 1, 1]);
    // Neither without the bit, nor of another session or number.
    const d = await air(second, [session, ...AIR_AVPS], { endToEnd: 42 });
    const e = await air(second, [avp(SessionId, "two;1;1"), ...AIR_AVPS], {
      endToEnd: 42,
      flags: { retransmitted: true },
    });
    const f = await air(second, [session, ...AIR_AVPS], { endToEnd: 43, flags: { retransmitted: true } });
    expect([d, e, f].map((each) => each.get(OriginStateId))).toEqual([2, 3, 4]);
  });

  it("gets the answer that is under way, and the handler runs once", async () => {
    const releases: ((answer: Answer) => void)[] = [];
    const { port } = await start(() => new Promise((resolve) => releases.push(resolve)));
    const peer = await join(port);
    const session = avp(SessionId, "one;1;1");
    const answers = [
      air(peer, [session, ...AIR_AVPS], { endToEnd: 42 }),
      air(peer, [session, ...AIR_AVPS], { endToEnd: 42, flags: { retransmitted: true } }),
      air(peer, [session, ...AIR_AVPS], { endToEnd: 42, flags: { retransmitted: true } }),
    ];
    await vi.waitFor(() => expect(releases).toHaveLength(1));
    await new Promise((wake) => setTimeout(wake, 50));
    releases[0]?.({ avps: [avp(OriginStateId, 9)] });
    expect((await Promise.all(answers)).map((each) => each.get(OriginStateId))).toEqual([9, 9, 9]);
    expect(releases).toHaveLength(1);
  });
});

describe("one identity, one connection", () => {
  it("refuses a second one while the first answers", async () => {
    const { port, server, log } = await start(echo);
    const first = await join(port);
    await expect(join(port, { originHost: "MME.test" })).rejects.toMatchObject({ resultCode: RESULT.ELECTION_LOST });
    expect(first.isOpen).toBe(true);
    expect((await air(first)).get(ResultCode)).toBe(2001);
    expect(server.peers()).toHaveLength(1);
    expect(log.refused).toMatchObject([{ resultCode: 4003, originHost: "MME.test" }]);
  });

  it("replaces a first one that is dead", async () => {
    const { port, server, log } = await start(echo, { probeMs: 100 });
    const dead = await new Raw(port).open("mme.test");
    dead.socket.pause();
    const second = await join(port);
    expect((await air(second)).get(ResultCode)).toBe(2001);
    expect(server.peers()).toHaveLength(1);
    await vi.waitFor(() => expect(log.closed).toEqual(["mme.test: replaced by a new connection of the same identity"]));
  });

  it("decides one claim at a time", async () => {
    const { port } = await start(echo, { probeMs: 300 });
    const dead = await new Raw(port).open("mme.test");
    dead.socket.pause();
    const outcomes = await Promise.allSettled([join(port), join(port), join(port)]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("ends", () => {
  it("answers a DPR, and lets its sender close", async () => {
    const { port, log } = await start(echo);
    const raw = await new Raw(port).open();
    raw.send(282, 0, { request: true }, [...origin("raw.test"), avp(DisconnectCause, 1)]);
    expect((await raw.answer()).get(ResultCode)).toBe(2001);
    raw.socket.end();
    await raw.closed();
    await vi.waitFor(() => expect(log.closed).toEqual(["raw.test: disconnected by the peer, cause 1"]));
  });

  it("stops with a DPR to all, and what is under way is answered", async () => {
    let release: (answer: Answer) => void = () => {};
    const { port, server } = await start(
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    const peer = await join(port);
    const answer = air(peer);
    await vi.waitFor(() => expect(server.peers()[0]?.counters.requestsReceived).toBe(1));
    const raw = await new Raw(port).open();
    const stopped = server.stop(3000);
    const dpr = await raw.answer();
    expect(dpr).toMatchObject({ commandCode: 282, isRequest: true });
    expect(dpr.get(DisconnectCause)).toBe(DISCONNECT.REBOOTING);
    await expect(join(port)).rejects.toThrow();
    release({ avps: [] });
    await expect(answer).resolves.toBeDefined();
    raw.socket.destroy();
    await stopped;
    expect(server.peers()).toEqual([]);
  });

  it("cuts who does not answer the DPR in time", async () => {
    const { port, server, log } = await start(echo);
    const raw = await new Raw(port).open();
    await server.stop(100);
    await raw.closed();
    await vi.waitFor(() => expect(log.closed).toEqual(["raw.test: the server stops"]));
  });

  it("sends away whom a recheck no longer admits, and gives others their new context", async () => {
    const { port, server, log } = await start(echo);
    const peer = await join(port);
    const gone = await new Raw(port).open("revoked.test");
    server.recheck(({ originHost }) =>
      originHost === "revoked.test"
        ? { admitted: false, resultCode: 3010, reason: "revoked" }
        : ({ ...admitted, context: "moved" } as Admission<string>),
    );
    expect((await gone.answer()).get(DisconnectCause)).toBe(DISCONNECT.DO_NOT_WANT_TO_TALK_TO_YOU);
    await gone.closed();
    await vi.waitFor(() => expect(log.closed).toEqual(["revoked.test: revoked"]));
    expect(server.peer("mme.test")?.context).toBe("moved");
    expect((await air(peer)).get(ResultCode)).toBe(2001);
  });

  it("closes a peer that is silent for three watchdog periods", async () => {
    const suspected = vi.fn();
    const { port, log } = await start(echo, {
      watchdogMs: 60,
      events: { peerSuspected: suspected, peerClosed: (_peer, reason) => log.closed.push(reason) },
    });
    const raw = await new Raw(port).open();
    await raw.closed();
    expect(raw.messages.map(({ commandCode }) => commandCode)).toEqual([280]);
    expect(suspected).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => expect(log.closed).toEqual(["does not answer"]));
  });

  it("keeps a quiet peer that answers watchdogs", async () => {
    const { port, server } = await start(echo, { watchdogMs: 40 });
    await join(port);
    await vi.waitFor(() => expect(server.peers()[0]?.counters.answersReceived).toBeGreaterThan(3), { timeout: 5000 });
  });

  it("gives up who does not read", async () => {
    const big = [encodedAvp(Buffer.concat([Buffer.from("00ffffff0000c350", "hex"), Buffer.alloc(49_992)]))];
    const { port, server, log } = await start(() => ({ avps: big }), { outputLimit: 1_000_000, watchdogMs: 200 });
    const raw = await new Raw(port).open();
    raw.socket.pause();
    for (let n = 0; n < 2000; n++) raw.send(AIR, S6A, REQUEST, rawAir(), n);
    await vi.waitFor(() => expect(server.peers()).toEqual([]), { timeout: 10_000 });
    expect(log.closed[0]).toMatch(/^raw.test: (reads too slowly|does not answer)$/);
  });
});

describe("requests of ours", () => {
  const handlers = new Map<number, Handler<undefined>>([
    [
      commandKey(S6A, CLR),
      (request) => ({ avps: [avp(ErrorMessage, `${request.get(OriginRealm)}>${request.get(DestinationHost)}`)] }),
    ],
  ]);
  const cancel = [avp(UserName, "1"), avp({ ...AuthSessionState, code: 1420, vendorId: 10415 }, 0)];

  it("reach the peer, with our origin for it", async () => {
    const { port, server } = await start(echo);
    await join(port, { handlers });
    const answer = await server.peer("mme.test")?.request(CLR, S6A, cancel);
    expect(answer?.get(ResultCode)).toBe(2001);
    expect(answer?.get(ErrorMessage)).toBe("tenant.test>mme.test");
  });

  it("end with an error when there is no answer in time, or no connection", async () => {
    const { port, server } = await start(echo);
    const raw = await new Raw(port).open();
    const peer = server.peer("raw.test");
    await expect(peer?.request(CLR, S6A, cancel, { timeoutMs: 20 })).rejects.toThrow("no answer in time");
    expect(peer?.outstanding).toBe(0);
    const pending = peer?.request(CLR, S6A, cancel);
    raw.socket.destroy();
    await expect(pending).rejects.toThrow("raw.test: ");
    await expect(peer?.request(CLR, S6A, cancel)).rejects.toThrow("raw.test is closed");
  });
});
