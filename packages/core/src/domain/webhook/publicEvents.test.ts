import { describe, expect, it } from "vitest";
import type { Alert } from "../../documents/alert.ts";
import { EpcEvent } from "../../documents/epc.ts";
import { type RemsimEvent, RemsimEventType } from "../../documents/remsim.ts";
import type { Rollout } from "../../documents/rollout.ts";
import { RolloutState } from "../rollout/ids.ts";
import { eventTypesOf, WEBHOOK_EVENTS, WEBHOOK_GROUPS, WebhookEventType } from "./eventTypes.ts";
import { ofAlert, ofEpcEvent, ofRemsimEvent, ofRollout } from "./publicEvents.ts";

const at = new Date("2026-03-01T12:00:00Z");

function epcEvent(type: EpcEvent["type"], data: EpcEvent["data"] = {}): EpcEvent {
  return {
    schemaVersion: 1,
    id: "1",
    type,
    severity: "info",
    message: "so it is",
    at,
    receivedAt: at,
    data,
    expireAt: at,
  };
}

describe("events of an EPC", () => {
  it.each([
    ["online", "epc_online"],
    ["degraded", "epc_degraded"],
    ["offline", "epc_offline"],
  ])("reaching %s is %s", (to, type) => {
    const told = ofEpcEvent("epc_00112233445566aa", epcEvent("state", { from: "deploying", to }));
    expect(told).toEqual({
      type,
      at,
      data: { epc_id: "epc_00112233445566aa", severity: "info", message: "so it is", from: "deploying", to },
    });
  });
  it.each(["enrolled", "deploying", "retired", "constructor"])("reaching %s is not told", (to) => {
    expect(ofEpcEvent("epc_00112233445566aa", epcEvent("state", { from: "online", to }))).toBeUndefined();
  });
  it("has a public name for every other type, each its own", () => {
    const types = EpcEvent.shape.type.options.filter((type) => type !== "state");
    const names = types.map((type) => ofEpcEvent("epc_00112233445566aa", epcEvent(type))?.type);
    expect(new Set(names).size).toBe(types.length);
    for (const name of names) expect(WEBHOOK_EVENTS[WebhookEventType.parse(name)].source).toBe("epc");
  });
  it("spells free fields as the API does", () => {
    expect(ofEpcEvent("e", epcEvent("deployment", { scriptVersion: 3 }))?.data).toMatchObject({ script_version: 3 });
  });
});

describe("events of remote SIM", () => {
  it("keep their names, and every type is in the table", () => {
    expect([...RemsimEventType.options].sort()).toEqual([...eventTypesOf("remsim")].sort());
  });
  it("say what they are about", () => {
    const event = {
      type: "slot_reassigned",
      severity: "warning",
      message: "moved",
      at,
      clientKey: "a".repeat(64),
      bankId: 1,
      slotId: 7,
      data: { fromSlot: 6 },
    } as unknown as RemsimEvent;
    const data = {
      client_key: "a".repeat(64),
      bank_id: 1,
      slot_id: 7,
      severity: "warning",
      message: "moved",
      from_slot: 6,
    };
    expect(ofRemsimEvent(event)).toEqual({ type: "slot_reassigned", at, data });
  });
});

describe("alerts", () => {
  const alert = (state: Alert["state"], message = "a") =>
    ({
      id: "a1",
      kind: "rollout-stopped",
      severity: "warning",
      target: "ro_1",
      message,
      state,
      openedAt: at,
      updatedAt: at,
    }) as Alert;
  it("open and are resolved, each told once", () => {
    expect(ofAlert(undefined, alert("open"))).toMatchObject({ type: "alert_opened", data: { alert_id: "a1" } });
    expect(ofAlert(alert("open"), alert("open", "b"))).toBeUndefined();
    expect(ofAlert(alert("open"), alert("resolved"))?.type).toBe("alert_resolved");
    expect(ofAlert(alert("resolved"), alert("open"))?.type).toBe("alert_opened");
    expect(ofAlert(alert("resolved"), alert("resolved", "b"))).toBeUndefined();
    expect(ofAlert(undefined, alert("resolved"))).toBeUndefined();
    expect(ofAlert(alert("open"), undefined)).toBeUndefined();
  });
});

describe("rollouts", () => {
  const rollout = (state: Rollout["state"], name = "r") =>
    ({
      id: "ro_1",
      name,
      channel: "stable",
      state,
      stateReason: "",
      devices: 3,
      updatedAt: at,
      packages: [],
    }) as unknown as Rollout;
  it.each([
    [undefined, "preparing", undefined],
    ["preparing", "running", "rollout_started"],
    ["paused", "running", "rollout_resumed"],
    ["awaiting_approval", "running", "rollout_resumed"],
    ["running", "awaiting_approval", "rollout_awaiting_approval"],
    ["running", "paused", "rollout_paused"],
    ["running", "rolling_back", "rollout_rolling_back"],
    ["rolling_back", "rolled_back", "rollout_rolled_back"],
    ["running", "completed", "rollout_completed"],
    ["paused", "aborted", "rollout_aborted"],
  ] as const)("%s to %s is %s", (from, to, type) => {
    expect(ofRollout(from && rollout(from), rollout(to))?.type).toBe(type);
  });
  it("say nothing while the state stays, or when they are deleted", () => {
    for (const state of RolloutState.options)
      expect(ofRollout(rollout(state), rollout(state, "other"))).toBeUndefined();
    expect(ofRollout(rollout("running"), undefined)).toBeUndefined();
  });
});

it("lists every event in exactly one group that people choose from", () => {
  expect(WEBHOOK_GROUPS.flatMap(({ source }) => eventTypesOf(source)).sort()).toEqual(
    [...WebhookEventType.options].sort(),
  );
});
