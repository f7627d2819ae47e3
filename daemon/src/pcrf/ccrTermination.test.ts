import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as base from "../diameter/dictionary/base.ts";
import { IMSI, type LabSmf, PcrfLab, profile, SMF_A, SMF_B, who } from "./testing/pcrfLab.ts";
import { usageAvps } from "./testing/usageAvps.ts";

const [INITIAL, TERMINATION] = [1, 3];
const SESSION = `${SMF_A};1;1`;
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

describe("a CCR-T", () => {
  test("ends its session, durably", async () => {
    await smf.ccr(INITIAL, 0, who());
    lab.clock.advance(90_000);
    const answer = await smf.ccr(TERMINATION, 1);
    expect(answer.get(base.ResultCode)).toBe(2001);
    expect([answer.get(base.CcRequestType), answer.get(base.CcRequestNumber)]).toEqual([3, 1]);
    expect(lab.records.stored.size).toBe(0);
    expect(lab.records.changes.at(-1)).toMatchObject({ session: { sessionId: SESSION }, state: "ended" });
    expect(lab.records.activities.at(-1)).toMatchObject({ kind: "session-end" });
    expect(lab.records.activities.at(-1)?.message).toContain("after 90 s");
  });

  test("counts the last usage", async () => {
    lab.records.subscriber(IMSI, "a", profile({ quota: { period: "day", octets: 1_000_000 } }));
    await smf.ccr(INITIAL, 0, who());
    await smf.ccr(TERMINATION, 1, usageAvps({ uplink: 100, downlink: 2_000 }));
    expect(lab.records.counters.get(IMSI)).toEqual({ period: "20300101", uplink: 100, downlink: 2_000 });
    expect(lab.records.changes.at(-1)?.session).toMatchObject({ uplink: 100, downlink: 2_000 });
  });

  test("is answered the same when it comes again, and counted once", async () => {
    await smf.ccr(INITIAL, 0, who());
    await smf.ccr(TERMINATION, 1, usageAvps({ uplink: 1, downlink: 2 }));
    const again = await smf.ccr(TERMINATION, 1, usageAvps({ uplink: 1, downlink: 2 }));
    expect(again.get(base.ResultCode)).toBe(2001);
    expect(lab.records.counters.get(IMSI)).toMatchObject({ uplink: 1, downlink: 2 });
    expect(lab.records.changes.filter(({ state }) => state === "ended")).toHaveLength(1);
  });

  test("of a session that another replaced is welcome, and its usage counts once", async () => {
    await smf.ccr(INITIAL, 0, who());
    await smf.ccr(INITIAL, 0, who(), `${SMF_A};1;2`);
    for (const number of [1, 1]) {
      const answer = await smf.ccr(TERMINATION, number, usageAvps({ uplink: 5, downlink: 7 }));
      expect(answer.get(base.ResultCode)).toBe(2001);
    }
    expect(lab.records.counters.get(IMSI)).toMatchObject({ uplink: 5, downlink: 7 });
    expect([...lab.records.stored.keys()]).toEqual([`${SMF_A};1;2`]);
  });

  test("of an unknown session is answered 5002", async () => {
    const answer = await smf.ccr(TERMINATION, 1);
    expect(answer.get(base.ResultCode)).toBe(5002);
    expect(answer.get(base.CcRequestType)).toBe(3);
  });

  test("cannot end another SMF's session, open or ended", async () => {
    await smf.ccr(INITIAL, 0, who());
    const other = await lab.smf(SMF_B);
    expect((await other.ccr(TERMINATION, 1, [], SESSION)).get(base.ResultCode)).toBe(5002);
    expect(lab.records.stored.has(SESSION)).toBe(true);
    await smf.ccr(TERMINATION, 1);
    expect((await other.ccr(TERMINATION, 1, [], SESSION)).get(base.ResultCode)).toBe(5002);
  });

  test("ends a session that began before a restart", async () => {
    await smf.ccr(INITIAL, 0, who());
    lab = await lab.restarted();
    smf = await lab.smf();
    expect((await smf.ccr(TERMINATION, 1)).get(base.ResultCode)).toBe(2001);
    expect(lab.records.stored.size).toBe(0);
  });
});
