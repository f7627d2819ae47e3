import { describe, expect, it } from "vitest";
import { isOld, lastSign, mainSignal, moments, tpduRate } from "./life.ts";

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000);

describe("lastSign", () => {
  const client = { registeredAt: at(0), heartbeatAt: null, server: null, state: "connected" } as const;
  const now = at(300).getTime();

  it("is the registration of one that was never heard of again", () => {
    expect(lastSign(client, now)).toEqual({ at: at(0), by: "registration" });
  });

  it("is the latest of heartbeat and registration", () => {
    expect(lastSign({ ...client, heartbeatAt: at(60) }, now)).toEqual({ at: at(60), by: "heartbeat" });
    expect(lastSign({ ...client, heartbeatAt: at(-60) }, now)).toEqual({ at: at(0), by: "registration" });
  });

  it("is now while the server sees one that sends no heartbeats, or no more", () => {
    const server = { connected: true, at: at(5) };
    expect(lastSign({ ...client, server }, now)).toEqual({ at: undefined, by: "server" });
    expect(lastSign({ ...client, server, heartbeatAt: at(60) }, now)).toEqual({ at: undefined, by: "server" });
    expect(lastSign({ ...client, server, heartbeatAt: at(290) }, now)).toEqual({ at: at(290), by: "heartbeat" });
  });

  it("is not now once the sweep has called it disconnected, whatever the server last said", () => {
    const server = { connected: true, at: at(5) };
    expect(lastSign({ ...client, server, state: "disconnected" }, now)).toEqual({ at: at(5), by: "server" });
    expect(lastSign({ ...client, server, state: "released" }, now)).toEqual({ at: at(5), by: "server" });
  });

  it("is when the server lost it", () => {
    const lost = { ...client, server: { connected: false, at: at(90) } };
    expect(lastSign(lost, now)).toEqual({ at: at(90), by: "server" });
  });
});

it("holds figures for old once the lease has ended", () => {
  expect(isOld({ state: "connected", leaseUntil: at(10) }, at(9).getTime())).toBe(false);
  expect(isOld({ state: "connected", leaseUntil: at(10) }, at(11).getTime())).toBe(true);
  expect(isOld({ state: "connected", leaseUntil: null }, at(11).getTime())).toBe(false);
  expect(isOld({ state: "disconnected", leaseUntil: at(10) }, at(0).getTime())).toBe(true);
});

describe("moments", () => {
  it("make rates of counters", () => {
    const samples = [
      { at: +at(0), uptime: 10, tpdusSent: 100, tpdusReceived: 90, signal: { rsrp: -95 } },
      { at: +at(30), uptime: 40, tpdusSent: 110, tpdusReceived: 90, errors: 1 },
    ];
    expect(moments(samples)).toEqual([
      { at: at(0).getTime(), signal_rsrp: -95 },
      { at: at(30).getTime(), sent: 20, received: 0, errors: undefined },
    ]);
  });

  it("know nothing of the minute in which it was restarted", () => {
    const byCounter = [
      { at: +at(0), tpdusSent: 100 },
      { at: +at(60), tpdusSent: 3 },
    ];
    expect(moments(byCounter)[1]?.sent).toBe(undefined);
    const byUptime = [
      { at: +at(0), uptime: 900, tpdusSent: 3 },
      { at: +at(60), uptime: 20, tpdusSent: 40 },
    ];
    expect(moments(byUptime)[1]?.sent).toBe(undefined);
  });
});

describe("tpduRate", () => {
  it("adds both ways over the last two samples", () => {
    const samples = [
      { at: +at(0), tpdusSent: 0, tpdusReceived: 0 },
      { at: +at(60), tpdusSent: 5, tpdusReceived: 5 },
      { at: +at(120), tpdusSent: 15, tpdusReceived: 17 },
    ];
    expect(tpduRate(samples)).toBe(22);
  });

  it("is unknown with less than two", () => {
    expect(tpduRate([{ at: +at(0), tpdusSent: 4 }])).toBe(undefined);
    expect(tpduRate([])).toBe(undefined);
  });
});

it("names the signal figure that says most", () => {
  expect(mainSignal([{ at: +at(0), signal: { sinr: 12, rsrp: -101 } }])).toEqual({ name: "rsrp", value: -101 });
  expect(mainSignal([{ at: +at(0), signal: { bars: 3 } }])).toEqual({ name: "bars", value: 3 });
  expect(mainSignal([{ at: +at(0) }])).toBe(undefined);
});
