import { afterEach, beforeEach, expect, test } from "vitest";
import { avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import { CcRequestType, ReAuthRequestType, SessionId, UserName } from "../../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../../daemon/src/diameter/dictionary/commands.ts";
import * as gx from "../../../daemon/src/diameter/dictionary/gx.ts";
import * as s6a from "../../../daemon/src/diameter/dictionary/s6a.ts";
import { epsVector } from "../../../daemon/src/hss/crypto/epsVector.ts";
import { algorithmOf } from "../../../daemon/src/hss/crypto/keys.ts";
import { sqnOf } from "../../../daemon/src/hss/crypto/sequenceNumber.ts";
import { type ScriptedServer, startScriptedServer } from "./scriptedServer.fixture.ts";
import { SimulatedSite } from "./site.ts";
import { ARP, WHOLE } from "./subscription.fixture.ts";
import { demoKeys, demoUe } from "./ue.ts";

const MME = "mme.epc-00000000000000a1.wisp123.wisptools.local";
const SMF = "smf.epc-00000000000000a1.wisp123.wisptools.local";
const algorithm = algorithmOf(demoKeys());
const bearer = avp(gx.DefaultEpsBearerQos, [avp(gx.QosClassIdentifier, 9), avp(gx.AllocationRetentionPriority, ARP)]);

let server: ScriptedServer;
let site: SimulatedSite;
let seq: number;
let asked: string[];
let happened: string[];

const noted = (name: string, request: Message) => asked.push(`${name} ${request.get(UserName) ?? ""}`.trim());

beforeEach(async () => {
  seq = 1;
  asked = [];
  happened = [];
  server = await startScriptedServer({
    [COMMAND.AUTHENTICATION_INFORMATION]: (request) => {
      const plmn = request.get(s6a.VisitedPlmnId) ?? Buffer.alloc(3);
      const { rand, xres, autn, kasme } = epsVector(algorithm, Buffer.alloc(16, 9), sqnOf(seq++, 0), 0x8000, plmn);
      const parts = [avp(s6a.Rand, rand as Buffer), avp(s6a.Xres, xres), avp(s6a.Autn, autn), avp(s6a.Kasme, kasme)];
      return { avps: [avp(s6a.AuthenticationInfo, [avp(s6a.EUtranVector, parts)])] };
    },
    [COMMAND.UPDATE_LOCATION]: (request) => {
      noted("ULR", request);
      return { avps: [avp(s6a.UlaFlags, 1), WHOLE] };
    },
    [COMMAND.PURGE_UE]: (request) => {
      noted("PUR", request);
      return { avps: [] };
    },
    [COMMAND.CREDIT_CONTROL]: (request) => {
      asked.push(`CCR ${request.get(CcRequestType)}`);
      return { avps: [bearer] };
    },
  });
  const at = { host: "127.0.0.1", port: server.port };
  site = new SimulatedSite({
    ...{ epcId: "epc_00000000000000a1", realm: "wisp123.wisptools.local", hss: at, pcrf: at },
    ...{ plmn: { mcc: "001", mnc: "01" }, ues: [1, 2, 3].map(demoUe), seed: 7 },
    arrived: (imsi, address) => happened.push(`+${imsi.slice(-1)} ${address}`),
    left: (imsi, _address, _apn, byUe) => happened.push(`-${imsi.slice(-1)} ${byUe}`),
    complain: (words) => happened.push(words),
  });
  await site.start();
});

afterEach(async () => {
  await site.stop();
  await server.stop();
});

test("subscribers come until as many are there as wanted, and go when fewer are", async () => {
  for (let n = 0; n < 3; n++) await site.step(3);
  expect([...site.sessions.keys()].sort()).toEqual(["001010000000001", "001010000000002", "001010000000003"]);
  expect(happened.sort()).toEqual(["+1 10.45.0.2", "+2 10.45.0.3", "+3 10.45.0.4"]);
  asked = [];
  await site.step(2);
  expect(site.sessions.size).toBe(2);
  expect(asked).toEqual(["CCR 3", expect.stringMatching(/^PUR 00101000000000[123]$/)]);
});

test("when all are there they move, report and make room for others", async () => {
  for (let n = 0; n < 60; n++) await site.step(2);
  expect(asked).toContain("CCR 2");
  expect(happened.some((line) => line.startsWith("-"))).toBe(true);
  expect(happened.filter((line) => !/^[+-]/.test(line))).toEqual([]);
});

test("a cancelled subscriber loses its session; a released session its attachment", async () => {
  await site.step(2);
  await site.step(2);
  const [first, second] = [...site.sessions.values()];
  if (!first || !second) throw new Error("two sessions are needed");
  const clr = [avp(UserName, first.imsi), avp(s6a.CancellationType, 2)];
  await server.peer(MME).request(COMMAND.CANCEL_LOCATION, APPLICATION.S6A, clr);
  expect(site.sessions.has(first.imsi)).toBe(false);
  const rar = [avp(SessionId, second.sessionId), avp(ReAuthRequestType, 0), avp(gx.SessionReleaseCause, 1)];
  await server.peer(SMF).request(COMMAND.RE_AUTH, APPLICATION.GX, rar);
  await site.smf.next("released", second.imsi);
  await site.mme.next("left", second.imsi);
  expect(site.sessions.size).toBe(0);
  expect(site.mme.attached.size).toBe(0);
});
