// Every screen of the UI: who sees it, where it is, and what is on it once it is there.
import { LAB, WISP } from "./browser.ts";

export interface Screen {
  name: string;
  path: string;
  /** A test id of the finished screen. */
  shows: string;
}

const at = (tenant: string, path: string) => `/t/${tenant}/${path}`;

/** Before signing in. */
export const outside: Screen[] = [
  { name: "sign-in", path: "/sign-in", shows: "sign-in-form" },
  { name: "invitation", path: `/invite/${WISP}/inv_0000000000000000#code`, shows: "sign-in-form" },
];

/** As the platform's administrator, who is member of nothing. */
export const platform: Screen[] = [
  { name: "no-tenants", path: "/", shows: "no-tenants" },
  { name: "new-tenant", path: "/new-tenant", shows: "new-tenant-form" },
  { name: "not-a-member", path: at(WISP, "fleet"), shows: "not-a-member" },
  { name: "not-found", path: "/nowhere", shows: "not-found" },
];

/** As the owner of a tenant with this EPC in it. */
export const operator = (epc: string): Screen[] => [
  { name: "home", path: "/?choose", shows: `tenant-${WISP}` },
  { name: "fleet", path: at(WISP, "fleet"), shows: `fleet-row-${epc}` },
  { name: "fleet-no-match", path: at(WISP, "fleet?q=no-such-box"), shows: "fleet-no-match" },
  { name: "epc-overview", path: at(WISP, `fleet/${epc}`), shows: "components" },
  { name: "epc-charts", path: at(WISP, `fleet/${epc}/charts`), shows: "charts" },
  { name: "epc-events", path: at(WISP, `fleet/${epc}/events`), shows: "events" },
  { name: "epc-deployment", path: at(WISP, `fleet/${epc}/deployment`), shows: "script-1" },
  { name: "epc-updates", path: at(WISP, `fleet/${epc}/updates`), shows: "epc-recent-updates" },
  { name: "epc-commands", path: at(WISP, `fleet/${epc}/commands`), shows: "commands" },
  { name: "epc-credentials", path: at(WISP, `fleet/${epc}/credentials`), shows: "credentials-issued" },
  { name: "epc-settings", path: at(WISP, `fleet/${epc}/settings`), shows: "epc-settings" },
  { name: "epc-missing", path: at(WISP, "fleet/epc_ffffffffffffffff"), shows: "epc-missing" },
  { name: "start", path: at(WISP, "start"), shows: "start-step-1" },
  { name: "tenant", path: at(WISP, "settings/tenant"), shows: "settings-name" },
  { name: "members", path: at(WISP, "settings/members"), shows: "member-row-demo-owner-wisp123" },
  { name: "tokens", path: at(WISP, "settings/tokens"), shows: "token-create" },
  { name: "api-keys", path: at(WISP, "settings/api-keys"), shows: "key-create" },
  { name: "audit", path: at(WISP, "settings/audit"), shows: "audit-row" },
];

/** As the owner of a tenant where this claim waits. */
export const approver = (claim: string): Screen[] => [{ name: "pending", path: at(LAB, "pending"), shows: claim }];

/** As who sets up webhooks; this one was sent to. */
export const webhooks = (id: string): Screen[] => [
  { name: "webhooks", path: at(WISP, "settings/webhooks"), shows: `webhook-row-${id}` },
  { name: "webhook", path: at(WISP, `settings/webhooks/${id}`), shows: "delivery-details" },
  { name: "webhook-failed", path: at(WISP, `settings/webhooks/${id}?show=failed`), shows: "deliveries-empty" },
  { name: "webhook-missing", path: at(WISP, "settings/webhooks/wh_ffffffffffffffff"), shows: "webhook-missing" },
];

/** As who manages the subscribers of a tenant; this one was attached, and daemons reported of it. */
export const subscription = (imsi: string): Screen[] => {
  const section = (path: string) => at(WISP, `subscribers${path}`);
  return [
    { name: "subscribers", path: section(""), shows: "subscriber-row-001010000000001" },
    { name: "subscribers-no-match", path: section("?q=no-such-label"), shows: "subscribers-no-match" },
    { name: "subscriber-add", path: section("/add"), shows: "step-identity" },
    { name: "subscriber-overview", path: section(`/${imsi}`), shows: "effective-profile" },
    { name: "subscriber-activity", path: section(`/${imsi}/activity`), shows: "activity" },
    { name: "subscriber-sessions", path: section(`/${imsi}/sessions`), shows: "session-count" },
    { name: "subscriber-equipment", path: section(`/${imsi}/equipment`), shows: "sighting-490154203237518" },
    { name: "subscriber-settings", path: section(`/${imsi}/settings`), shows: "subscriber-settings" },
    { name: "subscriber-keys", path: section(`/${imsi}/keys`), shows: "replace-keys" },
    { name: "subscriber-missing", path: section("/001019999999999"), shows: "subscriber-missing" },
    { name: "activity", path: section("/activity"), shows: "activity" },
    { name: "open-sessions", path: section("/activity?view=sessions"), shows: "view-sessions" },
    { name: "plans", path: section("/plans"), shows: "plan-row-gold" },
    { name: "plan", path: section("/plans/gold"), shows: "plan-editor" },
    { name: "plan-add", path: section("/plans/+"), shows: "plan-editor" },
    { name: "groups", path: section("/groups"), shows: "group-add" },
    { name: "group-add", path: section("/groups/+"), shows: "group-editor" },
    { name: "apns", path: section("/apns"), shows: "apn-row-internet" },
    { name: "apn", path: section("/apns/internet"), shows: "apn-editor" },
    { name: "equipment", path: section("/equipment"), shows: "equipment-list" },
    { name: "connections", path: section("/connections"), shows: "connection-state" },
    { name: "import", path: section("/import"), shows: "import-choose" },
    { name: "hss-settings", path: section("/settings"), shows: "hss-unknown" },
  ];
};

