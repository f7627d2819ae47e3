import { afterEach, describe, expect, test } from "vitest";
import { type Avp, avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import * as base from "../../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../../daemon/src/diameter/dictionary/commands.ts";
import * as gx from "../../../daemon/src/diameter/dictionary/gx.ts";
import type { Answer } from "../../../daemon/src/diameter/peer/answer.ts";
import type { GrantedSession } from "./gxPolicy.ts";
import { resultOf } from "./result.ts";
import { type ScriptedServer, startScriptedServer } from "./scriptedServer.fixture.ts";
import { SimulatedSmf } from "./smf.ts";
import { ARP } from "./subscription.fixture.ts";

const SMF = "smf.epc-1.localdomain";
const CONNECTION = { imsi: "001010000000001", apn: "internet", address: "10.45.0.2" };

let server: ScriptedServer;
let smf: SimulatedSmf;
let requests: { type: number; number: number; total: bigint | undefined }[];

const bearer = (qci: number, arp: readonly Avp[] = ARP): Avp =>
  avp(gx.DefaultEpsBearerQos, [avp(gx.QosClassIdentifier, qci), avp(gx.AllocationRetentionPriority, arp)]);
const ambr = (uplink: number, downlink: number): Avp =>
  avp(gx.QosInformation, [avp(gx.ApnAggregateMaxBitrateUl, uplink), avp(gx.ApnAggregateMaxBitrateDl, downlink)]);
const rule = (name: string, qci: number): Avp =>
  avp(gx.ChargingRuleInstall, [
    avp(gx.ChargingRuleDefinition, [
      avp(gx.ChargingRuleName, Buffer.from(name)),
      avp(gx.FlowInformation, [avp(gx.FlowDescription, "permit out ip from any to assigned")]),
      avp(gx.QosInformation, [avp(gx.QosClassIdentifier, qci), avp(gx.AllocationRetentionPriority, ARP)]),
      avp(gx.Precedence, 10),
    ]),
  ]);
const quota = avp(gx.UsageMonitoringInformation, [
  avp(gx.MonitoringKey, Buffer.from("quota")),
  avp(base.GrantedServiceUnit, [avp(base.CcTotalOctets, 1000n)]),
]);

async function start(answer: (request: Message) => Answer): Promise<void> {
  requests = [];
  server = await startScriptedServer({
    [COMMAND.CREDIT_CONTROL]: (request) => {
      const used = request.get(gx.UsageMonitoringInformation)?.get(base.UsedServiceUnit);
      requests.push({
        type: request.get(base.CcRequestType) ?? 0,
        number: request.get(base.CcRequestNumber) ?? -1,
        total: used?.get(base.CcTotalOctets),
      });
      return answer(request);
    },
  });
  smf = new SimulatedSmf({ host: "127.0.0.1", port: server.port, originHost: SMF, originRealm: "localdomain" });
  await smf.connect();
}

async function opened(): Promise<GrantedSession> {
  const outcome = await smf.open(CONNECTION);
  if (outcome.outcome !== "open") throw new Error(outcome.outcome);
  return outcome.session;
}

async function reAuth(sessionId: string, avps: readonly Avp[]) {
  const all = [avp(base.SessionId, sessionId), avp(base.ReAuthRequestType, 0), ...avps];
  return resultOf(await server.peer(SMF).request(COMMAND.RE_AUTH, APPLICATION.GX, all));
}

afterEach(async () => {
  await smf.close();
  await server.stop();
});

test("a session takes its QoS, rules and quota, reports usage and ends", async () => {
  await start(() => ({ avps: [bearer(9), ambr(50, 100), rule("video", 2), quota] }));
  const session = await opened();
  expect(session).toMatchObject({ qci: 9, arp: { priorityLevel: 8 }, ambr: { uplink: 50, downlink: 100 } });
  expect(session.rules.get("video")).toMatchObject({ qci: 2, precedence: 10 });
  expect(session.threshold).toBe(1000);
  await smf.update(session, { uplink: 200, downlink: 800 });
  await smf.terminate(session, { uplink: 1, downlink: 2 });
  expect(requests).toEqual([
    { type: 1, number: 0, total: undefined },
    { type: 2, number: 1, total: 1000n },
    { type: 3, number: 2, total: 3n },
  ]);
  expect(smf.sessions.size).toBe(0);
});

describe("an answer to CCR-I", () => {
  test.each([
    ["CCA: Default-EPS-Bearer-QoS", [ambr(1, 1)]],
    ["a QCI other than 0", [bearer(0)]],
    ["Allocation-Retention-Priority: Pre-emption-Vulnerability", [bearer(9, ARP.slice(0, 2))]],
  ])("is unusable without %s", async (missing, avps) => {
    await start(() => ({ avps }));
    expect(await smf.open(CONNECTION)).toEqual({ outcome: "unusable", missing: [missing] });
    expect(smf.sessions.size).toBe(0);
  });

  test("that refuses is told as it is", async () => {
    await start(() => ({ resultCode: 5003, avps: [] }));
    const rejected = { outcome: "rejected", result: { code: 5003, experimental: false } };
    expect(await smf.open(CONNECTION)).toEqual(rejected);
  });
});

describe("RAR", () => {
  test("changes QoS and rules of a live session", async () => {
    await start(() => ({ avps: [bearer(9), ambr(50, 100), rule("video", 2)] }));
    const { sessionId } = await opened();
    const removed = avp(gx.ChargingRuleRemove, [avp(gx.ChargingRuleName, Buffer.from("video"))]);
    const result = await reAuth(sessionId, [bearer(8), ambr(5, 10), removed, rule("voice", 1)]);
    expect(result.code).toBe(2001);
    const { session } = await smf.next("RAR", CONNECTION.imsi);
    expect(session).toMatchObject({ qci: 8, ambr: { uplink: 5, downlink: 10 } });
    expect([...session.rules.keys()]).toEqual(["voice"]);
  });

  test("with Session-Release-Cause ends the session with a CCR-T", async () => {
    await start(() => ({ avps: [bearer(9)] }));
    const { sessionId } = await opened();
    expect((await reAuth(sessionId, [avp(gx.SessionReleaseCause, 1)])).code).toBe(2001);
    const { cause, result } = await smf.next("released", CONNECTION.imsi);
    expect({ cause, code: result.code }).toEqual({ cause: 1, code: 2001 });
    expect(requests.at(-1)?.type).toBe(3);
    expect(smf.sessions.size).toBe(0);
  });

  test("for an unknown session is answered 5002", async () => {
    await start(() => ({ avps: [bearer(9)] }));
    expect(await reAuth("nobody;1;1", [])).toEqual({ code: 5002, experimental: false });
  });
});
