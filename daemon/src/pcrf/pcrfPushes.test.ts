import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AvpReader } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import * as base from "../diameter/dictionary/base.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import * as gx from "../diameter/dictionary/gx.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import { IMSI, type LabSmf, PcrfLab, profile, SMF_A, SMF_B, who } from "./testing/pcrfLab.ts";

const INITIAL = 1;
const SESSION = `${SMF_A};1;1`;
const DAY_MS = 86_400_000;
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

function withDownlink(downlink: number, changes: Parameters<typeof profile>[0] = {}) {
  const rates = { uplink: 1_000_000, downlink };
  return profile({ rates, apns: profile().apns.map((apn) => ({ ...apn, rates })), ...changes });
}

const downlink = (rar: Message | undefined) => rar?.get(gx.QosInformation)?.get(gx.ApnAggregateMaxBitrateDl);

async function changeTo(changed: ReturnType<typeof profile> | undefined): Promise<void> {
  lab.records.subscriber(IMSI, "a", changed);
  lab.pushes.profilesChanged("a", [IMSI]);
  await lab.pushes.settled();
}

/** Waits for what the fake clock set going. */
async function pass(milliseconds: number): Promise<void> {
  lab.clock.advance(milliseconds);
  await new Promise((resolve) => setImmediate(resolve));
  await lab.pushes.settled();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("a change of the plan", () => {
  test("reaches the SMF as RAR with QoS-Information and Default-EPS-Bearer-QoS", async () => {
    await smf.ccr(INITIAL, 0, who());
    await changeTo(withDownlink(2_000_000));
    const [rar] = smf.received;
    expect(smf.received).toHaveLength(1);
    expect(rar?.get(base.SessionId)).toBe(SESSION);
    expect(rar?.get(base.ReAuthRequestType)).toBe(0);
    expect(rar?.get(base.AuthApplicationId)).toBe(16777238);
    expect(rar?.get(base.DestinationHost)).toBe(SMF_A);
    expect(rar?.get(base.OriginRealm)).toBe("a.example");
    expect(downlink(rar)).toBe(2_000_000);
    expect(rar?.get(gx.DefaultEpsBearerQos)?.get(gx.AllocationRetentionPriority)?.get(gx.PriorityLevel)).toBe(8);
    expect(lab.records.stored.get(SESSION)).toMatchObject({ granted: { rates: { downlink: 2_000_000 } } });
    expect(lab.records.kinds()).toEqual(["session-start", "profile-pushed"]);
  });

  test("says which rules went and which came", async () => {
    const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
    const flows = [{ direction: "bidirectional" as const, description: "permit out ip from any to assigned" }];
    const rule = (name: string, precedence: number) => ({ name, precedence, qci: 5, arp, flows });
    const withRules = (...rules: ReturnType<typeof rule>[]) =>
      profile({ apns: profile().apns.map((apn) => ({ ...apn, rules })) });
    lab.records.subscriber(IMSI, "a", withRules(rule("kept", 1), rule("gone", 2), rule("moved", 3)));
    await smf.ccr(INITIAL, 0, who());
    await changeTo(withRules(rule("kept", 1), rule("moved", 4), rule("new", 5)));
    const names = (list: readonly AvpReader[] | undefined) =>
      list?.map((each) => each.get(gx.ChargingRuleName)?.toString());
    const [rar] = smf.received;
    expect(names(rar?.all(gx.ChargingRuleRemove))).toEqual(["gone"]);
    expect(names(rar?.get(gx.ChargingRuleInstall)?.all(gx.ChargingRuleDefinition))).toEqual(["moved", "new"]);
  });

  test("that changes nothing here sends nothing", async () => {
    await smf.ccr(INITIAL, 0, who());
    await changeTo(profile({ msisdn: "15550001" }));
    expect(smf.received).toEqual([]);
    expect(lab.records.stored.get(SESSION)?.sent).toContain("15550001");
  });

  test("of any of a tenant's reaches its sessions, and no other tenant's", async () => {
    const other = await lab.smf(SMF_B);
    lab.records.subscriber("001010000000002", "b", profile());
    await smf.ccr(INITIAL, 0, who());
    await other.ccr(INITIAL, 0, who("001010000000002"));
    lab.records.subscriber(IMSI, "a", withDownlink(1_000));
    lab.records.subscriber("001010000000002", "b", withDownlink(1_000));
    lab.pushes.profilesChanged("a", undefined);
    await until(() => smf.received.length > 0);
    await lab.pushes.settled();
    expect([smf.received.length, other.received.length]).toEqual([1, 0]);
  });

  test("that comes while a RAR is under way is sent after it, the newest alone", async () => {
    await smf.ccr(INITIAL, 0, who());
    let answer: (value: Answer) => void = () => {};
    smf.answer = () => new Promise<Answer>((resolve) => (answer = resolve));
    lab.records.subscriber(IMSI, "a", withDownlink(1_000));
    lab.pushes.profilesChanged("a", [IMSI]);
    await until(() => smf.received.length === 1);
    for (const rate of [2_000, 3_000, 4_000]) {
      lab.records.subscriber(IMSI, "a", withDownlink(rate));
      lab.pushes.profilesChanged("a", [IMSI]);
    }
    smf.answer = () => ({ avps: [] });
    answer({ avps: [] });
    await lab.pushes.settled();
    expect(smf.received.map(downlink)).toEqual([1_000, 4_000]);
  });

  test("is told when the SMF comes back", async () => {
    await smf.ccr(INITIAL, 0, who());
    smf.peer.cut("the link drops");
    await smf.peer.closed;
    await until(() => lab.peerCount() === 0);
    await changeTo(withDownlink(2_000_000));
    smf = await lab.smf();
    await until(() => smf.received.length === 1);
    expect(downlink(smf.received[0])).toBe(2_000_000);
  });

  test("is told when the process comes back", async () => {
    await smf.ccr(INITIAL, 0, who());
    lab.records.subscriber(IMSI, "a", withDownlink(2_000_000));
    lab = await lab.restarted();
    smf = await lab.smf();
    await until(() => smf.received.length === 1);
    expect(downlink(smf.received[0])).toBe(2_000_000);
    await lab.pushes.settled();
    await pass(0);
    expect(smf.received).toHaveLength(1);
  });

  test("whose plan cannot be found changes nothing", async () => {
    await smf.ccr(INITIAL, 0, who());
    await changeTo(undefined);
    expect(smf.received).toEqual([]);
    expect(lab.records.stored.size).toBe(1);
  });
});

describe("a RAA", () => {
  test("that knows no such session ends it", async () => {
    await smf.ccr(INITIAL, 0, who());
    smf.answer = () => ({ resultCode: 5002, avps: [] });
    await changeTo(withDownlink(1_000));
    expect(lab.records.stored.size).toBe(0);
    expect(lab.records.changes.at(-1)?.state).toBe("ended");
  });

  test.each([
    ["3004", { resultCode: 3004, avps: [] }],
    ["4144", { experimentalResult: { vendorId: THREEGPP, code: 4144 }, avps: [] }],
  ])("of %s is followed by all of it again, later", async (_code, busy) => {
    await smf.ccr(INITIAL, 0, who());
    smf.answer = () => busy;
    await changeTo(withDownlink(1_000));
    expect(lab.records.stored.get(SESSION)?.sent).toBe("");
    smf.answer = () => ({ avps: [] });
    await pass(10_000);
    expect(smf.received.map(downlink)).toEqual([1_000, 1_000]);
    expect(lab.records.stored.get(SESSION)?.sent).not.toBe("");
    await pass(60_000);
    expect(smf.received).toHaveLength(2);
  });

  test("of 5012 is not argued with, until there is something new", async () => {
    await smf.ccr(INITIAL, 0, who());
    smf.answer = () => ({ resultCode: 5012, avps: [] });
    await changeTo(withDownlink(1_000));
    await pass(60_000);
    expect(smf.received).toHaveLength(1);
    expect(lab.records.activities.at(-1)).toMatchObject({ kind: "profile-pushed", severity: "warning" });
    smf.answer = () => ({ avps: [] });
    await changeTo(withDownlink(2_000));
    expect(smf.received.map(downlink)).toEqual([1_000, 2_000]);
  });
});

describe("a session is ended", () => {
  test.each([
    ["suspended", profile({ status: "suspended" })],
    ["terminated", profile({ status: "terminated" })],
    ["without the APN", profile({ apns: [] })],
  ])("of a subscriber who is %s, by one RAR", async (_what, changed) => {
    await smf.ccr(INITIAL, 0, who());
    await changeTo(changed);
    await changeTo(changed);
    expect(smf.received.map((rar) => rar.get(gx.SessionReleaseCause))).toEqual([1]);
    expect(lab.records.stored.get(SESSION)?.releasing).toBe(1);
    expect((await smf.ccr(3, 1)).get(base.ResultCode)).toBe(2001);
    expect(lab.records.stored.size).toBe(0);
  });

  test("of a subscriber who was deleted", async () => {
    await smf.ccr(INITIAL, 0, who());
    lab.records.subscribers.delete(IMSI);
    lab.pushes.profilesChanged("a", [IMSI]);
    await lab.pushes.settled();
    expect(smf.received[0]?.get(gx.SessionReleaseCause)).toBe(1);
  });

  test("of a roaming partner that is one no more", async () => {
    lab.records.tenant("a", { roamingPartners: ["b"] });
    const other = await lab.smf(SMF_B);
    await other.ccr(INITIAL, 0, who());
    lab.records.tenant("a");
    lab.pushes.tenantsChanged();
    await until(() => other.received.length > 0);
    expect(other.received[0]?.get(gx.SessionReleaseCause)).toBe(1);
    await lab.pushes.settled();
  });

  test("but not of one who is active again before the SMF ended it", async () => {
    await smf.ccr(INITIAL, 0, who());
    await changeTo(profile({ status: "suspended" }));
    await changeTo(withDownlink(3_000));
    expect(downlink(smf.received[1])).toBe(3_000);
    expect(lab.records.stored.get(SESSION)?.releasing).toBeUndefined();
  });

  test("when an operator asks, with the words of the result", async () => {
    await smf.ccr(INITIAL, 0, who());
    expect(await lab.pushes.endSessions("a", IMSI)).toEqual({
      done: true,
      result: "1 of 1 sessions: the SMF took the request to end it",
    });
    expect(smf.received[0]?.get(gx.SessionReleaseCause)).toBe(0);
  });

  test("when an operator asks and the SMF refuses, with why", async () => {
    await smf.ccr(INITIAL, 0, who());
    smf.answer = () => ({ resultCode: 5012, avps: [] });
    const result = "0 of 1 sessions: the SMF took the request to end it: the SMF answered 5012";
    expect(await lab.pushes.endSessions("a", IMSI)).toEqual({ done: false, result });
  });

  test("by nobody here when its SMF is not, or when another tenant asks", async () => {
    await smf.ccr(INITIAL, 0, who());
    expect(await lab.pushes.endSessions("b", IMSI)).toBeUndefined();
    smf.peer.cut("the link drops");
    await until(() => lab.peerCount() === 0);
    expect(await lab.pushes.endSessions("a", IMSI)).toBeUndefined();
  });
});

describe("a burst", () => {
  const burst = { rates: { uplink: 50_000_000, downlink: 100_000_000 }, seconds: 10 };
  beforeEach(() => lab.records.subscriber(IMSI, "a", profile({ burst })));

  test("begins with the session and ends by RAR", async () => {
    expect(downlink(await smf.ccr(INITIAL, 0, who()))).toBe(100_000_000);
    await pass(9_000);
    expect(smf.received).toEqual([]);
    await pass(1_000);
    expect(smf.received.map(downlink)).toEqual([20_000_000]);
    await pass(60_000);
    expect(smf.received).toHaveLength(1);
    expect(lab.records.kinds()).toEqual(["session-start"]);
  });

  test("does not begin again with the same request", async () => {
    await smf.ccr(INITIAL, 0, who());
    lab.clock.advance(5_000);
    expect(downlink(await smf.ccr(INITIAL, 0, who()))).toBe(100_000_000);
    await pass(5_000);
    expect(smf.received.map(downlink)).toEqual([20_000_000]);
    expect(downlink(await smf.ccr(INITIAL, 0, who()))).toBe(20_000_000);
  });

  test.each([
    ["before", 5_000],
    ["after", 30_000],
  ])("ends though the process ended, %s it comes back", async (_when, away) => {
    await smf.ccr(INITIAL, 0, who());
    await lab.stop();
    lab.clock.advance(away);
    lab = await lab.restarted();
    smf = await lab.smf();
    await pass(10_000);
    await until(() => smf.received.length > 0);
    expect(smf.received.map(downlink)).toEqual([20_000_000]);
  });
});

describe("a new quota period", () => {
  const throttle = { uplink: 64_000, downlink: 128_000 };

  test("gives the rates back by RAR", async () => {
    lab.records.subscriber(IMSI, "a", profile({ quota: { period: "day", octets: 1_000_000, throttle } }));
    lab.records.counters.set(IMSI, { period: "20300101", uplink: 0, downlink: 1_000_000 });
    expect(downlink(await smf.ccr(INITIAL, 0, who()))).toBe(128_000);
    await pass(DAY_MS - 1_000);
    expect(smf.received).toEqual([]);
    await pass(1_000);
    expect(smf.received.map(downlink)).toEqual([20_000_000]);
    expect(lab.records.stored.get(SESSION)?.throttled).toBe(false);
  });
});
