import type { Epc } from "@wisptools/core/documents/epc";
import type { Component } from "svelte";

/** What every tab is given: the EPC as it is now. */
export interface TabProps {
  epc: Epc;
}

export interface Tab {
  /** As in the path; the first tab has none. */
  path: string;
  label: string;
  load: () => Promise<{ default: Component<TabProps> }>;
}

export const tabs: readonly Tab[] = [
  { path: "", label: "Overview", load: () => import("./overview/OverviewTab.svelte") },
  { path: "charts", label: "Charts", load: () => import("./charts/ChartsTab.svelte") },
  { path: "events", label: "Events", load: () => import("./EventsTab.svelte") },
  { path: "deployment", label: "Deployment", load: () => import("./deployment/DeploymentTab.svelte") },
  { path: "updates", label: "Updates", load: () => import("./updates/UpdatesTab.svelte") },
  { path: "commands", label: "Commands", load: () => import("./commands/CommandsTab.svelte") },
  { path: "credentials", label: "Credentials", load: () => import("./CredentialsTab.svelte") },
  { path: "settings", label: "Settings", load: () => import("./settings/SettingsTab.svelte") },
];
