import type { Permission } from "@wisptools/core/domain/roles";
import type { Component } from "svelte";

export type Params = Record<string, string>;
export type PageComponent = Component<{ params: Params }>;

export interface Route {
  /** `:name` takes one segment, `:name?` one that may be absent. */
  path: string;
  title: string;
  /** public: no sign-in. person: signed in. tenant: within the shell of :tenant. */
  within: "public" | "person" | "tenant";
  permission?: Permission;
  /** A PageComponent, or one that needs no parameters. */
  load: () => Promise<{ default: unknown }>;
}

const tenant = (path: string, title: string, load: Route["load"], permission?: Permission): Route => ({
  path: `/t/:tenant${path}`,
  title,
  within: "tenant",
  load,
  ...(permission ? { permission } : {}),
});

const subscribers = (path: string, title: string, load: Route["load"], permission: Permission = "subscribers.read") =>
  tenant(`/subscribers${path}`, title, load, permission);

export const routes: readonly Route[] = [
  { path: "/", title: "wisptools", within: "person", load: () => import("./features/home/HomePage.svelte") },
  { path: "/sign-in", title: "Sign in", within: "public", load: () => import("./features/sign-in/SignInPage.svelte") },
  {
    path: "/invite/:tenant/:invitation",
    title: "Invitation",
    within: "public",
    load: () => import("./features/sign-in/InvitePage.svelte"),
  },
  {
    path: "/new-tenant",
    title: "New tenant",
    within: "person",
    load: () => import("./features/new-tenant/NewTenantPage.svelte"),
  },
  tenant("/fleet", "Fleet", () => import("./features/fleet/FleetPage.svelte"), "epcs.read"),
  tenant("/fleet/:epc/:tab?", "EPC", () => import("./features/epc/EpcPage.svelte"), "epcs.read"),
  tenant("/pending", "Pending boxes", () => import("./features/pending/PendingPage.svelte"), "claims.decide"),
  tenant("/start", "Get started", () => import("./features/start/StartPage.svelte"), "epcs.read"),
  subscribers("", "Subscribers", () => import("./features/subscribers/list/SubscribersPage.svelte")),
  subscribers("/activity", "Subscriber activity", () => import("./features/subscribers/activity/ActivityPage.svelte")),
  subscribers("/plans/:id?", "Plans", () => import("./features/subscribers/plans/PlansPage.svelte")),
  subscribers("/groups/:id?", "Groups", () => import("./features/subscribers/groups/GroupsPage.svelte")),
  subscribers("/apns/:id?", "APN profiles", () => import("./features/subscribers/apns/ApnsPage.svelte")),
  subscribers("/equipment", "Equipment", () => import("./features/subscribers/equipment/EquipmentPage.svelte")),
  subscribers(
    "/connections",
    "MME connections",
    () => import("./features/subscribers/connections/ConnectionsPage.svelte"),
  ),
  subscribers("/settings", "HSS settings", () => import("./features/subscribers/hss/HssSettingsPage.svelte")),
  subscribers(
    "/add",
    "Add a subscriber",
    () => import("./features/subscribers/add/AddPage.svelte"),
    "subscribers.manage",
  ),
  subscribers(
    "/import",
    "Import subscribers",
    () => import("./features/subscribers/import/ImportPage.svelte"),
    "subscribers.manage",
  ),
  subscribers("/:imsi/:tab?", "Subscriber", () => import("./features/subscribers/detail/SubscriberPage.svelte")),
  // One entry for a whole section: its pages are listed in it, and cost the first load nothing.
  tenant(
    "/updates/:page?/:id?/:part?",
    "Updates",
    () => import("./features/updates/UpdatesSection.svelte"),
    "updates.read",
  ),
  tenant(
    "/remote-sim/:page?/:id?/:part?",
    "Remote SIM",
    () => import("./features/remote-sim/RemoteSimSection.svelte"),
    "remsim.read",
  ),
  tenant("/settings/tenant", "Tenant", () => import("./features/settings/TenantPage.svelte"), "epcs.read"),
  tenant(
    "/settings/tokens",
    "Enrolment tokens",
    () => import("./features/tokens/TokensPage.svelte"),
    "enrolmentTokens.manage",
  ),
  tenant("/settings/members", "Members", () => import("./features/members/MembersPage.svelte"), "epcs.read"),
  tenant("/settings/api-keys", "API keys", () => import("./features/api-keys/ApiKeysPage.svelte"), "apiKeys.manage"),
  tenant(
    "/settings/webhooks/:webhook?",
    "Webhooks",
    () => import("./features/webhooks/WebhooksSection.svelte"),
    "webhooks.manage",
  ),
  tenant("/settings/audit", "Audit log", () => import("./features/audit/AuditPage.svelte"), "audit.read"),
];
