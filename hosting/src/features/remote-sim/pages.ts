import type { Permission } from "@wisptools/core/domain/roles";
import type { Route } from "../../routes.ts";

const page = (path: string, title: string, load: Route["load"], permission: Permission = "remsim.read"): Route => ({
  path: `/t/:tenant/remote-sim${path}`,
  title,
  within: "tenant",
  load,
  permission,
});

/** The pages of the section. */
export const pages: readonly Route[] = [
  page("", "Remote SIM", () => import("./clients/ClientsPage.svelte")),
  page("/clients/:key/:tab?", "Remote SIM client", () => import("./client/ClientPage.svelte")),
  page("/banks", "SIM banks", () => import("./banks/BanksPage.svelte")),
  page("/banks/:bank", "SIM bank", () => import("./banks/BankPage.svelte")),
  page("/cards", "SIM cards", () => import("./cards/CardsPage.svelte")),
  page("/cards/import", "Import SIM cards", () => import("./cards/ImportPage.svelte"), "remsim.manage"),
  page("/policies", "Policies", () => import("./policies/PoliciesPage.svelte")),
  page("/pools", "KI pools", () => import("./pools/PoolsPage.svelte")),
  page("/logins", "Logins", () => import("./logins/LoginsPage.svelte"), "remsim.credentials"),
  page("/events", "Remote SIM events", () => import("./events/EventsPage.svelte")),
  page("/settings", "Remote SIM settings", () => import("./settings/SettingsPage.svelte")),
];
