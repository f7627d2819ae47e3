import { describe, expect, it } from "vitest";
import { remsimHeartbeat } from "../../api/remsim.ts";
import { REMSIM_SAMPLES, type RemsimClient } from "../../documents/remsimClient.ts";
import { applyHeartbeat, type RemsimPendingCommand } from "./heartbeat.ts";
import { at, client, GRACE, NOW } from "./live.table.ts";

function beat(fields: object = {}) {
  return remsimHeartbeat.body.parse({ client_id: "vm-slot0", ...fields });
}
function after(one: RemsimClient, fields: object = {}, now = NOW, address = one.address) {
  return applyHeartbeat(one, beat(fields), { graceSeconds: GRACE, address }, now);
}
function pending(n: number, request: RemsimPendingCommand["request"] = { type: "restart" }): RemsimPendingCommand {
  return { id: `rcmd_${n.toString(16).padStart(16, "0")}`, request, createdAt: NOW, createdBy: "Owner" };
}
const update = (version: number) => ({ type: "config_update" as const, version, values: { loglevel: "debug" } });

it("moves the lease, the time and the state; of nothing said, nothing else changes", () => {
  const { changes } = after(client({ state: "disconnected", status: "idle", modem: { imei: "1" } }));
  expect(changes).toMatchObject({ state: "connected", heartbeatAt: NOW, leaseUntil: at(GRACE), status: "idle" });
  expect(changes).not.toHaveProperty("modem");
  expect(changes).not.toHaveProperty("instanceId");
  expect(changes.address).toBe(client().address);
});

it("takes the address along from where the same router speaks", () => {
  expect(after(client({ instanceId: "a" }), { instance_id: "a" }, NOW, "192.0.2.9").changes.address).toBe("192.0.2.9");
  expect(after(client({ instanceId: "a" }), { instance_id: "a" }, NOW, "").changes.address).toBe(client().address);
});

describe("samples", () => {
  it("keeps the figures it knows, and signals that are numbers", () => {
    const stats = { uptime_seconds: 60, tpdus_sent: 4, tpdus_received: 3, errors: 0 };
    const more = { signal_rsrp: -101.5, signal_band: "B12", signal_: 4, "signal_a b": 1, other: 7 };
    const { changes } = after(client(), { stats: { ...stats, ...more } });
    expect(changes.samples).toEqual([
      { at: NOW.getTime(), uptime: 60, tpdusSent: 4, tpdusReceived: 3, errors: 0, signal: { rsrp: -101.5 } },
    ]);
  });
  it("bounds how many signals there are", () => {
    const stats = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`signal_x${n}`, n]));
    expect(Object.keys(after(client(), { stats }).changes.samples?.[0]?.signal ?? {})).toHaveLength(8);
  });
  it("go to their hours once the ring is full, none lost, and the last two stay", () => {
    let one = client();
    const kept = new Map<string, object>();
    for (let minute = 0; minute < 3 * REMSIM_SAMPLES; minute++) {
      const { changes, hours } = after(one, { stats: { tpdus_sent: minute } }, at(minute * 60));
      one = { ...one, ...changes };
      expect(one.samples.length).toBeLessThanOrEqual(REMSIM_SAMPLES);
      for (const [hour, samples] of hours) kept.set(hour, { ...kept.get(hour), ...samples });
    }
    const all = [...kept.values()].flatMap(Object.values).concat(one.samples);
    const minutes = new Set(all.map(({ tpdusSent }) => tpdusSent));
    expect([...minutes].sort((a, b) => a - b)).toEqual(Array.from({ length: 3 * REMSIM_SAMPLES }, (_, n) => n));
    expect(one.samples.length).toBeGreaterThanOrEqual(2);
  });
  it("leaves none for heartbeats in quick succession", () => {
    let one = client();
    for (let second = 0; second < 60; second += 5) one = { ...one, ...after(one, {}, at(second)).changes };
    expect(one.samples.map((sample) => sample.at)).toEqual([at(0), at(25), at(50)].map(Number));
  });
});

