// What webhooks are told of each document that tells of something. Pure: the caller gives it the id it was seen under.
import type { Alert } from "../../documents/alert.ts";
import type { EpcEvent } from "../../documents/epc.ts";
import type { RemsimEvent } from "../../documents/remsim.ts";
import type { Rollout } from "../../documents/rollout.ts";
import type { WebhookEventType } from "./eventTypes.ts";
import type { PublicEvent } from "./message.ts";

export type Announcement = Omit<PublicEvent, "id"> & { type: WebhookEventType };

/** Events of an EPC by their type; those of type `state` are told by the state they lead to. */
const OF_EPC: Record<Exclude<EpcEvent["type"], "state">, WebhookEventType> = {
  attach: "subscriber_attached",
  detach: "subscriber_detached",
  deployment: "epc_deployment",
  command: "epc_command",
  credentials: "epc_credentials",
  enrolment: "epc_enrolled",
  settings: "epc_settings",
  spool: "epc_reports_dropped",
  log: "epc_log",
  update: "epc_update",
};
const OF_STATE: ReadonlyMap<unknown, WebhookEventType> = new Map([
  ["online", "epc_online"],
  ["degraded", "epc_degraded"],
  ["offline", "epc_offline"],
]);

/** undefined: nothing that is told, such as a state on the way to another. */
export function ofEpcEvent(epcId: string, event: EpcEvent): Announcement | undefined {
  const { severity, message, at } = event;
  const type = event.type === "state" ? OF_STATE.get(event.data.to) : OF_EPC[event.type];
  return type && { type, at, data: { ...spelled(event.data), epc_id: epcId, severity, message } };
}

export function ofRemsimEvent(event: RemsimEvent): Announcement {
  const { type, severity, message, at, clientKey, bankId, slotId } = event;
  const about = {
    ...(clientKey === undefined ? {} : { client_key: clientKey }),
    ...(bankId === undefined ? {} : { bank_id: bankId }),
    ...(slotId === undefined ? {} : { slot_id: slotId }),
  };
  return { type, at, data: { ...spelled(event.data), ...about, severity, message } };
}

/** An alert opens once; what it says may change while it is open, which is not told again. */
export function ofAlert(before: Alert | undefined, after: Alert | undefined): Announcement | undefined {
  if (!after || before?.state === after.state) return undefined;
  if (!before && after.state === "resolved") return undefined;
  const { id, kind, severity, target, message } = after;
  const data = { alert_id: id, kind, severity, target, message };
  if (after.state === "open") return { type: "alert_opened", at: after.openedAt, data };
  return { type: "alert_resolved", at: after.resolvedAt ?? after.updatedAt, data };
}

export function ofRollout(before: Rollout | undefined, after: Rollout | undefined): Announcement | undefined {
  if (!after || before?.state === after.state) return undefined;
  const type = rolloutType(before?.state, after.state);
  if (!type) return undefined;
  const { id, name, channel, state, stateReason, devices, packages } = after;
  const data = {
    rollout_id: id,
    name,
    channel,
    state,
    state_reason: stateReason,
    devices,
    packages: packages.map((one) => ({ name: one.name, version: one.version })),
  };
  return { type, at: after.updatedAt, data };
}

function rolloutType(from: Rollout["state"] | undefined, to: Rollout["state"]): WebhookEventType | undefined {
  switch (to) {
    case "preparing":
      return undefined;
    case "running":
      return from === undefined || from === "preparing" ? "rollout_started" : "rollout_resumed";
    case "awaiting_approval":
      return "rollout_awaiting_approval";
    case "paused":
      return "rollout_paused";
    case "rolling_back":
      return "rollout_rolling_back";
    case "rolled_back":
      return "rollout_rolled_back";
    case "completed":
      return "rollout_completed";
    case "aborted":
      return "rollout_aborted";
  }
}

/** Free fields as the HTTP API spells names. */
function spelled(data: Record<string, unknown>): Record<string, unknown> {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [snake(name), value]));
}
