import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import * as base from "../diameter/dictionary/base.ts";
import * as gx from "../diameter/dictionary/gx.ts";
import { IMSI, type LabSmf, PcrfLab, profile, SMF_A, SMF_B, who } from "./testing/pcrfLab.ts";
import { usageAvps } from "./testing/usageAvps.ts";

const [INITIAL, UPDATE] = [1, 2];
const SESSION = `${SMF_A};1;1`;
const throttle = { uplink: 64_000, downlink: 128_000 };
const quota = { period: "day" as const, octets: 2_000_000, throttle };
let lab: PcrfLab;
let smf: LabSmf;

beforeEach(async () => {
  lab = await new PcrfLab().start();
  smf = await lab.smf();
});

afterEach(async () => {
  expect(lab.failures).toEqual([]);
  await lab.stop();
});

function downlink(answer: Message | undefined): number | undefined {
  return answer?.get(gx.QosInformation)?.get(gx.ApnAggregateMaxBitrateDl);
}

function granted(answer: Message): bigint | undefined {
  return answer.get(gx.UsageMonitoringInformation)?.get(base.GrantedServiceUnit)?.get(base.CcTotalOctets);
}

describe("a CCR-U", () => {
  test("is answered what holds now", async () => {
    await smf.ccr(INITIAL, 0, who());
    const answer = await smf.ccr(UPDATE, 1, [avp(gx.EventTrigger, 7)]);
    expect(answer.get(base.ResultCode)).toBe(2001);
    expect([answer.get(base.CcRequestType), answer.get(base.CcRequestNumber)]).toEqual([2, 1]);
    expect(downlink(answer)).toBe(20_000_000);
    expect(answer.get(gx.DefaultEpsBearerQos)?.get(gx.QosClassIdentifier)).toBe(9);
  });

  test("is answered the plan that changed meanwhile, and needs no RAR then", async () => {
    await smf.ccr(INITIAL, 0, who());
    const rates = { uplink: 1_000_000, downlink: 2_000_000 };
    lab.records.subscriber(IMSI, "a", profile({ apns: profile().apns.map((apn) => ({ ...apn, rates })) }));
    expect(downlink(await smf.ccr(UPDATE, 1))).toBe(2_000_000);
    lab.pushes.profilesChanged("a", [IMSI]);
    await lab.pushes.settled();
    expect(smf.received).toEqual([]);
  });

  test("keeps an address that came late", async () => {
    await smf.ccr(INITIAL, 0, who().slice(0, 3));
    expect(lab.records.stored.get(SESSION)?.address).toBe("");
    await smf.ccr(UPDATE, 1, [avp(base.FramedIpAddress, Buffer.from([10, 45, 0, 9]))]);
    expect(lab.records.stored.get(SESSION)?.address).toBe("10.45.0.9");
    expect(lab.records.changes.at(-1)).toMatchObject({ state: "open", session: { address: "10.45.0.9" } });
  });

  test("of an unknown session is answered 5002", async () => {
    const answer = await smf.ccr(UPDATE, 1);
    expect(answer.get(base.ResultCode)).toBe(5002);
    expect([answer.get(base.CcRequestType), answer.get(base.CcRequestNumber)]).toEqual([2, 1]);
  });

  test("of another SMF's session is answered 5002, and counts nothing", async () => {
    await smf.ccr(INITIAL, 0, who());
    const other = await lab.smf(SMF_B);
    const answer = await other.ccr(UPDATE, 1, usageAvps({ total: 5 }), SESSION);
    expect(answer.get(base.ResultCode)).toBe(5002);
    expect(lab.records.counters.size).toBe(0);
  });
});