describe("the modem's description", () => {
  it("is replaced by what is said, as text without control characters, bounded", () => {
    const info = {
      imei: "359072061234567",
      temp: 41,
      none: null,
      empty: "",
      "bad name": "x",
      long: `\u0007${"y".repeat(300)}`,
    };
    const { changes } = after(client({ modem: { old: "1" } }), { modem_info: info });
    expect(changes.modem).toEqual({ imei: "359072061234567", temp: "41", long: "y".repeat(100) });
  });
  it("has at most 20 fields", () => {
    const info = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, n]));
    expect(Object.keys(after(client(), { modem_info: info }).changes.modem ?? {})).toHaveLength(20);
  });
  it("cannot reach an object's prototype", () => {
    const body = JSON.parse('{"client_id":"vm-slot0","modem_info":{"__proto__":"x","constructor":"y"}}');
    const { changes } = applyHeartbeat(
      client(),
      remsimHeartbeat.body.parse(body),
      { graceSeconds: GRACE, address: "" },
      NOW,
    );
    expect(Object.entries(changes.modem ?? {})).toEqual([["constructor", "y"]]);
  });
});

describe("commands", () => {
  it("are handed out until they are acknowledged", () => {
    const one = client({ pendingCommands: [pending(1), pending(2)] });
    expect(after(one).commands.map(({ id }) => id)).toEqual([pending(1).id, pending(2).id]);
    const acks = [{ id: pending(1).id, ok: true }];
    const { commands, changes, finished } = after(one, { acks });
    expect(commands.map(({ id }) => id)).toEqual([pending(2).id]);
    expect(changes.pendingCommands).toEqual(commands);
    expect(finished).toEqual([{ command: pending(1), ok: true, message: "" }]);
  });
  it("end when they were not carried out, too", () => {
    const acks = [{ id: pending(1).id, ok: false, message: "no such script" }];
    const { commands, finished } = after(client({ pendingCommands: [pending(1)] }), { acks });
    expect([commands, finished[0]?.ok]).toEqual([[], false]);
  });
  it("are not reported twice when an acknowledgement comes again", () => {
    expect(after(client(), { acks: [{ id: pending(1).id, ok: true }] }).finished).toEqual([]);
  });
  it("are forgotten after a day", () => {
    const one = client({
      pendingCommands: [pending(1), pending(2, update(1))],
      configuration: { wanted: 1, applied: 0 },
    });
    expect(after(one, {}, at(86_399)).commands).toHaveLength(2);
    expect(after(one, {}, at(86_400)).commands.map(({ request }) => request.type)).toEqual(["config_update"]);
  });
});

describe("configuration", () => {
  const one = client({ pendingCommands: [pending(1, update(3))], configuration: { wanted: 3, applied: 2 } });

  it("rides along until the client says that it applied it", () => {
    expect(after(one, { configuration_version: 2 }).commands).toHaveLength(1);
    const { commands, changes } = after(one, { configuration_version: 3 });
    expect([commands, changes.configuration]).toEqual([[], { wanted: 3, applied: 3 }]);
  });
  it("counts as applied when the client acknowledges the command alone", () => {
    const { commands, changes } = after(one, { acks: [{ id: pending(1).id, ok: true }] });
    expect([commands, changes.configuration]).toEqual([[], { wanted: 3, applied: 3 }]);
  });
  it("is given up when the client says that it cannot apply it, until there is another", () => {
    const acks = [{ id: pending(1).id, ok: false, message: "unknown option" }];
    const { commands, changes, lacksConfiguration } = after(one, { acks, configuration_version: 2 });
    const failed = { version: 3, message: "unknown option", at: NOW };
    expect([commands, lacksConfiguration]).toEqual([[], undefined]);
    expect(changes.configuration).toEqual({ wanted: 3, applied: 2, failed });
    const next = { ...one, pendingCommands: [pending(2, update(4))], configuration: { wanted: 4, applied: 2, failed } };
    expect(after(next, { configuration_version: 4 }).changes.configuration).toEqual({ wanted: 4, applied: 4 });
  });
  it("is asked for anew when a router forgot it", () => {
    const had = client({ configuration: { wanted: 3, applied: 3 } });
    expect(after(had, { configuration_version: 3 }).lacksConfiguration).toBeUndefined();
    expect(after(had).lacksConfiguration).toBeUndefined();
    expect(after(had, { configuration_version: 0 }).lacksConfiguration).toBe(3);
  });
});

it("tells of a clash when it begins", () => {
  const two = client({ instanceId: "b", previousInstanceIds: ["a"] });
  expect(after(two, { instance_id: "b" }).clashBegins).toBe(false);
  const { clashBegins, changes } = after(two, { instance_id: "a" });
  expect([clashBegins, changes.clashAt]).toEqual([true, NOW]);
});
