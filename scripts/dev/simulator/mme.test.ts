import { afterEach, describe, expect, test } from "vitest";
import { type Avp, avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import { UserName } from "../../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../../daemon/src/diameter/dictionary/commands.ts";
import { THREEGPP } from "../../../daemon/src/diameter/dictionary/define.ts";
import * as s6a from "../../../daemon/src/diameter/dictionary/s6a.ts";
import type { Answer } from "../../../daemon/src/diameter/peer/answer.ts";
import { verifyAuts } from "../../../daemon/src/hss/crypto/auts.ts";
import { epsVector } from "../../../daemon/src/hss/crypto/epsVector.ts";
import { algorithmOf } from "../../../daemon/src/hss/crypto/keys.ts";
import { seqOf, sqnOf } from "../../../daemon/src/hss/crypto/sequenceNumber.ts";
import { plmnOctets } from "../../../daemon/src/plmnOctets.ts";
import { EQUIPMENT, type MmeOptions, SimulatedMme } from "./mme.ts";
import { resultOf } from "./result.ts";
import { type Script, type ScriptedServer, startScriptedServer } from "./scriptedServer.fixture.ts";
import { ARP, ambr, apn, apnProfile, subscription, WHOLE } from "./subscription.fixture.ts";
import { demoKeys, demoUe, SimulatedUe } from "./ue.ts";

const MME = "mme.epc-1.localdomain";
const RAND = Buffer.from("23553cbe9637a89d218ae64dae47bf35", "hex");
const algorithm = algorithmOf(demoKeys());
const flags = avp(s6a.UlaFlags, 1);

let server: ScriptedServer;
let mme: SimulatedMme;

/** An HSS whose next SEQ is `seq`; a resynchronisation is taken if its MAC-S is right, unless it is deaf to them. */
function aia(seq: number, keys = algorithm, deaf = false): (request: Message) => Answer {
  let next = seq;
  return (request) => {
    const resync = request.get(s6a.RequestedEutranAuthenticationInfo)?.get(s6a.ReSynchronizationInfo);
    if (resync && !deaf) {
      const sqnMs = verifyAuts(algorithm, resync.subarray(0, 16), resync.subarray(16));
      if (!sqnMs) return { experimentalResult: { vendorId: THREEGPP, code: 4181 }, avps: [] };
      next = seqOf(sqnMs) + 1;
    }
    const visited = request.get(s6a.VisitedPlmnId) ?? Buffer.alloc(3);
    const { rand, xres, autn, kasme } = epsVector(keys, RAND, sqnOf(next, 0), 0x8000, visited);
    next += 1;
    const parts = [avp(s6a.Rand, rand as Buffer), avp(s6a.Xres, xres), avp(s6a.Autn, autn), avp(s6a.Kasme, kasme)];
    return { avps: [avp(s6a.AuthenticationInfo, [avp(s6a.EUtranVector, parts)])] };
  };
}

async function start(script: Script, options: Partial<MmeOptions> = {}): Promise<void> {
  server = await startScriptedServer(script);
  mme = new SimulatedMme({
    ...{ host: "127.0.0.1", port: server.port, originHost: MME, originRealm: "localdomain" },
    ...options,
  });
  await mme.connect();
}

function hss(ula: readonly Avp[]): Script {
  return {
    [COMMAND.AUTHENTICATION_INFORMATION]: aia(1000),
    [COMMAND.UPDATE_LOCATION]: () => ({ avps: ula }),
  };
}

async function send(command: number, avps: readonly Avp[]) {
  const answer = await server.peer(MME).request(command, APPLICATION.S6A, avps);
  return { result: resultOf(answer), answer };
}

afterEach(async () => {
  await mme.close();
  await server.stop();
});

describe("attach", () => {
  test("ends with the profile and the key that card and HSS agree on", async () => {
    await start(hss([flags, WHOLE]));
    const outcome = await mme.attach(demoUe(1));
    if (outcome.outcome !== "attached") throw new Error(outcome.outcome);
    const { attached } = outcome;
    expect(attached.kasme).toHaveLength(32);
    expect(attached.resynchronised).toBe(false);
    expect(attached.profile).toMatchObject({
      msisdn: "491701234",
      ambr: { uplink: 50_000_000, downlink: 100_000_000 },
      defaultContextId: 1,
      apns: [
        { contextId: 1, apn: "internet", qci: 9, arp: { priorityLevel: 8 } },
        { contextId: 2, apn: "ims" },
      ],
    });
    expect(mme.attached.get("001010000000001")).toBe(attached);
  });

  test("tells the HSS the card's sequence number when that is another", async () => {
    await start(hss([flags, WHOLE]));
    const { imsi } = demoUe(1);
    const ue = new SimulatedUe({ imsi, keys: demoKeys(), sqnMs: sqnOf(5_000_000, 0) });
    const outcome = await mme.attach(ue);
    expect(outcome).toMatchObject({ outcome: "attached", attached: { resynchronised: true } });
    expect(seqOf(ue.usim.sqnMs)).toBe(5_000_001);
  });

  test("gives up when the card refuses twice", async () => {
    await start({ ...hss([]), [COMMAND.AUTHENTICATION_INFORMATION]: aia(1, algorithm, true) });
    const ue = new SimulatedUe({ imsi: "001010000000001", keys: demoKeys(), sqnMs: sqnOf(100, 0) });
    expect(await mme.attach(ue)).toEqual({ outcome: "cardRefused", reason: "syncFailure" });
  });

  test("fails on the card when the HSS has another key", async () => {
    const other = algorithmOf({ ...demoKeys(), k: Buffer.alloc(16, 7) });
    await start({ ...hss([]), [COMMAND.AUTHENTICATION_INFORMATION]: aia(1000, other) });
    expect(await mme.attach(demoUe(1))).toEqual({ outcome: "cardRefused", reason: "macFailure" });
  });

  test("is rejected with the AIA's or the ULA's error", async () => {
    await start({
      [COMMAND.AUTHENTICATION_INFORMATION]: (request) =>
        request.get(UserName) === "001010000000001"
          ? aia(1000)(request)
          : { experimentalResult: { vendorId: THREEGPP, code: 5001 }, avps: [] },
      [COMMAND.UPDATE_LOCATION]: () => ({
        experimentalResult: { vendorId: THREEGPP, code: 5420 },
        avps: [flags, subscription()],
      }),
    });
    const byAia = { outcome: "rejected", by: "AIA", result: { code: 5001, experimental: true } };
    expect(await mme.attach(demoUe(2))).toEqual(byAia);
    const byUla = { outcome: "rejected", by: "ULA", result: { code: 5420, experimental: true } };
    expect(await mme.attach(demoUe(1))).toEqual(byUla);
  });

  test.each([
    ["ULA-Flags", [WHOLE]],
    ["Subscription-Data", [flags]],
    ["AMBR", [flags, subscription(apnProfile([apn(1, "internet")]))]],
    ["APN-Configuration-Profile", [flags, subscription(ambr(1, 1))]],
    ["APN-Configuration", [flags, subscription(ambr(1, 1), apnProfile([]))]],
    [
      "APN-Configuration internet: Pre-emption-Vulnerability",
      [flags, subscription(ambr(1, 1), apnProfile([apn(1, "internet", ARP.slice(0, 2))]))],
    ],
  ])("hangs without %s", async (name, ula) => {
    await start(hss(ula));
    expect(await mme.attach(demoUe(1))).toEqual({ outcome: "dropped", by: "ULA", missing: [name] });
    expect(mme.attached.size).toBe(0);
  });

  test("hangs on an error that comes without ULA-Flags and Subscription-Data", async () => {
    await start({
      [COMMAND.AUTHENTICATION_INFORMATION]: aia(1000),
      [COMMAND.UPDATE_LOCATION]: () => ({ experimentalResult: { vendorId: THREEGPP, code: 5420 }, avps: [] }),
    });
    const outcome = await mme.attach(demoUe(1));
    expect(outcome).toEqual({ outcome: "dropped", by: "ULA", missing: ["Subscription-Data", "ULA-Flags"] });
  });

  test("asks the EIR first when told to, and keeps barred equipment out", async () => {
    const seen: (string | undefined)[] = [];
    let status: number = EQUIPMENT.BLACKLISTED;
    const script = {
      ...hss([flags, WHOLE]),
      [COMMAND.ME_IDENTITY_CHECK]: (request: Message) => {
        seen.push(request.get(s6a.TerminalInformation)?.get(s6a.Imei));
        return { avps: [avp(s6a.EquipmentStatus, status)] };
      },
    };
    await start(script, { checksEquipment: true });
    expect(await mme.attach(demoUe(1))).toEqual({ outcome: "equipmentBarred" });
    status = EQUIPMENT.GREYLISTED;
    expect((await mme.attach(demoUe(1))).outcome).toBe("attached");
    expect(seen).toEqual(["00112233000001", "00112233000001"]);
  });
});

describe("the HSS's requests", () => {
  const user = avp(UserName, "001010000000001");
  const unknown = { code: 5001, experimental: true };

  test("CLR makes the MME forget the UE; of an unknown one it is answered 5001", async () => {
    await start(hss([flags, WHOLE]));
    await mme.attach(demoUe(1));
    const clr = [user, avp(s6a.CancellationType, 2), avp(s6a.ClrFlags, 2)];
    expect((await send(COMMAND.CANCEL_LOCATION, clr)).result.code).toBe(2001);
    expect(await mme.next("CLR", "001010000000001")).toEqual({ cancellationType: 2, clrFlags: 2, result: 2001 });
    expect(mme.attached.size).toBe(0);
    expect((await send(COMMAND.CANCEL_LOCATION, clr)).result).toEqual(unknown);
  });

  test("IDR replaces what it gives and leaves the rest", async () => {
    await start(hss([flags, WHOLE]));
    await mme.attach(demoUe(1));
    const data = subscription(ambr(1_000, 2_000), apnProfile([apn(7, "fast")]));
    expect((await send(COMMAND.INSERT_SUBSCRIBER_DATA, [user, data])).result.code).toBe(2001);
    const { profile } = await mme.next("IDR", "001010000000001");
    expect(profile).toMatchObject({ msisdn: "491701234", ambr: { uplink: 1_000 }, apns: [{ apn: "fast" }] });
    expect(profile?.apns).toHaveLength(1);
    expect(mme.attached.get("001010000000001")?.profile).toEqual(profile);
  });

  test("IDR with some of the APNs is refused and changes nothing", async () => {
    await start(hss([flags, WHOLE]));
    await mme.attach(demoUe(1));
    const data = subscription(ambr(1_000, 2_000), apnProfile([apn(7, "fast")], 1));
    expect((await send(COMMAND.INSERT_SUBSCRIBER_DATA, [user, data])).result.code).toBe(5012);
    expect(mme.attached.get("001010000000001")?.profile.apns).toHaveLength(2);
    const idr = await mme.next("IDR", "001010000000001");
    expect(idr).toEqual({ profile: undefined, idrFlags: 0, result: 5012 });
  });

  test("IDR that asks for the location gets cell and area", async () => {
    await start(hss([flags, WHOLE]));
    await mme.attach(demoUe(1));
    const { answer } = await send(COMMAND.INSERT_SUBSCRIBER_DATA, [user, subscription(), avp(s6a.IdrFlags, 8)]);
    const where = answer.get(s6a.EpsLocationInformation)?.get(s6a.MmeLocationInformation);
    expect(where?.get(s6a.TrackingAreaIdentity)?.toString("hex")).toBe("00f1100001");
  });

  test("DSR takes an APN away", async () => {
    await start(hss([flags, WHOLE]));
    await mme.attach(demoUe(1));
    await send(COMMAND.DELETE_SUBSCRIBER_DATA, [user, avp(s6a.DsrFlags, 8), avp(s6a.ContextIdentifier, 2)]);
    expect(mme.attached.get("001010000000001")?.profile.apns.map(({ apn: name }) => name)).toEqual(["internet"]);
    expect(await mme.next("DSR", "001010000000001")).toMatchObject({ dsrFlags: 8, contextIds: [2] });
  });

  test("after RSR the next TAU updates the location, and only then", async () => {
    let updates = 0;
    const script = hss([flags, WHOLE]);
    const ula = script[COMMAND.UPDATE_LOCATION] as (request: Message) => Answer;
    await start({
      ...script,
      [COMMAND.UPDATE_LOCATION]: (request) => {
        updates += 1;
        return ula(request);
      },
    });
    const ue = demoUe(1);
    await mme.attach(ue);
    await mme.tau(ue);
    expect(updates).toBe(1);
    await send(COMMAND.RESET, []);
    await mme.next("RSR", "");
    expect((await mme.tau(ue)).outcome).toBe("attached");
    await mme.tau(ue);
    expect(updates).toBe(2);
  });
});

test("detach purges, and a lost connection comes back", async () => {
  const purged: (string | undefined)[] = [];
  const script = {
    ...hss([flags, WHOLE]),
    [COMMAND.PURGE_UE]: (request: Message) => {
      purged.push(request.get(UserName));
      return { avps: [avp(s6a.PuaFlags, 1)] };
    },
  };
  let reconnected: () => void = () => {};
  const again = new Promise<void>((resolve) => {
    reconnected = resolve;
  });
  let opened = 0;
  await start(script, {
    reconnectMs: 10,
    linkChanged: (connected) => {
      if (connected && ++opened === 2) reconnected();
    },
  });
  const ue = demoUe(3);
  await mme.attach(ue);
  expect(await mme.detach(ue)).toEqual({ result: { code: 2001, experimental: false }, puaFlags: 1 });
  expect(purged).toEqual([ue.imsi]);
  mme.link.cut();
  await again;
  expect((await mme.attach(ue)).outcome).toBe("attached");
});

test("plmnOctets packs MNCs of two and three digits", () => {
  expect(plmnOctets({ mcc: "001", mnc: "01" }).toString("hex")).toBe("00f110");
  expect(plmnOctets({ mcc: "310", mnc: "410" }).toString("hex")).toBe("130014");
});