describe("a usage report", () => {
  beforeEach(() => lab.records.subscriber(IMSI, "a", profile({ quota })));

  test("is asked for at first, by slices", async () => {
    const answer = await smf.ccr(INITIAL, 0, who());
    expect(answer.get(gx.EventTrigger)).toBe(33);
    expect(granted(answer)).toBe(100_000n);
  });

  test("is counted, durably, and gets another grant", async () => {
    await smf.ccr(INITIAL, 0, who());
    const answer = await smf.ccr(UPDATE, 1, usageAvps({ uplink: 10_000, downlink: 1_940_000 }));
    expect(granted(answer)).toBe(50_000n);
    expect(lab.records.writing).toBe(0);
    const counter = { period: "20300101", uplink: 10_000, downlink: 1_940_000 };
    expect(lab.records.counters.get(IMSI)).toEqual(counter);
    expect(lab.records.stored.get(SESSION)).toMatchObject({ uplink: 10_000, downlink: 1_940_000 });
    expect(lab.records.usages).toEqual([["a", IMSI, counter]]);
  });

  test("counts once when it comes again, and is answered again", async () => {
    await smf.ccr(INITIAL, 0, who());
    const first = await smf.ccr(UPDATE, 1, usageAvps({ total: 1_000 }));
    const again = await smf.ccr(UPDATE, 1, usageAvps({ total: 1_000 }));
    expect(again.octets.subarray(20)).toEqual(first.octets.subarray(20));
    expect(lab.records.counters.get(IMSI)?.downlink).toBe(1_000);
  });

  test("counts in full when many come at once", async () => {
    await smf.ccr(INITIAL, 0, who());
    const second = await smf.ccr(INITIAL, 0, who("001010000000001", "internet"), `${SMF_A};1;1`);
    expect(second.get(base.ResultCode)).toBe(2001);
    await Promise.all([1, 2, 3, 4, 5].map((number) => smf.ccr(UPDATE, number, usageAvps({ total: 10 }))));
    expect(lab.records.counters.get(IMSI)?.downlink).toBe(50);
    expect(lab.records.stored.get(SESSION)?.downlink).toBe(50);
  });

  test("that uses the quota up throttles by the answer, and tells the operator once", async () => {
    await smf.ccr(INITIAL, 0, who());
    const answer = await smf.ccr(UPDATE, 1, usageAvps({ total: 2_000_000 }));
    expect(downlink(answer)).toBe(128_000);
    expect(lab.records.stored.get(SESSION)?.throttled).toBe(true);
    await smf.ccr(UPDATE, 2, usageAvps({ total: 1 }));
    expect(lab.records.kinds()).toEqual(["session-start", "quota"]);
    await lab.pushes.settled();
    expect(smf.received).toEqual([]);
  });

  test("throttles the subscriber's other sessions by RAR", async () => {
    const [first] = profile().apns;
    const apns = first ? [first, { ...first, contextId: 2, apn: "voice" }] : [];
    lab.records.subscriber(IMSI, "a", profile({ quota, apns }));
    await smf.ccr(INITIAL, 0, who());
    await smf.ccr(INITIAL, 0, who(IMSI, "voice"), `${SMF_A};1;2`);
    await smf.ccr(UPDATE, 1, usageAvps({ total: 2_000_000 }));
    await lab.pushes.settled();
    expect(smf.received.map((rar) => rar.get(base.SessionId))).toEqual([`${SMF_A};1;2`]);
    expect(downlink(smf.received[0])).toBe(128_000);
  });

  test("that uses up a quota without throttle ends the session by RAR, and the next is refused", async () => {
    lab.records.subscriber(IMSI, "a", profile({ quota: { period: "day", octets: 2_000_000 } }));
    await smf.ccr(INITIAL, 0, who());
    const answer = await smf.ccr(UPDATE, 1, usageAvps({ total: 2_000_000 }));
    expect(answer.get(base.ResultCode)).toBe(2001);
    expect(answer.has(gx.DefaultEpsBearerQos)).toBe(true);
    await lab.pushes.settled();
    expect(smf.received[0]?.get(gx.SessionReleaseCause)).toBe(1);
    expect((await smf.ccr(INITIAL, 0, who(), `${SMF_A};1;2`)).get(base.ResultCode)).toBe(5003);
  });

  test("of yesterday's quota does not hold today", async () => {
    lab.records.counters.set(IMSI, { period: "20291231", uplink: 0, downlink: 9_000_000 });
    expect(downlink(await smf.ccr(INITIAL, 0, who()))).toBe(20_000_000);
    await smf.ccr(UPDATE, 1, usageAvps({ total: 7 }));
    expect(lab.records.counters.get(IMSI)).toEqual({ period: "20300101", uplink: 0, downlink: 7 });
  });

  test("without a quota is counted by month", async () => {
    lab.records.subscriber(IMSI, "a", profile());
    await smf.ccr(INITIAL, 0, who());
    await smf.ccr(UPDATE, 1, usageAvps({ total: 7 }));
    expect(lab.records.counters.get(IMSI)).toEqual({ period: "203001", uplink: 0, downlink: 7 });
  });
});
