import { z } from "zod";

/** Where an event comes from: the document whose writing it tells of. */
export type WebhookSource = "epc" | "remsim" | "alert" | "rollout" | "webhook";

interface EventType {
  source: WebhookSource;
  /** What happened, for people who choose. */
  words: string;
}

/** Every event that webhooks can be told of, by its public name. Names are a promise to integrators: they are added, never changed. */
const TABLE = {
  epc_enrolled: { source: "epc", words: "A box enrolled, or enrolled again" },
  epc_online: { source: "epc", words: "An EPC reports and is well" },
  epc_degraded: { source: "epc", words: "An EPC reports, and something is wrong with it" },
  epc_offline: { source: "epc", words: "An EPC stopped reporting" },
  epc_deployment: { source: "epc", words: "A deployment started, succeeded or failed" },
  epc_command: { source: "epc", words: "A command ended" },
  epc_credentials: { source: "epc", words: "Credentials were renewed or revoked, or an EPC was retired" },
  epc_settings: { source: "epc", words: "Settings made a new script version" },
  epc_update: { source: "epc", words: "A package update committed, failed or was rolled back" },
  epc_reports_dropped: { source: "epc", words: "An EPC lost reports while the cloud was out of reach" },
  epc_log: { source: "epc", words: "An EPC's services logged a warning" },
  subscriber_attached: { source: "epc", words: "A subscriber attached at an EPC" },
  subscriber_detached: { source: "epc", words: "A subscriber detached from an EPC" },
  client_registered: { source: "remsim", words: "A remote-SIM client registered and got a slot" },
  client_disconnected: { source: "remsim", words: "A remote-SIM client showed no sign of life" },
  client_unregistered: { source: "remsim", words: "A remote-SIM client gave its slot back" },
  client_clash: { source: "remsim", words: "Two remote-SIM clients used one identity" },
  slot_reassigned: { source: "remsim", words: "A remote-SIM client got another slot" },
  bank_down: { source: "remsim", words: "A SIM bank went away" },
  bank_up: { source: "remsim", words: "A SIM bank came back" },
  pool_exhausted: { source: "remsim", words: "A remote-SIM client found no free slot" },
  alert_opened: { source: "alert", words: "An alert opened" },
  alert_resolved: { source: "alert", words: "An alert was resolved" },
  rollout_started: { source: "rollout", words: "A rollout began" },
  rollout_awaiting_approval: { source: "rollout", words: "A rollout's next group waits for a person" },
  rollout_resumed: { source: "rollout", words: "A rollout goes on" },
  rollout_paused: { source: "rollout", words: "A rollout was paused, by a person or by failures" },
  rollout_rolling_back: { source: "rollout", words: "A rollout takes devices back" },
  rollout_rolled_back: { source: "rollout", words: "A rollout took its devices back" },
  rollout_completed: { source: "rollout", words: "A rollout reached all its devices" },
  rollout_aborted: { source: "rollout", words: "A rollout was aborted" },
} as const satisfies Record<string, EventType>;

export type WebhookEventType = keyof typeof TABLE;
export const WEBHOOK_EVENTS: Readonly<Record<WebhookEventType, EventType>> = TABLE;
export const WebhookEventType = z.enum(Object.keys(TABLE) as [WebhookEventType, ...WebhookEventType[]]);

/** What a test sends; no webhook has to want it. */
export const PING = "ping";

/** The groups that people choose from, in order. */
export const WEBHOOK_GROUPS: readonly { source: WebhookSource; label: string }[] = [
  { source: "epc", label: "EPCs" },
  { source: "remsim", label: "Remote SIM" },
  { source: "alert", label: "Alerts" },
  { source: "rollout", label: "Rollouts" },
];

/** The events of one source, in the table's order. */
export function eventTypesOf(source: WebhookSource): WebhookEventType[] {
  return WebhookEventType.options.filter((type) => WEBHOOK_EVENTS[type].source === source);
}