/** As who publishes and rolls out; one rollout stopped with failures, one ran to its end, this package is in the pool. */
export const updating = (stopped: string, ended: string, device: string, name: string): Screen[] => {
  const section = (path: string) => at(WISP, `updates${path}`);
  return [
    { name: "updates", path: section(""), shows: `running-${stopped}` },
    { name: "packages", path: section("/packages"), shows: `package-row-${name}` },
    { name: "packages-no-match", path: section("/packages?q=no-such-name"), shows: "packages-no-match" },
    { name: "package", path: section(`/packages/${name}`), shows: "held-by" },
    { name: "package-missing", path: section("/packages/no-such-name"), shows: "package-missing" },
    { name: "upload", path: section("/packages/+"), shows: "upload-drop" },
    { name: "channels", path: section("/channels"), shows: "channel-row-stable" },
    { name: "channel", path: section("/channels/stable"), shows: "source-entry" },
    { name: "channel-empty", path: section("/channels/nightly"), shows: "channel-empty" },
    { name: "channel-history", path: section("/channels/stable/history"), shows: "history" },
    { name: "publish", path: section("/channels/canary/publish"), shows: "publish-form" },
    { name: "repository", path: section("/repository"), shows: "source-entry" },
    { name: "rollouts", path: section("/rollouts"), shows: `rollout-row-${stopped}` },
    { name: "rollout-stopped", path: section(`/rollouts/${stopped}`), shows: "rollout-banner" },
    { name: "rollout-ended", path: section(`/rollouts/${ended}`), shows: "rollout-banner" },
    { name: "rollout-missing", path: section("/rollouts/ro_ffffffffffffffff"), shows: "rollout-missing" },
    { name: "rollout-device", path: section(`/rollouts/${stopped}/${device}`), shows: "device-history" },
    { name: "rollout-new", path: section("/rollouts/+"), shows: "step-packages" },
  ];
};

/** As who runs remote SIM; this client reported, in a slot of this bank. */
export const remoteSim = (client: string, clientId: string, bank: number): Screen[] => {
  const section = (path: string) => at(WISP, `remote-sim${path}`);
  return [
    { name: "remsim-clients", path: section(""), shows: `client-row-${clientId}` },
    { name: "remsim-no-match", path: section("?q=no-such-client"), shows: "clients-no-match" },
    { name: "remsim-client", path: section(`/clients/${client}`), shows: "client-assignment" },
    { name: "remsim-client-charts", path: section(`/clients/${client}/charts`), shows: "charts" },
    { name: "remsim-client-commands", path: section(`/clients/${client}/commands`), shows: "commands-waiting" },
    {
      name: "remsim-client-configuration",
      path: section(`/clients/${client}/configuration`),
      shows: "configuration-1",
    },
    { name: "remsim-client-logs", path: section(`/clients/${client}/logs`), shows: "log-log" },
    { name: "remsim-client-events", path: section(`/clients/${client}/events`), shows: "event-client_registered" },
    { name: "remsim-client-missing", path: section(`/clients/rc_${"f".repeat(24)}`), shows: "client-missing" },
    { name: "remsim-banks", path: section("/banks"), shows: `bank-row-${bank}` },
    { name: "remsim-bank", path: section(`/banks/${bank}?slot=1`), shows: "slot-grid" },
    { name: "remsim-bank-missing", path: section("/banks/9999"), shows: "bank-missing" },
    { name: "remsim-cards", path: section(`/cards?place=${bank}`), shows: "card-place" },
    { name: "remsim-cards-import", path: section("/cards/import"), shows: "cards-import-choose" },
    { name: "remsim-policies", path: section("/policies"), shows: "policy-builtin" },
    { name: "remsim-pools", path: section("/pools"), shows: "pool-capacity" },
    { name: "remsim-logins", path: section("/logins"), shows: "login-state" },
    { name: "remsim-events", path: section("/events"), shows: "remsim-events-list" },
    { name: "remsim-settings", path: section("/settings"), shows: "remsim-times" },
  ];
};
